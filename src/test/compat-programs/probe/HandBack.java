package probe;

import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Sends messages to one broker and hands the last of them back to another, which does not have it.
 *
 * <p>Arguments: topic, group, broker to send to, broker to hand back to, count. Lines out: {@code GOT body
 * broker reconsumeTimes topic} per message, {@code FAILED reason}. The end of input stops it.
 */
public class HandBack {
  private static final int BYTES = 1024;

  public static void main(String[] args) throws Exception {
    System.setProperty("rocketmq.client.rebalance.waitInterval", "500");
    String last = "m" + (Integer.parseInt(args[4]) - 1);
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[1]);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setPollNameServerInterval(500); // the retry topic is new
    consumer.subscribe(args[0], "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt each : messages) {
                String body = new String(each.getBody(), StandardCharsets.UTF_8).trim();
                System.out.println(
                    String.join(
                        " ",
                        "GOT",
                        body,
                        context.getMessageQueue().getBrokerName(),
                        each.getReconsumeTimes() + "",
                        each.getTopic()));
                if (body.equals(last) && each.getReconsumeTimes() == 0) {
                  handBack(consumer, each, args[3]);
                }
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    DefaultMQProducer producer = new DefaultMQProducer("P-hand-back");
    producer.setSendMsgTimeout(10_000);
    producer.start();
    for (int i = 0; i < Integer.parseInt(args[4]); i++) {
      StringBuilder body = new StringBuilder("m" + i);
      while (body.length() < BYTES) {
        body.append(' ');
      }
      producer.send(
          new Message(args[0], body.toString().getBytes(StandardCharsets.UTF_8)),
          (queues, message, argument) ->
              queues.stream()
                  .filter(queue -> queue.getBrokerName().equals(args[2]))
                  .findFirst()
                  .orElseThrow(),
          null);
    }
    consumer.start();
    while (System.in.read() >= 0) {
      // until the end of input
    }
    System.exit(0);
  }

  private static void handBack(DefaultMQPushConsumer consumer, MessageExt message, String broker) {
    try {
      consumer.sendMessageBack(message, 0, broker);
    } catch (Exception e) {
      System.out.println("FAILED " + e);
    }
  }
}
