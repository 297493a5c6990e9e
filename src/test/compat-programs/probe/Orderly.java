package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * An ordered push consumer that asks for its locks and rebalances far more often than usual, so that a
 * test need not wait for minutes.
 *
 * <p>Arguments: group, topic, and how many ms each message takes. A message whose body begins with {@code
 * poison} fails each time; after two more tries it is given up. Lines out: {@code STARTED}, {@code GOT
 * queue offset begin end tries body} per message with both times in µs since 1970, {@code STOPPED}. Lines
 * in: {@code stop}.
 */
public class Orderly {
  public static void main(String[] args) throws Exception {
    System.setProperty("rocketmq.client.rebalance.lockInterval", "300");
    System.setProperty("rocketmq.client.rebalance.lockMaxLiveTime", "1500");
    System.setProperty("rocketmq.client.rebalance.waitInterval", "500");
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[0]);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setPersistConsumerOffsetInterval(1000);
    consumer.setHeartbeatBrokerInterval(1000);
    consumer.setPollNameServerInterval(500); // the topic may be new
    consumer.setMaxReconsumeTimes(2);
    consumer.setSuspendCurrentQueueTimeMillis(100);
    // No pull waits at the broker while there is work: a client takes 30 s to give up one that was lost.
    consumer.setPullThresholdForQueue(40);
    consumer.subscribe(args[1], "*");
    long workMs = Long.parseLong(args[2]);
    consumer.registerMessageListener(
        (MessageListenerOrderly)
            (messages, context) -> {
              MessageExt message = messages.get(0); // one at a time is the default
              String body = new String(message.getBody(), StandardCharsets.UTF_8);
              long begin = micros();
              try {
                Thread.sleep(workMs);
              } catch (InterruptedException e) {
                return ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT;
              }
              System.out.println(
                  "GOT " + message.getQueueId() + " " + message.getQueueOffset() + " " + begin + " "
                      + micros() + " " + message.getReconsumeTimes() + " " + body);
              return body.startsWith("poison")
                  ? ConsumeOrderlyStatus.SUSPEND_CURRENT_QUEUE_A_MOMENT
                  : ConsumeOrderlyStatus.SUCCESS;
            });
    consumer.start();
    System.out.println("STARTED");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null && !line.equals("stop"); ) {
      line = in.readLine();
    }
    consumer.shutdown();
    System.out.println("STOPPED");
    System.exit(0);
  }

  private static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
