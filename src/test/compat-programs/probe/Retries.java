package probe;

import static probe.Cases.check;
import static probe.Cases.next;
import static probe.Cases.quiet;
import static probe.Cases.same;
import static probe.Cases.until;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * What becomes of messages that are not consumed. Arguments: a word that makes names unique, and the
 * broker's address.
 */
public class Retries {
  /** The shortest delay, a second. */
  private static final int FIRST_LEVEL = 1;

  private static final int NOTHING_COMMITTED = 206;

  private static String run;
  private static String broker;
  private static DefaultMQProducer producer;
  private static DefaultMQAdminExt admin;

  public static void main(String[] args) throws Exception {
    System.setProperty("rocketmq.client.rebalance.waitInterval", "500");
    run = args[0];
    broker = args[1];
    producer = new DefaultMQProducer("P" + run);
    producer.setSendMsgTimeout(30_000);
    producer.start();
    admin = new DefaultMQAdminExt(20_000);
    admin.setInstanceName("admin" + run);
    admin.start();
    new Cases()
        .add("given up", Retries::givenUp)
        .add("a big one is given up", Retries::aBigOne)
        .add("given up in order", Retries::givenUpInOrder)
        .add("comes again", Retries::comesAgain)
        .runAndExit();
  }

  private static void comesAgain() throws Exception {
    Message message = new Message("Again" + run, "Tag", "Key", body("again"));
    message.putUserProperty("城市", "上海");
    SendResult sent = producer.send(message);
    BlockingQueue<MessageExt> arriving = failing("Again", 1, 16);
    MessageExt first = next(arriving);
    MessageExt again = next(arriving);
    same(1, again.getReconsumeTimes());
    same("Again" + run, again.getTopic());
    same(first.getMsgId(), again.getMsgId());
    same("Tag", again.getTags());
    same("Key", again.getKeys());
    same("上海", again.getUserProperty("城市"));
    same(first.getBornTimestamp(), again.getBornTimestamp());
    same(sent.getOffsetMsgId(), again.getProperty("ORIGIN_MESSAGE_ID"));
    same("Again" + run, again.getProperty("RETRY_TOPIC"));
    long waited = again.getStoreTimestamp() - first.getStoreTimestamp();
    check(waited >= 1_000, "came again after " + waited + " ms");
    quiet(arriving);
    String retryTopic = "%RETRY%" + "AgainG" + run;
    until(
        "the retry topic counts",
        () -> {
          try {
            return admin.examineConsumeStats("AgainG" + run).getOffsetTable().entrySet().stream()
                .anyMatch(
                    each ->
                        each.getKey().getTopic().equals(retryTopic)
                            && each.getValue().getBrokerOffset() == 1
                            && each.getValue().getConsumerOffset() == 1);
          } catch (MQClientException e) {
            check(e.getResponseCode() == NOTHING_COMMITTED, e);
            return false; // until 10 s after the start of the client
          }
        });
  }

  private static void aBigOne() throws Exception {
    byte[] body = new byte[4 * 1024 * 1024];
    new Random(7).nextBytes(body);
    producer.setMaxMessageSize(body.length);
    producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE); // it would only grow
    producer.send(new Message("Big" + run, body), 20_000);
    next(failing("Big", 1, 0));
    check(Arrays.equals(body, buried("BigG").getBody()), "another body");
  }

  private static void givenUp() throws Exception {
    producer.send(new Message("Dead" + run, "Tag", body("dead")));
    BlockingQueue<MessageExt> arriving = failing("Dead", Integer.MAX_VALUE, 0);
    same(0, next(arriving).getReconsumeTimes());
    MessageExt dead = buried("DeadG");
    same("dead", text(dead));
    same(1, dead.getReconsumeTimes());
    same("Tag", dead.getTags());
    same("Dead" + run, dead.getProperty("RETRY_TOPIC"));
    quiet(arriving);
    // Operators close and open the topic.
    TopicConfig topic = new TopicConfig("%DLQ%DeadG" + run, 1, 1, 2);
    admin.createAndUpdateTopicConfig(broker, topic);
    DefaultMQPushConsumer late = push("LateG", "%DLQ%DeadG");
    BlockingQueue<MessageExt> reading = new LinkedBlockingQueue<>();
    accept(late, reading);
    late.start();
    quiet(reading);
    topic.setPerm(6);
    admin.createAndUpdateTopicConfig(broker, topic);
    same("dead", text(next(reading)));
  }

  private static void givenUpInOrder() throws Exception {
    producer.send(new Message("Order" + run, body("poison")));
    DefaultMQPushConsumer member = push("OrderG", "Order");
    member.setMaxReconsumeTimes(1);
    member.setSuspendCurrentQueueTimeMillis(50);
    LinkedBlockingQueue<MessageExt> arriving = new LinkedBlockingQueue<>();
    member.registerMessageListener(
        (MessageListenerOrderly)
            (messages, context) -> {
              arriving.addAll(messages);
              return text(messages.get(0)).equals("poison")
                  ? ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT
                  : ConsumeOrderlyStatus.SUCCESS;
            });
    member.start();
    MessageExt first = next(arriving);
    producer.send(
        new Message("Order" + run, body("behind it")),
        (queues, message, argument) ->
            queues.stream().filter(it -> it.getQueueId() == first.getQueueId()).findAny().orElseThrow(),
        null);
    same("poison", text(next(arriving)));
    same("behind it", text(next(arriving)));
    MessageExt dead = buried("OrderG");
    same("poison", text(dead));
    same("Order" + run, dead.getProperty("RETRY_TOPIC"));
    same(first.getMsgId(), dead.getMsgId());
  }

  /** What lies in a group's dead-letter topic. */
  private static MessageExt buried(String group) throws Exception {
    until(
        "there is a dead-letter topic",
        () -> {
          try {
            return !producer.fetchPublishMessageQueues("%DLQ%" + group + run).isEmpty();
          } catch (Exception notYet) {
            return false;
          }
        });
    DefaultMQPushConsumer reader = push("Reads" + group, "%DLQ%" + group);
    BlockingQueue<MessageExt> arriving = new LinkedBlockingQueue<>();
    accept(reader, arriving);
    reader.start();
    return next(arriving);
  }

  /** What a new group gets, if it fails so often with each message. */
  private static BlockingQueue<MessageExt> failing(String topic, int failures, int maxReconsumes)
      throws Exception {
    DefaultMQPushConsumer member = push(topic + "G", topic);
    member.setMaxReconsumeTimes(maxReconsumes);
    LinkedBlockingQueue<MessageExt> arriving = new LinkedBlockingQueue<>();
    member.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              arriving.addAll(messages);
              context.setDelayLevelWhenNextConsume(FIRST_LEVEL);
              return messages.get(0).getReconsumeTimes() < failures
                  ? ConsumeConcurrentlyStatus.RECONSUME_LATER
                  : ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    member.start();
    return arriving;
  }

  private static DefaultMQPushConsumer push(String group, String topic) throws Exception {
    DefaultMQPushConsumer member = new DefaultMQPushConsumer(group + run);
    member.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    member.setPollNameServerInterval(500);
    member.setPersistConsumerOffsetInterval(1_000);
    member.subscribe(topic + run, "*");
    return member;
  }

  private static void accept(DefaultMQPushConsumer member, BlockingQueue<MessageExt> arriving) {
    member.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              arriving.addAll(messages);
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
  }

  private static byte[] body(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Message message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }
}
