package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Consumers that select by SQL92, and a producer of messages to select from. Lines in, expressions
 * URL-encoded:
 *
 * <pre>
 * send TOPIC FROM TO         messages FROM to TO-1: body and property {@code n} are the number, {@code kind}
 *                            is k and the number modulo 3, {@code city} is there for even ones  → DONE
 * push GROUP TOPIC EXPRESSION  a push consumer  → STARTED group | REFUSED group text, then GOT group body
 * pull TOPIC EXPRESSION MAX  a pull consumer reads every queue to its end
 *                            → PULLED body per message, STATUS FOUND|… pulls per kind, DONE
 * stop GROUP                 → STOPPED group
 * </pre>
 */
@SuppressWarnings("deprecation")
public class Select {
  private static final Map<String, DefaultMQPushConsumer> CONSUMERS = new HashMap<>();
  private static DefaultMQProducer producer;

  public static void main(String[] args) throws Exception {
    producer = new DefaultMQProducer("GP-select");
    producer.setSendMsgTimeout(10_000);
    producer.start();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        run(words);
      } catch (Exception e) {
        System.out.println("FAILED " + e);
      }
    }
    System.exit(0);
  }

  private static void run(String[] words) throws Exception {
    switch (words[0]) {
      case "send":
        send(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        break;
      case "push":
        push(words[1], words[2], URLDecoder.decode(words[3], "UTF-8"));
        break;
      case "pull":
        pull(words[1], URLDecoder.decode(words[2], "UTF-8"), Integer.parseInt(words[3]));
        break;
      default:
        CONSUMERS.remove(words[1]).shutdown();
        System.out.println("STOPPED " + words[1]);
    }
  }

  private static void send(String topic, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      Message message = new Message(topic, "Tag" + i % 2, ("" + i).getBytes());
      message.putUserProperty("n", "" + i);
      message.putUserProperty("kind", "k" + i % 3);
      if (i % 2 == 0) {
        message.putUserProperty("city", i % 4 == 0 ? "\u5317\u4eac" : "Berlin");
      }
      producer.send(message);
    }
    System.out.println("DONE");
  }

  private static void push(String group, String topic, String expression) throws Exception {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
    consumer.setInstanceName(group);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setPersistConsumerOffsetInterval(1000);
    consumer.subscribe(topic, MessageSelector.bySql(expression));
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt message : messages) {
                System.out.println("GOT " + group + " " + body(message));
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    try {
      consumer.start();
    } catch (Exception e) {
      System.out.println("REFUSED " + group + " " + e.toString().replace('\n', ' '));
      consumer.shutdown();
      return;
    }
    CONSUMERS.put(group, consumer);
    System.out.println("STARTED " + group);
  }

  private static void pull(String topic, String expression, int max) throws Exception {
    DefaultMQPullConsumer consumer = new DefaultMQPullConsumer("G-pull-" + topic);
    consumer.setInstanceName("pull" + System.nanoTime());
    consumer.setHeartbeatBrokerInterval(500);
    consumer.start();
    Map<PullStatus, Integer> pulls = new HashMap<>();
    for (MessageQueue queue : consumer.fetchSubscribeMessageQueues(topic)) {
      long end = consumer.maxOffset(queue);
      long at = 0;
      while (at < end) {
        PullResult result = pull(consumer, queue, MessageSelector.bySql(expression), at, max);
        pulls.merge(result.getPullStatus(), 1, Integer::sum);
        if (result.getPullStatus() == PullStatus.FOUND) {
          result.getMsgFoundList().forEach(each -> System.out.println("PULLED " + body(each)));
        }
        if (result.getNextBeginOffset() <= at) {
          throw new IllegalStateException("no progress at " + at + ": " + result);
        }
        at = result.getNextBeginOffset();
      }
    }
    consumer.shutdown();
    pulls.forEach((status, count) -> System.out.println("STATUS " + status + " " + count));
    System.out.println("DONE");
  }

  /** The client refuses SQL92 itself until a heartbeat has told it the version of the broker. */
  private static PullResult pull(
      DefaultMQPullConsumer consumer, MessageQueue queue, MessageSelector selector, long at, int max)
      throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        return consumer.pull(queue, selector, at, max);
      } catch (MQClientException e) {
        if (tries == 100 || !e.getMessage().contains("does not upgrade to support")) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  private static String body(MessageExt message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }
}
