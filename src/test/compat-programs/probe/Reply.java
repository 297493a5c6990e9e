package probe;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.utils.MessageUtil;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Asks a question by one account and answers it by another.
 *
 * <p>Arguments: the account that asks, the one that answers, topic, group of whoever answers. Lines out:
 * {@code REPLIED offsetMsgId queueOffset} or {@code FAILED reason} by the one, {@code ANSWERED body} or {@code
 * FAILED reason} by the other.
 */
public class Reply {
  private static final long PATIENCE_MS = 20_000;

  /** The one who answers has heard what became of it: later than the one who asked. */
  private static final CountDownLatch REPLIED = new CountDownLatch(1);

  public static void main(String[] args) throws Exception {
    DefaultMQProducer answers = producer("Answers", args[1]);
    DefaultMQPushConsumer asked =
        new DefaultMQPushConsumer(args[3], Hook.of(args[1]), new AllocateMessageQueueAveragely());
    asked.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    asked.subscribe(args[2], "*");
    asked.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt each : messages) {
                answer(each, answers);
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    asked.start();
    try {
      Message question = new Message(args[2], body("question"));
      System.out.println(
          "ANSWERED " + text(producer("Asks", args[0]).request(question, PATIENCE_MS)));
      if (!REPLIED.await(PATIENCE_MS, TimeUnit.MILLISECONDS)) {
        System.out.println("FAILED to hear of the answer");
      }
    } catch (Exception e) {
      System.out.println("FAILED " + e);
    }
    System.exit(0);
  }

  private static void answer(MessageExt question, DefaultMQProducer answers) {
    if (question.getProperty("REPLY_TO_CLIENT") == null) {
      return; // others use the topic, too
    }
    try {
      SendResult sent =
          answers.send(MessageUtil.createReplyMessage(question, body("re " + text(question))));
      System.out.println("REPLIED " + sent.getOffsetMsgId() + " " + sent.getQueueOffset());
    } catch (Exception e) {
      System.out.println("FAILED " + e);
    }
    REPLIED.countDown();
  }

  private static DefaultMQProducer producer(String group, String account) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer(group, Hook.of(account));
    producer.setInstanceName(group); // a connection of its own: another account
    producer.setSendMsgTimeout(10_000);
    producer.start();
    return producer;
  }

  private static byte[] body(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Message message) {
    return new String(message.getBody(), StandardCharsets.UTF_8);
  }
}
