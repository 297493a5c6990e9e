package probe;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.hook.SendMessageContext;
import org.apache.rocketmq.client.hook.SendMessageHook;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.client.producer.TransactionSendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * A transactional producer that does what it is told and says what it is asked.
 *
 * <p>Argument: producer group. Lines in, each answered by {@code DONE} or {@code FAILED reason}:
 *
 * <pre>
 * send TOPIC KEY OUTCOME [name=value …]  a half message (its body is the key), then OUTCOME:
 *                                        COMMIT_MESSAGE, ROLLBACK_MESSAGE or UNKNOW
 *                                        → SENT key status queue halfOffset transactionId offsetMsgId
 * many TOPIC PREFIX COUNT OUTCOME        so many of them
 * verdict KEY OUTCOME                    what a check of the key is answered; UNKNOW until told
 * end KEY OUTCOME                        the outcome of a message sent before, once more
 * warm TOPIC                             an ordinary message, so that the broker knows this producer
 * read TOPIC                             → MSG key queue offset sysFlag preparedOffset tags properties
 * raw TOPIC BROKER                       the same of queue 0 of a topic without a route
 * </pre>
 *
 * <p>Whenever the broker checks: {@code CHECK key times topic queue halfOffset logOffset msgId
 * transactionId offsetMsgId properties}. The end of input stops it.
 */
@SuppressWarnings("deprecation")
public class Transact {
  private static final Map<String, LocalTransactionState> VERDICTS = new ConcurrentHashMap<>();
  private static final Map<String, Message> MESSAGES = new ConcurrentHashMap<>();
  private static final Map<String, SendResult> RESULTS = new ConcurrentHashMap<>();
  private static TransactionMQProducer producer;
  private static DefaultMQPullConsumer reader;

  public static void main(String[] args) throws Exception {
    producer = new TransactionMQProducer(args[0]);
    producer.setHeartbeatBrokerInterval(500); // a broker knows it soon
    producer.setSendMsgTimeout(20_000); // on a busy machine, too
    producer.setTransactionListener(new Listener());
    producer.start();
    producer.getDefaultMQProducerImpl().registerSendMessageHook(new Results());
    reader = new DefaultMQPullConsumer("G-transact-read");
    reader.setInstanceName("reader-" + System.nanoTime());
    reader.start();
    Commands.serve(Transact::run);
  }

  private static void run(String[] words) throws Exception {
    switch (words[0]) {
      case "send":
        send(words);
        break;
      case "many":
        for (int i = 0; i < Integer.parseInt(words[3]); i++) {
          send(new String[] {"send", words[1], words[2] + i, words[4]});
        }
        break;
      case "verdict":
        VERDICTS.put(words[1], LocalTransactionState.valueOf(words[2]));
        break;
      case "end":
        producer
            .getDefaultMQProducerImpl()
            .endTransaction(
                MESSAGES.get(words[1]),
                RESULTS.get(words[1]),
                LocalTransactionState.valueOf(words[2]),
                null);
        break;
      case "warm":
        producer.send(new Message(words[1], "Warm", "warm", "warm".getBytes()));
        break;
      case "read":
        for (MessageQueue queue : reader.fetchSubscribeMessageQueues(words[1])) {
          read(queue);
        }
        break;
      case "raw":
        read(new MessageQueue(words[1], words[2], 0));
        break;
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }

  private static void send(String[] words) throws Exception {
    String key = words[2];
    Message message =
        new Message(words[1], "TagT", key, key.getBytes(StandardCharsets.UTF_8));
    message.putUserProperty("mine", "a b");
    for (int i = 4; i < words.length; i++) {
      String[] property = words[i].split("=");
      MessageAccessor.putProperty(message, property[0], property[1]);
    }
    TransactionSendResult sent =
        producer.sendMessageInTransaction(message, LocalTransactionState.valueOf(words[3]));
    MESSAGES.put(key, message);
    System.out.println(
        String.join(
            " ",
            "SENT",
            key,
            sent.getSendStatus() + "",
            sent.getMessageQueue().getQueueId() + "",
            sent.getQueueOffset() + "",
            sent.getTransactionId() + "",
            RESULTS.get(key).getOffsetMsgId()));
  }

  private static void read(MessageQueue queue) throws Exception {
    long max = reader.maxOffset(queue);
    long at = reader.minOffset(queue);
    while (at < max) {
      PullResult pulled = reader.pull(queue, "*", at, 32);
      if (pulled.getPullStatus() == PullStatus.FOUND) {
        for (MessageExt message : pulled.getMsgFoundList()) {
          System.out.println(
              String.join(
                  " ",
                  "MSG",
                  message.getKeys() + "",
                  message.getQueueId() + "",
                  message.getQueueOffset() + "",
                  message.getSysFlag() + "",
                  message.getPreparedTransactionOffset() + "",
                  message.getTags() + "",
                  properties(message)));
        }
      }
      if (pulled.getNextBeginOffset() <= at) {
        break;
      }
      at = pulled.getNextBeginOffset();
    }
  }

  private static String properties(MessageExt message) {
    return new TreeMap<>(message.getProperties()).toString().replace(' ', '_');
  }

  /** Keeps whole results: what the client gives the application lacks the half message's id. */
  private static final class Results implements SendMessageHook {
    @Override
    public String hookName() {
      return "results";
    }

    @Override
    public void sendMessageBefore(SendMessageContext context) {}

    @Override
    public void sendMessageAfter(SendMessageContext context) {
      if (context.getSendResult() != null) {
        RESULTS.put(context.getMessage().getKeys(), context.getSendResult());
      }
    }
  }

  private static final class Listener implements TransactionListener {
    @Override
    public LocalTransactionState executeLocalTransaction(Message message, Object arg) {
      return (LocalTransactionState) arg;
    }

    @Override
    public LocalTransactionState checkLocalTransaction(MessageExt message) {
      String key = message.getKeys();
      System.out.println(
          String.join(
              " ",
              "CHECK",
              key,
              message.getProperty("TRANSACTION_CHECK_TIMES"),
              message.getTopic(),
              message.getQueueId() + "",
              message.getQueueOffset() + "",
              message.getCommitLogOffset() + "",
              message.getMsgId(),
              message.getTransactionId() + "",
              message.getSysFlag() + "",
              message.getStoreSize() + "",
              properties(message)));
      return VERDICTS.getOrDefault(key, LocalTransactionState.UNKNOW);
    }
  }
}
