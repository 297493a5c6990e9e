import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/**
 * A client that is there before its broker. Argument: name server. Says {@code READY}, tries to send
 * every 10 ms, says {@code FIRST <milliseconds since 1970>} at the first SEND_OK and ends.
 */
public class FirstSend {
  public static void main(String[] args) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("bench-first");
    producer.setNamesrvAddr(args[0]);
    producer.setSendMsgTimeout(3000);
    producer.setRetryTimesWhenSendFailed(0);
    producer.start();
    Message message = new Message("BenchFirst", "hello".getBytes(StandardCharsets.UTF_8));
    tryToSend(producer, message); // loads the classes of the way to a refused connection
    System.out.println("READY");
    while (!tryToSend(producer, message)) {
      Thread.sleep(10);
    }
    System.out.println("FIRST " + System.currentTimeMillis());
    System.exit(0);
  }

  private static boolean tryToSend(DefaultMQProducer producer, Message message) {
    try {
      SendResult sent = producer.send(message);
      return sent.getSendStatus() == SendStatus.SEND_OK;
    } catch (Exception notYet) {
      return false;
    }
  }
}
