package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * A push consumer of 5.x that leaves the sharing of queues to the broker, and so pops where the group's mode
 * says so.
 *
 * <p>Arguments: group, topic, how often it fails each message before it takes it (-1: it never returns).
 * Lines out: {@code STARTED}, {@code GOT POP|PULL queue offset reconsumeTimes body} per message, {@code
 * STOPPED}.
 * Lines in: {@code stop}; the end of input means the same.
 */
public class PopConsume {
  /** The shortest that the client grants. */
  private static final long INVISIBLE_MS = 5000;

  public static void main(String[] args) throws Exception {
    int failures = Integer.parseInt(args[2]);
    ConcurrentHashMap<String, AtomicInteger> tries = new ConcurrentHashMap<>();
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[0]);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    // Not there before 5.x; this program is compiled against each version.
    DefaultMQPushConsumer.class
        .getMethod("setClientRebalance", boolean.class)
        .invoke(consumer, false);
    DefaultMQPushConsumer.class
        .getMethod("setPopInvisibleTime", long.class)
        .invoke(consumer, INVISIBLE_MS);
    consumer.setHeartbeatBrokerInterval(1000); // a broker that comes back knows the group soon
    consumer.setPersistConsumerOffsetInterval(1000);
    consumer.setAwaitTerminationMillisWhenShutdown(5000);
    consumer.subscribe(args[1], "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt message : messages) {
                String body = new String(message.getBody(), StandardCharsets.UTF_8);
                System.out.println(
                    "GOT "
                        + (message.getProperty("POP_CK") == null ? "PULL" : "POP")
                        + " "
                        + message.getQueueId()
                        + " "
                        + message.getQueueOffset()
                        + " "
                        + message.getReconsumeTimes()
                        + " "
                        + body);
                int before =
                    tries.computeIfAbsent(body, key -> new AtomicInteger()).getAndIncrement();
                if (failures < 0) {
                  sleep();
                }
                if (before < failures) {
                  return ConsumeConcurrentlyStatus.RECONSUME_LATER;
                }
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    shortenDelays(consumer);
    System.out.println("STARTED");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null && !line.equals("stop"); ) {
      line = in.readLine();
    }
    consumer.shutdown();
    System.out.println("STOPPED");
    System.exit(0);
  }

  private static void sleep() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A failed message is asked for again after a second instead of ten and more. */
  private static void shortenDelays(DefaultMQPushConsumer consumer) throws Exception {
    Object inner = consumer.getDefaultMQPushConsumerImpl();
    Field delays = inner.getClass().getDeclaredField("popDelayLevel");
    delays.setAccessible(true);
    Arrays.fill((int[]) delays.get(inner), 1);
  }
}
