package probe;

import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Answers questions with {@code re BODY}, and gives messages up at once whose body begins with {@code bad}.
 *
 * <p>Arguments: group, topic. Lines out: {@code STARTED}, {@code ANSWERED body}, {@code GAVE-UP body}, {@code
 * FAILED reason}. The end of input stops it.
 */
public class Respond {
  public static void main(String[] args) throws Exception {
    System.setProperty("rocketmq.client.rebalance.waitInterval", "500");
    DefaultMQProducer producer = new DefaultMQProducer("P-" + args[0]);
    producer.setSendMsgTimeout(10_000);
    producer.start();
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(args[0]);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setMaxReconsumeTimes(0);
    consumer.setPollNameServerInterval(500); // the retry topic is new
    consumer.subscribe(args[1], "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt each : messages) {
                String body = new String(each.getBody(), StandardCharsets.UTF_8);
                if (body.startsWith("bad")) {
                  System.out.println("GAVE-UP " + body);
                  return ConsumeConcurrentlyStatus.RECONSUME_LATER; // messages come one by one
                }
                answer(each, body, producer);
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    System.out.println("STARTED");
    while (System.in.read() >= 0) {
      // nothing is asked of it
    }
    consumer.shutdown();
    System.exit(0);
  }

  private static void answer(MessageExt question, String body, DefaultMQProducer producer) {
    if (question.getProperty("REPLY_TO_CLIENT") == null) {
      return;
    }
    try {
      producer.send(
          MessageUtil.createReplyMessage(
              question, ("re " + body).getBytes(StandardCharsets.UTF_8)));
      System.out.println("ANSWERED " + body);
    } catch (Exception e) {
      System.out.println("FAILED " + e);
    }
  }
}
