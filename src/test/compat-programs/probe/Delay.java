package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Sends delayed messages and takes them.
 *
 * <p>Argument: topic. Lines in, each answered by DONE:
 *
 * <pre>
 * level NAME LEVEL [BYTES]    one message of a delay level
 * at NAME MS                  one with the time of delivery in so many ms (5.x)
 * seconds NAME SECONDS        one with its delay in seconds (5.x)
 * millis NAME MS              one with its delay in milliseconds (5.x)
 * recall NAME                 takes it back (5.x): RECALLED id, or FAILED why
 * consume                     begins to take messages
 * </pre>
 *
 * <p>Lines out: {@code SENT name before after} (ms; FAILED why), {@code GOT name stored now} per message
 * (when the broker stored it in its topic, and when it came).
 */
public class Delay {
  private static final Map<String, SendResult> SENT = new HashMap<>();

  public static void main(String[] args) throws Exception {
    String topic = args[0];
    DefaultMQProducer producer = new DefaultMQProducer("GP-" + topic);
    producer.setSendMsgTimeout(10_000);
    producer.start();
    System.out.println("STARTED");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        serve(producer, topic, words);
      } catch (Exception e) {
        Throwable why = e.getCause() == null ? e : e.getCause();
        System.out.println("FAILED " + (e + " " + why).replace('\n', ' '));
      }
      System.out.println("DONE");
    }
    System.exit(0);
  }

  private static void serve(DefaultMQProducer producer, String topic, String[] words)
      throws Exception {
    switch (words[0]) {
      case "consume":
        consume(topic);
        return;
      case "recall":
        Object handle = SendResult.class.getMethod("getRecallHandle").invoke(SENT.get(words[1]));
        Object id =
            producer
                .getClass()
                .getMethod("recallMessage", String.class, String.class)
                .invoke(producer, topic, handle);
        System.out.println("RECALLED " + id);
        return;
      default:
        send(producer, topic, words);
    }
  }

  private static void send(DefaultMQProducer producer, String topic, String[] words)
      throws Exception {
    String name = words[1];
    int bytes = words.length > 3 ? Integer.parseInt(words[3]) : 0;
    StringBuilder body = new StringBuilder(name).append(' ');
    while (body.length() < bytes) {
      body.append('-');
    }
    Message message = new Message(topic, "T", body.toString().getBytes(StandardCharsets.UTF_8));
    long before = System.currentTimeMillis();
    long number = Long.parseLong(words[2]);
    switch (words[0]) {
      case "level":
        message.setDelayTimeLevel((int) number);
        break;
      case "at":
        timer(message, "setDeliverTimeMs", before + number);
        break;
      case "seconds":
        timer(message, "setDelayTimeSec", number);
        break;
      case "millis":
        timer(message, "setDelayTimeMs", number);
        break;
      default:
        throw new IllegalArgumentException(words[0]);
    }
    SENT.put(name, producer.send(message));
    System.out.println("SENT " + name + " " + before + " " + System.currentTimeMillis());
  }

  private static void timer(Message message, String setter, long value) throws Exception {
    Message.class.getMethod(setter, long.class).invoke(message, value);
  }

  private static void consume(String topic) throws Exception {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("GC-" + topic);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setPersistConsumerOffsetInterval(1000);
    consumer.setHeartbeatBrokerInterval(1000);
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              long now = System.currentTimeMillis();
              for (MessageExt message : messages) {
                String body = new String(message.getBody(), StandardCharsets.UTF_8);
                System.out.println(
                    "GOT "
                        + body.substring(0, body.indexOf(' '))
                        + " "
                        + message.getStoreTimestamp()
                        + " "
                        + now);
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
  }
}
