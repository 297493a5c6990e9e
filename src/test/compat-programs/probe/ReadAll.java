package probe;

import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Reads a topic from end to end. Argument: topic. Lines out: {@code QUEUE broker queue min max}, then
 * its messages as {@code MSG broker queue offset body tag keys}; {@code DONE}.
 */
public class ReadAll {
  @SuppressWarnings("deprecation")
  public static void main(String[] args) throws Exception {
    DefaultMQPullConsumer consumer = new DefaultMQPullConsumer("G-read-all");
    consumer.start();
    for (MessageQueue queue : consumer.fetchSubscribeMessageQueues(args[0])) {
      String name = queue.getBrokerName() + " " + queue.getQueueId() + " ";
      long max = consumer.maxOffset(queue);
      long at = consumer.minOffset(queue);
      System.out.println("QUEUE " + name + at + " " + max);
      while (at < max) {
        PullResult pulled = consumer.pull(queue, "*", at, 32);
        if (pulled.getPullStatus() == PullStatus.FOUND) {
          for (MessageExt message : pulled.getMsgFoundList()) {
            String body = new String(message.getBody(), StandardCharsets.UTF_8);
            System.out.println(
                "MSG "
                    + name
                    + message.getQueueOffset()
                    + " "
                    + body
                    + " "
                    + message.getTags()
                    + " "
                    + message.getKeys());
          }
        } else {
          System.out.println("NOT-FOUND " + name + at + " " + pulled.getPullStatus());
        }
        if (pulled.getNextBeginOffset() <= at) {
          break;
        }
        at = pulled.getNextBeginOffset();
      }
    }
    System.out.println("DONE");
    System.exit(0);
  }
}
