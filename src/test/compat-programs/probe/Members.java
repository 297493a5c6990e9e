package probe;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * Push consumers that come and go, each a client of its own. Lines in: {@code join NAME GROUP TOPIC TAGS}
 * starts one whose instance is NAME, {@code leave NAME} stops it. Lines out: {@code JOINED NAME clientId},
 * {@code GOT NAME queue offset body} per message, {@code LEFT NAME}. {@code where GROUP TOPIC} asks the
 * broker, as tools can, where the members are: {@code AT clientId queue offset} each, {@code ASKED}.
 */
public class Members {
  public static void main(String[] args) throws Exception {
    Map<String, DefaultMQPushConsumer> members = new HashMap<>();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 5);
      if (words[0].equals("where")) {
        where(words[1], words[2]);
      } else if (words[0].equals("join")) {
        members.put(words[1], join(words[1], words[2], words[3], words[4]));
      } else {
        members.remove(words[1]).shutdown();
        System.out.println("LEFT " + words[1]);
      }
    }
    System.exit(0);
  }

  private static void where(String group, String topic) throws Exception {
    DefaultMQAdminExt admin = new DefaultMQAdminExt();
    admin.setInstanceName("where-" + System.nanoTime());
    admin.start();
    try {
      admin
          .getConsumeStatus(topic, group, "")
          .forEach(
              (client, queues) ->
                  queues.forEach(
                      (queue, offset) ->
                          System.out.println(
                              "AT " + client + " " + queue.getQueueId() + " " + offset)));
    } finally {
      admin.shutdown();
    }
    System.out.println("ASKED");
  }

  private static DefaultMQPushConsumer join(String name, String group, String topic, String tags)
      throws Exception {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer(group);
    consumer.setInstanceName(name);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setPersistConsumerOffsetInterval(1000);
    consumer.setHeartbeatBrokerInterval(1000);
    consumer.setAwaitTerminationMillisWhenShutdown(5000);
    consumer.subscribe(topic, tags);
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt message : messages) {
                System.out.println(
                    "GOT "
                        + name
                        + " "
                        + message.getQueueId()
                        + " "
                        + message.getQueueOffset()
                        + " "
                        + new String(message.getBody(), StandardCharsets.UTF_8));
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    String id =
        consumer.getDefaultMQPushConsumerImpl().getmQClientFactory().getClientId();
    System.out.println("JOINED " + name + " " + id);
    return consumer;
  }
}
