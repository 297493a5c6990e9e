package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;

/**
 * A producer that sends one message object until it is acknowledged, and again if it is told so.
 *
 * <p>Lines in: {@code send TOPIC BODY} sends a new message; {@code again} the same object once more; the
 * end of input stops it. Lines out: {@code STARTED}, {@code FAILED reason} for each try of ours that
 * failed, {@code ACK status queue offset offsetMsgId} per command.
 */
public class Resend {
  private static final long PAUSE_MS = 100;

  public static void main(String[] args) throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("GP-resend");
    producer.start();
    System.out.println("STARTED");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    Message message = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("send")) {
        message = new Message(words[1], words[2].getBytes(StandardCharsets.UTF_8));
      }
      SendResult sent = send(producer, message);
      System.out.println(
          "ACK "
              + sent.getSendStatus()
              + " "
              + sent.getMessageQueue().getQueueId()
              + " "
              + sent.getQueueOffset()
              + " "
              + sent.getOffsetMsgId());
    }
    producer.shutdown();
    System.exit(0);
  }

  /** The client tries three times within its time-out; an application goes on after that. */
  private static SendResult send(DefaultMQProducer producer, Message message) throws Exception {
    while (true) {
      try {
        return producer.send(message);
      } catch (Exception e) {
        System.out.println("FAILED " + e);
        Thread.sleep(PAUSE_MS);
      }
    }
  }
}
