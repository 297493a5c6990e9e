package probe;

import static probe.Cases.next;
import static probe.Cases.same;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * Topics that say the type of their messages (5.x): {@code ToolTYPE}, which must exist, and {@code
 * ClientTYPE}, which this makes, for each TYPE. Each keeps its type and serves its messages. Argument: the
 * broker's address.
 */
public class Types {
  private static final List<String> TYPES = List.of("NORMAL", "FIFO", "DELAY", "TRANSACTION");

  private static TransactionMQProducer producer;
  private static DefaultMQAdminExt admin;

  public static void main(String[] args) throws Exception {
    producer = new TransactionMQProducer("TypesP");
    producer.setSendMsgTimeout(10_000);
    producer.setTransactionListener(new Commits());
    producer.start();
    admin = new DefaultMQAdminExt(20_000);
    admin.setInstanceName("admin");
    admin.start();
    Cases cases = new Cases();
    for (String type : TYPES) {
      cases.add("a topic of mqadmin for " + type, () -> serves(args[0], "Tool", type));
      cases.add(
          "a topic of a client for " + type,
          () -> {
            create("Client" + type, Map.of("+message.type", type));
            serves(args[0], "Client", type);
          });
    }
    cases.runAndExit();
  }

  /** By the tools' client: a producer's own method of this name forgets the attributes. */
  private static void create(String topic, Map<String, String> attributes) throws Exception {
    DefaultMQAdminExt.class
        .getMethod("createTopic", String.class, String.class, int.class, int.class, Map.class)
        .invoke(admin, "TBW102", topic, 4, 0, attributes);
  }

  private static void serves(String broker, String maker, String type) throws Exception {
    String topic = maker + type;
    TopicConfig config = admin.examineTopicConfig(broker, topic);
    same(Map.of("message.type", type), TopicConfig.class.getMethod("getAttributes").invoke(config));
    BlockingQueue<MessageExt> arriving = arriving(topic);
    for (int i = 0; i < 3; i++) {
      send(topic, type, Integer.toString(i));
    }
    for (int i = 0; i < 3; i++) {
      String body = new String(next(arriving).getBody(), StandardCharsets.UTF_8);
      Cases.check(!type.equals("FIFO") || body.equals(Integer.toString(i)), i + ": " + body);
    }
  }

  private static void send(String topic, String type, String body) throws Exception {
    Message message = new Message(topic, body.getBytes(StandardCharsets.UTF_8));
    switch (type) {
      case "FIFO":
        MessageAccessor.putProperty(message, "__SHARDINGKEY", "one");
        producer.send(message, (queues, each, key) -> queues.get(0), "one");
        break;
      case "DELAY":
        message.setDelayTimeLevel(1);
        producer.send(message);
        break;
      case "TRANSACTION":
        producer.sendMessageInTransaction(message, null);
        break;
      default:
        producer.send(message);
    }
  }

  private static BlockingQueue<MessageExt> arriving(String topic) throws Exception {
    LinkedBlockingQueue<MessageExt> arriving = new LinkedBlockingQueue<>();
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("G" + topic);
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener(
        (MessageListenerOrderly)
            (messages, context) -> {
              arriving.addAll(messages);
              return ConsumeOrderlyStatus.SUCCESS;
            });
    consumer.start();
    return arriving;
  }

  private static final class Commits implements TransactionListener {
    @Override
    public LocalTransactionState executeLocalTransaction(Message message, Object argument) {
      return LocalTransactionState.COMMIT_MESSAGE;
    }

    @Override
    public LocalTransactionState checkLocalTransaction(MessageExt message) {
      return LocalTransactionState.COMMIT_MESSAGE;
    }
  }
}
