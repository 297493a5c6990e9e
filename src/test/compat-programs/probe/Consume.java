package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageClientExt;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * A push consumer that says what happens to it.
 *
 * <p>Arguments: group, topic, and a tag expression if not all is wanted. Lines out: {@code STARTED}, {@code OWNS broker:queue,…} whenever its
 * share changes, {@code GOT broker queue offset body} per message, {@code STOPPED}. Lines in: {@code
 * stop}; the end of input means the same. {@code -Dprobe.from=CONSUME_FROM_LAST_OFFSET}: where it
 * begins if the broker says nothing else. {@code -Dprobe.fails=N}: it fails each message so many times, asks for
 * it again soon, and says of each delivery after the first {@code AGAIN times broker} if the broker has made the
 * copy of it that it was handed back for, else {@code AGAIN times itself}.
 */
public class Consume {
  private static final int FAILS = Integer.getInteger("probe.fails", 0);
  private static final Map<String, String> FIRST_IDS = new ConcurrentHashMap<>();

  public static void main(String[] args) throws Exception {
    String topic = args[1];
    DefaultMQPushConsumer consumer = 
        new DefaultMQPushConsumer(
            args[0], Hook.ofFlag(), new AllocateMessageQueueAveragely());
    consumer.setConsumeFromWhere(
        ConsumeFromWhere.valueOf(System.getProperty("probe.from", "CONSUME_FROM_FIRST_OFFSET")));
    consumer.setPersistConsumerOffsetInterval(1000);
    consumer.setHeartbeatBrokerInterval(1000); // a broker that comes back knows the group soon
    consumer.setAwaitTerminationMillisWhenShutdown(5000); // commits what it has just handled
    consumer.subscribe(topic, args.length > 2 ? args[2] : "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt message : messages) {
                System.out.println(
                    "GOT "
                        + context.getMessageQueue().getBrokerName()
                        + " "
                        + message.getQueueId()
                        + " "
                        + message.getQueueOffset()
                        + " "
                        + new String(message.getBody(), StandardCharsets.UTF_8));
                if (FAILS > 0) {
                  sayAgain(message);
                }
                if (message.getReconsumeTimes() < FAILS) {
                  context.setDelayLevelWhenNextConsume(1);
                  return ConsumeConcurrentlyStatus.RECONSUME_LATER;
                }
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    System.out.println("STARTED");
    Thread watch = new Thread(() -> sayShare(consumer, topic));
    watch.setDaemon(true);
    watch.start();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null && !line.equals("stop"); ) {
      line = in.readLine();
    }
    consumer.shutdown();
    System.out.println("STOPPED");
    System.exit(0);
  }

  /** A broker's copy names the first record; one that the client sends names the message's own id. */
  private static void sayAgain(MessageExt message) {
    String record = ((MessageClientExt) message).getOffsetMsgId();
    String first = FIRST_IDS.putIfAbsent(message.getMsgId(), record);
    if (message.getReconsumeTimes() > 0) {
      boolean copied = message.getProperty("ORIGIN_MESSAGE_ID").equals(first);
      System.out.println(
          "AGAIN " + message.getReconsumeTimes() + (copied ? " broker" : " itself"));
    }
  }

  private static void sayShare(DefaultMQPushConsumer consumer, String topic) {
    String said = "";
    while (true) {
      TreeSet<String> share = new TreeSet<>();
      for (MessageQueue queue :
          consumer
              .getDefaultMQPushConsumerImpl()
              .getRebalanceImpl()
              .getProcessQueueTable()
              .keySet()) {
        if (queue.getTopic().equals(topic)) {
          share.add(queue.getBrokerName() + ":" + queue.getQueueId());
        }
      }
      String now = String.join(",", share);
      if (!now.equals(said)) {
        System.out.println("OWNS " + now);
        said = now;
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
