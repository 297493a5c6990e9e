package probe;

import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;

/**
 * A producer and a consumer that trace what they do. Arguments: topic, producer group, consumer group.
 * Lines out: {@code SENT id}, {@code GOT id}. Runs until its input ends.
 */
public class Traced {
  public static void main(String[] args) throws Exception {
    String topic = args[0];
    DefaultMQProducer producer = new DefaultMQProducer(args[1], null, true, null);
    producer.setSendMsgTimeout(10_000);
    producer.start();
    DefaultMQPushConsumer consumer =
        new DefaultMQPushConsumer(args[2], null, new AllocateMessageQueueAveragely(), true, null);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              messages.forEach(each -> System.out.println("GOT " + each.getMsgId()));
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    byte[] body = "traced".getBytes(StandardCharsets.UTF_8);
    SendResult sent = producer.send(new Message(topic, "Tag", "Key", body));
    System.out.println("SENT " + sent.getMsgId());
    while (System.in.read() >= 0) {
      // Its traces are sent in the background.
    }
    System.exit(0);
  }
}
