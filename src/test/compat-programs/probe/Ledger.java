package probe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.apache.rocketmq.client.QueryResult;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.TopicConfig;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.netty.NettyClientConfig;
import org.apache.rocketmq.remoting.netty.NettyRemotingClient;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.tools.admin.DefaultMQAdminExt;

/**
 * Fills topics with messages and adds up what stands in them.
 *
 * <p>Lines in, one command each, answered by {@code DONE} or {@code FAILED reason}:
 *
 * <pre>
 * fill TOPIC COUNT BYTES    messages k0, k1, … of up to twice so many bytes, tags Tag0 to Tag2
 * digest TOPIC              → QUEUE topic broker queue min max count checksum, per queue
 * key TOPIC KEY             → FOUND topic key count
 * lag TOPIC GROUP           → LAG topic group messages that the group has not committed yet, -1 without
 *                           any commit
 * delay TOPIC LEVEL         one delayed message
 * timer TOPIC SECONDS       one timer message (5.x)
 * transact TOPIC OUTCOME    one message of a transaction: COMMIT_MESSAGE, ROLLBACK_MESSAGE or UNKNOW
 * batches TOPIC COUNT ADDR  batches of 1, 2, … messages, each stored as one record (5.x); the topic is new
 * long TOPIC COUNT ADDR     messages to a retry topic that may be longer than this client allows
 * decide GROUP OUTCOME      a producer of that group stays and answers OUTCOME when it is asked
 * </pre>
 *
 * The checksum covers offset, tags, keys and body of every message in their order.
 */
@SuppressWarnings("deprecation")
public class Ledger {
  private static final int WINDOW = 64;

  /** The client's own code for a query that finds nothing. */
  private static final int NO_MESSAGE = 208;

  /** The same for a group without offsets. */
  private static final int NOT_ONLINE = 206;

  private static final Map<String, TransactionMQProducer> DECIDING = new HashMap<>();
  private static DefaultMQProducer producer;
  private static DefaultMQPullConsumer consumer;

  public static void main(String[] args) throws Exception {
    producer = new DefaultMQProducer("GP-ledger");
    producer.setSendMsgTimeout(20_000);
    producer.setRetryTimesWhenSendAsyncFailed(0);
    producer.setCompressMsgBodyOverHowmuch(Integer.MAX_VALUE); // so many bytes sent, so many stored
    producer.start();
    consumer = new DefaultMQPullConsumer("G-ledger");
    consumer.start();
    Commands.serve(Ledger::run);
  }

  private static void run(String[] words) throws Exception {
    String topic = words[1];
    switch (words[0]) {
      case "fill":
        fill(topic, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
        break;
      case "digest":
        for (MessageQueue queue : consumer.fetchSubscribeMessageQueues(topic)) {
          digest(queue);
        }
        break;
      case "key":
        System.out.println("FOUND " + topic + " " + words[2] + " " + byKey(topic, words[2]));
        break;
      case "lag":
        System.out.println("LAG " + topic + " " + words[2] + " " + lag(words[2]));
        break;
      case "delay":
        Message delayed = message(topic, "d", new byte[10]);
        delayed.setDelayTimeLevel(Integer.parseInt(words[2]));
        producer.send(delayed);
        break;
      case "timer":
        Message timer = message(topic, "t", new byte[10]);
        timer.putUserProperty("ledger", "timer");
        Message.class
            .getMethod("setDelayTimeSec", long.class)
            .invoke(timer, Long.parseLong(words[2]));
        producer.send(timer);
        break;
      case "transact":
        transact(topic, LocalTransactionState.valueOf(words[2]));
        break;
      case "batches":
        batches(topic, Integer.parseInt(words[2]), words[3]);
        break;
      case "long":
        sendLong(topic, Integer.parseInt(words[2]), words[3]);
        break;
      case "decide":
        if (!DECIDING.containsKey(words[1])) {
          TransactionMQProducer deciding =
              deciding(words[1], LocalTransactionState.valueOf(words[2]));
          deciding.setHeartbeatBrokerInterval(500);
          deciding.start();
          DECIDING.put(words[1], deciding);
          // An ordinary message, so that the brokers hear of this producer.
          deciding.send(message("Warm", "w", new byte[1]));
        }
        break;
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }

  private static void batches(String topic, int count, String broker) throws Exception {
    DefaultMQAdminExt admin = new DefaultMQAdminExt();
    admin.setInstanceName("batches");
    admin.start();
    try {
      TopicConfig config = new TopicConfig(topic, 2, 2, 6);
      TopicConfig.class
          .getMethod("setAttributes", Map.class)
          .invoke(config, new HashMap<>(Map.of("+queue.type", "BatchCQ")));
      admin.createAndUpdateTopicConfig(broker, config);
    } finally {
      admin.shutdown();
    }
    for (int i = 1; i <= count; i++) {
      List<Message> batch = new ArrayList<>();
      for (int n = 0; n < i; n++) {
        batch.add(message(topic, "b" + i + "-" + n, new byte[n + 1]));
      }
      SendResult sent = producer.send(batch, new MessageQueue(topic, "broker-a", i % 2));
      if (sent.getSendStatus() != SendStatus.SEND_OK) {
        throw new IllegalStateException(sent.toString());
      }
    }
  }

  /**
   * To a group's retry topic, as POP does: this client would not send it, and ordinary topics can't be so
   * long. The broker wants to know the group.
   */
  private static void sendLong(String topic, int count, String broker) throws Exception {
    NettyRemotingClient client = new NettyRemotingClient(new NettyClientConfig());
    client.start();
    try {
      for (int i = 0; i < count; i++) {
        RemotingCommand request = RemotingCommand.createRequestCommand(10, null);
        request.addExtField("producerGroup", "GP-ledger");
        request.addExtField("topic", topic);
        request.addExtField("defaultTopic", "TBW102");
        request.addExtField("defaultTopicQueueNums", "4");
        request.addExtField("queueId", "0");
        request.addExtField("sysFlag", "0");
        request.addExtField("bornTimestamp", "" + System.currentTimeMillis());
        request.addExtField("flag", "0");
        request.addExtField("properties", "TAGS\u0001TagL\u0002KEYS\u0001l" + i + "\u0002");
        request.addExtField("reconsumeTimes", "0");
        request.addExtField("unitMode", "false");
        request.addExtField("batch", "false");
        request.setBody(("long " + i).getBytes(StandardCharsets.UTF_8));
        RemotingCommand answer = client.invokeSync(broker, request, 10_000);
        if (answer.getCode() != 0) {
          throw new IllegalStateException(answer.toString());
        }
      }
    } finally {
      client.shutdown();
    }
  }

  private static int byKey(String topic, String key) throws Exception {
    try {
      QueryResult found = consumer.queryMessage(topic, key, 32, 0, Long.MAX_VALUE);
      return found.getMessageList().size();
    } catch (MQClientException e) {
      if (e.getResponseCode() == NO_MESSAGE) {
        return 0;
      }
      throw e;
    }
  }

  private static long lag(String group) throws Exception {
    DefaultMQAdminExt admin = new DefaultMQAdminExt();
    admin.setInstanceName("lag-" + System.nanoTime());
    admin.start();
    try {
      return admin.examineConsumeStats(group).computeTotalDiff();
    } catch (MQClientException e) {
      if (e.getResponseCode() == NOT_ONLINE) {
        return -1;
      }
      throw e;
    } finally {
      admin.shutdown();
    }
  }

  private static Message message(String topic, String key, byte[] body) {
    return new Message(topic, "Tag" + body.length % 3, key, body);
  }

  private static void fill(String topic, int count, int bytes) throws Exception {
    Random random = new Random(topic.hashCode());
    Semaphore window = new Semaphore(WINDOW);
    AtomicInteger failed = new AtomicInteger();
    // The first one creates the topic.
    producer.send(message(topic, "first", new byte[1]));
    for (int i = 0; i < count; i++) {
      byte[] body = new byte[1 + random.nextInt(2 * bytes)];
      for (int at = 0; at < body.length; at++) {
        body[at] = (byte) ('a' + random.nextInt(26));
      }
      window.acquire();
      producer.send(
          message(topic, "k" + i, body),
          new SendCallback() {
            @Override
            public void onSuccess(SendResult result) {
              if (result.getSendStatus() != SendStatus.SEND_OK) {
                failed.incrementAndGet();
              }
              window.release();
            }

            @Override
            public void onException(Throwable e) {
              System.out.println("LOST " + e);
              failed.incrementAndGet();
              window.release();
            }
          });
    }
    if (!window.tryAcquire(WINDOW, 60, TimeUnit.SECONDS) || failed.get() > 0) {
      throw new IllegalStateException(failed.get() + " sends failed");
    }
  }

  private static void digest(MessageQueue queue) throws Exception {
    long min = consumer.minOffset(queue);
    long max = consumer.maxOffset(queue);
    CRC32 sum = new CRC32();
    long count = 0;
    long at = min;
    while (at < max) {
      PullResult pulled = consumer.pull(queue, "*", at, 32);
      if (pulled.getPullStatus() != PullStatus.FOUND) {
        throw new IllegalStateException(queue + " at " + at + ": " + pulled.getPullStatus());
      }
      for (MessageExt message : pulled.getMsgFoundList()) {
        count++;
        sum.update(ByteBuffer.allocate(8).putLong(message.getQueueOffset()).array());
        String words = Arrays.asList(message.getTags(), message.getKeys()).toString();
        sum.update(words.getBytes(StandardCharsets.UTF_8));
        sum.update(message.getBody());
      }
      at = pulled.getNextBeginOffset();
    }
    System.out.println(
        String.join(
            " ",
            "QUEUE",
            queue.getTopic(),
            queue.getBrokerName(),
            queue.getQueueId() + "",
            min + "",
            max + "",
            count + "",
            Long.toHexString(sum.getValue())));
  }

  private static void transact(String topic, LocalTransactionState outcome) throws Exception {
    TransactionMQProducer sender = deciding("GP-ledger-tx-" + outcome, outcome);
    sender.start();
    sender.sendMessageInTransaction(message(topic, "x", new byte[10]), null);
    sender.shutdown();
  }

  private static TransactionMQProducer deciding(String group, LocalTransactionState outcome) {
    TransactionMQProducer sender = new TransactionMQProducer(group);
    sender.setSendMsgTimeout(20_000);
    sender.setTransactionListener(
        new TransactionListener() {
          @Override
          public LocalTransactionState executeLocalTransaction(Message message, Object arg) {
            return outcome;
          }

          @Override
          public LocalTransactionState checkLocalTransaction(MessageExt message) {
            return outcome;
          }
        });
    return sender;
  }
}
