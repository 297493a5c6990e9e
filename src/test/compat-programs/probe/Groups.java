package probe;

import static probe.Cases.check;
import static probe.Cases.next;
import static probe.Cases.quiet;
import static probe.Cases.same;
import static probe.Cases.until;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.rocketmq.client.consumer.AllocateMessageQueueStrategy;
import org.apache.rocketmq.client.consumer.DefaultLitePullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMachineRoomNearby;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragelyByCircle;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByConfig;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueByMachineRoom;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueConsistentHash;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** How consumer groups can work. Arguments: a word that makes names unique. */
public class Groups {
  private static final int QUEUES = 4;

  private static String run;
  private static DefaultMQProducer producer;

  public static void main(String[] args) throws Exception {
    System.setProperty("rocketmq.client.rebalance.waitInterval", "500");
    run = args[0];
    producer = new DefaultMQProducer("P" + run);
    producer.setSendMsgTimeout(30_000);
    producer.start();
    Cases cases = new Cases();
    cases
        .add("broadcasting", Groups::broadcasting)
        .add("suspended", Groups::suspended)
        .add("subscription changed", Groups::subscriptionChanged)
        .add("consume from first, last, timestamp", Groups::consumeFromWhere)
        .add("lite pull, subscribed", Groups::litePullSubscribed)
        .add("lite pull, assigned", Groups::litePullAssigned)
        .add("pull", Groups::pull);
    AllocateMessageQueueByMachineRoom byRoom = new AllocateMessageQueueByMachineRoom();
    byRoom.setConsumeridcs(Set.of("room")); // the broker is called room@broker-a
    List<AllocateMessageQueueStrategy> strategies =
        List.of(
            new AllocateMessageQueueAveragely(),
            new AllocateMessageQueueAveragelyByCircle(),
            new AllocateMessageQueueConsistentHash(),
            byRoom,
            new AllocateMachineRoomNearby(new AllocateMessageQueueAveragely(), new OneRoom()));
    for (AllocateMessageQueueStrategy each : strategies) {
      cases.add("shared by " + each.getName(), () -> shared(each.getName(), each, each));
    }
    cases.add("shared by config", Groups::sharedByConfig).runAndExit();
  }

  private static void broadcasting() throws Exception {
    send("Broadcast", "", 10);
    List<BlockingQueue<MessageExt>> all = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      DefaultMQPushConsumer member = push("BroadcastG", "Broadcast", "*");
      member.setInstanceName("broadcast" + i);
      broadcast(member);
      all.add(listen(member));
      member.start();
    }
    for (BlockingQueue<MessageExt> each : all) {
      awaitBodies(each, 10);
    }
    send("Broadcast", "later", 2);
    for (BlockingQueue<MessageExt> each : all) {
      awaitBodies(each, 2);
    }
  }

  /** The type of the setting lies in another package since 5.x. */
  private static void broadcast(DefaultMQPushConsumer member) throws Exception {
    for (Method each : member.getClass().getMethods()) {
      if (each.getName().equals("setMessageModel")) {
        each.invoke(
            member, Enum.valueOf(each.getParameterTypes()[0].asSubclass(Enum.class), "BROADCASTING"));
      }
    }
  }

  private static void suspended() throws Exception {
    send("Suspend", "", 1);
    DefaultMQPushConsumer member = push("SuspendG", "Suspend", "*");
    BlockingQueue<MessageExt> arriving = listen(member);
    member.start();
    awaitBodies(arriving, 1);
    member.suspend();
    send("Suspend", "while suspended", QUEUES); // pulls that wait at the broker bring one each
    Cases.drain(arriving);
    send("Suspend", "kept", QUEUES);
    quiet(arriving);
    member.resume();
    awaitBodies(arriving, QUEUES);
  }

  private static void subscriptionChanged() throws Exception {
    send("First", "", 1);
    send("Second", "", 1);
    DefaultMQPushConsumer member = push("ChangeG", "First", "*");
    BlockingQueue<MessageExt> arriving = listen(member);
    member.start();
    same("First" + run, next(arriving).getTopic());
    member.subscribe("Second" + run, "*");
    same("Second" + run, next(arriving).getTopic());
    member.unsubscribe("First" + run);
    until(
        "the topic is given up",
        () ->
            member.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable()
                .keySet().stream()
                .noneMatch(queue -> queue.getTopic().equals("First" + run)));
    send("First", "unwanted", 1);
    quiet(arriving);
    member.subscribe("Second" + run, "Gold || Silver");
    until(
        "the broker selects by the new tags",
        () -> {
          producer.send(new Message("Second" + run, "Lead", body("lead")));
          producer.send(new Message("Second" + run, "Silver", body("silver")));
          MessageExt got = next(arriving);
          MessageExt then = text(got).equals("lead") ? next(arriving) : got;
          check(text(then).equals("silver"), text(then));
          return text(got).equals("silver");
        });
  }

  /** On a young topic all begin at its beginning, wherever they wanted to: so the original. */
  private static void consumeFromWhere() throws Exception {
    send("Where", "", 5);
    for (ConsumeFromWhere where :
        List.of(
            ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET,
            ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
            ConsumeFromWhere.CONSUME_FROM_TIMESTAMP)) {
      DefaultMQPushConsumer member = push("Where" + where, "Where", "*");
      member.setConsumeFromWhere(where);
      BlockingQueue<MessageExt> arriving = listen(member);
      member.start();
      awaitBodies(arriving, 5);
    }
  }

  private static void litePullSubscribed() throws Exception {
    send("Lite", "", 20);
    DefaultLitePullConsumer member = new DefaultLitePullConsumer("LiteG" + run);
    member.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    member.setAutoCommit(false);
    member.subscribe("Lite" + run, "*");
    member.start();
    Set<String> got = new TreeSet<>();
    Set<MessageQueue> queues = new HashSet<>();
    until(
        "all have come",
        () -> {
          for (MessageExt each : member.poll(500)) {
            got.add(text(each));
            queues.add(new MessageQueue(each.getTopic(), each.getBrokerName(), each.getQueueId()));
          }
          return got.size() == 20;
        });
    member.commitSync();
    for (MessageQueue each : queues) {
      until("committed", () -> member.committed(each) == 5L);
    }
    member.shutdown();
    DefaultLitePullConsumer next = new DefaultLitePullConsumer("LiteG" + run);
    next.subscribe("Lite" + run, "*");
    next.start();
    send("Lite", "after", 1);
    until("the one that is new", () -> next.poll(500).stream().anyMatch(it -> text(it).equals("after0")));
    next.shutdown();
  }

  private static void litePullAssigned() throws Exception {
    send("Assign", "", 4 * QUEUES);
    DefaultLitePullConsumer member = new DefaultLitePullConsumer("AssignG" + run);
    member.start();
    List<MessageQueue> queues = new ArrayList<>(member.fetchMessageQueues("Assign" + run));
    same(QUEUES, queues.size());
    MessageQueue one = queues.get(0);
    member.assign(List.of(one));
    member.seekToBegin(one);
    same(List.of(0L, 1L, 2L, 3L), poll(member, 4));
    member.seek(one, 2);
    same(List.of(2L, 3L), poll(member, 2));
    same(0L, member.offsetForTimestamp(one, System.currentTimeMillis() - 600_000));
    member.pause(List.of(one));
    member.seekToBegin(one);
    check(member.poll(1_000).isEmpty(), "polled from a paused queue");
    member.resume(List.of(one));
    same(List.of(0L, 1L, 2L, 3L), poll(member, 4));
    member.seekToEnd(one);
    check(member.poll(1_000).isEmpty(), "polled behind the end");
    member.shutdown();
  }

  private static List<Long> poll(DefaultLitePullConsumer member, int count) throws Exception {
    List<Long> offsets = new ArrayList<>();
    until(
        count + " polled",
        () -> {
          member.poll(500).forEach(each -> offsets.add(each.getQueueOffset()));
          return offsets.size() >= count;
        });
    return offsets;
  }

  private static void pull() throws Exception {
    send("Pull", "", 2 * QUEUES);
    DefaultMQPullConsumer member = new DefaultMQPullConsumer("PullG" + run);
    member.start();
    Set<MessageQueue> queues = member.fetchSubscribeMessageQueues("Pull" + run);
    same(QUEUES, queues.size());
    MessageQueue one = queues.iterator().next();
    PullResult found = member.pull(one, "*", 0, 32);
    same(PullStatus.FOUND, found.getPullStatus());
    same(2, found.getMsgFoundList().size());
    same(2L, found.getNextBeginOffset());
    same(0L, member.minOffset(one));
    same(2L, member.maxOffset(one));
    same(PullStatus.NO_NEW_MSG, member.pull(one, "*", 2, 32).getPullStatus());
    same(PullStatus.NO_MATCHED_MSG, member.pull(one, "Nothing", 0, 32).getPullStatus());
    same(PullStatus.OFFSET_ILLEGAL, member.pull(one, "*", 1000, 32).getPullStatus());
    Thread pulling = Thread.currentThread();
    new Thread(
            () -> {
              try {
                until("it waits", () -> pulling.getState() == Thread.State.TIMED_WAITING);
                producer.send(new Message("Pull" + run, body("awaited")), one);
              } catch (Exception e) {
                System.out.println("FAILED to send: " + e);
              }
            })
        .start();
    PullResult awaited = member.pullBlockIfNotFound(one, "*", 2, 32);
    same("awaited", text(awaited.getMsgFoundList().get(0)));
    member.updateConsumeOffset(one, 3);
    member.getOffsetStore().persistAll(queues);
    until("committed", () -> member.fetchConsumeOffset(one, true) == 3);
    member.shutdown();
  }

  private static void sharedByConfig() throws Exception {
    send("config", "", 1);
    List<MessageQueue> queues = new ArrayList<>();
    until("the name server knows the topic", () -> queues.addAll(queuesOf("config")));
    AllocateMessageQueueByConfig first = new AllocateMessageQueueByConfig();
    first.setMessageQueueList(queues.subList(0, 1));
    AllocateMessageQueueByConfig second = new AllocateMessageQueueByConfig();
    second.setMessageQueueList(queues.subList(1, QUEUES));
    shared("config", first, second);
  }

  /** None while no broker has told the name server of the topic. */
  private static List<MessageQueue> queuesOf(String topic) {
    try {
      return producer.fetchPublishMessageQueues(topic + run);
    } catch (MQClientException notYet) {
      return List.of();
    }
  }

  /** Two members own all queues, none twice, and see the same members. */
  private static void shared(
      String name, AllocateMessageQueueStrategy one, AllocateMessageQueueStrategy other)
      throws Exception {
    String topic = name.replaceAll("[^A-Za-z]", "");
    send(topic, "", 1);
    DefaultMQPushConsumer first = push(topic + "G", topic, "*");
    first.setAllocateMessageQueueStrategy(one);
    DefaultMQPushConsumer second = push(topic + "G", topic, "*");
    second.setAllocateMessageQueueStrategy(other);
    second.setInstanceName("second" + topic);
    BlockingQueue<MessageExt> arriving = listen(first);
    listen(second);
    first.start();
    second.start();
    until(
        "shared",
        () -> {
          Set<MessageQueue> both = new HashSet<>(owned(first, topic));
          both.retainAll(owned(second, topic));
          int all = owned(first, topic).size() + owned(second, topic).size();
          return both.isEmpty() && all == QUEUES;
        });
    String group = first.getConsumerGroup();
    List<String> ids =
        first.getDefaultMQPushConsumerImpl().getmQClientFactory().findConsumerIdList(topic + run, group);
    List<String> seen =
        second.getDefaultMQPushConsumerImpl().getmQClientFactory().findConsumerIdList(topic + run, group);
    same(2, new HashSet<>(ids).size());
    same(new TreeSet<>(ids), new TreeSet<>(seen));
    second.shutdown();
    if (!topic.equals("config")) {
      until("the one that is left has all", () -> owned(first, topic).size() == QUEUES);
    }
    check(arriving != null, topic);
  }

  private static Set<MessageQueue> owned(DefaultMQPushConsumer member, String topic) {
    Set<MessageQueue> owned =
        new HashSet<>(
            member.getDefaultMQPushConsumerImpl().getRebalanceImpl().getProcessQueueTable().keySet());
    owned.removeIf(queue -> !queue.getTopic().equals(topic + run));
    return owned;
  }

  private static final class OneRoom implements AllocateMachineRoomNearby.MachineRoomResolver {
    @Override
    public String brokerDeployIn(MessageQueue queue) {
      return "room";
    }

    @Override
    public String consumerDeployIn(String clientId) {
      return "room";
    }
  }

  // ---- helpers ----------------------------------------------------------------------------------

  private static DefaultMQPushConsumer push(String group, String topic, String tags)
      throws Exception {
    DefaultMQPushConsumer member = new DefaultMQPushConsumer(group + run);
    member.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    member.setPollNameServerInterval(500);
    member.subscribe(topic + run, tags);
    return member;
  }

  private static BlockingQueue<MessageExt> listen(DefaultMQPushConsumer member) {
    LinkedBlockingQueue<MessageExt> arriving = new LinkedBlockingQueue<>();
    member.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              arriving.addAll(messages);
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    return arriving;
  }

  /** Sends to all queues in turn. */
  private static void send(String topic, String prefix, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      int queue = i % QUEUES;
      producer.send(
          new Message(topic + run, body(prefix + i)),
          (queues, message, argument) ->
              queues.stream().filter(it -> it.getQueueId() == queue).findFirst().orElseThrow(),
          null);
    }
  }

  private static void awaitBodies(BlockingQueue<MessageExt> arriving, int count) throws Exception {
    Set<String> got = new TreeSet<>();
    while (got.size() < count) {
      got.add(text(next(arriving)));
    }
  }

  private static byte[] body(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Message message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }
}
