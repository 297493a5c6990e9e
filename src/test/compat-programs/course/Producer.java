package course;

import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.remoting.common.RemotingHelper;

/** The producer that a course has its students write; only the name server's address is not fixed. */
public class Producer {
  public static void main(String[] args) throws MQClientException, InterruptedException {
    DefaultMQProducer producer = new DefaultMQProducer("please_rename_unique_group_name");
    producer.setNamesrvAddr(System.getenv("NAMESRV_ADDR"));
    producer.start();
    for (int i = 0; i < 1000; i++) {
      try {
        Message msg =
            new Message(
                "TopicTest",
                "TagA",
                ("Hello RocketMQ " + i).getBytes(RemotingHelper.DEFAULT_CHARSET));
        SendResult sendResult = producer.send(msg);
        System.out.printf("%s%n", sendResult);
      } catch (Exception e) {
        e.printStackTrace();
        Thread.sleep(1000);
      }
    }
    producer.shutdown();
  }
}
