package course;

import java.io.UnsupportedEncodingException;
import java.util.List;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.common.RemotingHelper;

/** The consumer that a course has its students write; only the name server's address is not fixed. */
public class Consumer {
  public static void main(String[] args) throws InterruptedException, MQClientException {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("please_rename_unique_group_name_4");
    consumer.setNamesrvAddr(System.getenv("NAMESRV_ADDR"));
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET);
    consumer.subscribe("TopicTest", "*");
    consumer.registerMessageListener(
        new MessageListenerConcurrently() {
          @Override
          public ConsumeConcurrentlyStatus consumeMessage(
              List<MessageExt> msgs, ConsumeConcurrentlyContext context) {
            msgs.forEach(
                messageExt -> {
                  try {
                    System.out.println(
                        "收到消息:"
                            + new String(messageExt.getBody(), RemotingHelper.DEFAULT_CHARSET));
                  } catch (UnsupportedEncodingException e) {
                    // UTF-8 is always there
                  }
                });
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
          }
        });
    consumer.start();
    System.out.print("Consumer Started");
  }
}
