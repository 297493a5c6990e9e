import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.rocketmq.client.consumer.DefaultMQPullConsumer;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.ConsumeOrderlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.listener.MessageListenerOrderly;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;

/** The official client, unmodified, the same one for every server of this protocol. */
final class RocketClient implements Client {
  private static final int PULL_BATCH = 32; // what a server gives at most

  /** The most that the client takes. */
  private static final int MAX_SPAN = 65_535;
  private static final int FILL_CONNECTIONS = 2;
  private static final int FILL_WINDOW = 128;

  private final String namesrv;
  private final InetSocketAddress broker;
  private final List<DefaultMQProducer> producers = new ArrayList<>();

  RocketClient(Target target) {
    this.namesrv = target.namesrv();
    this.broker = target.address();
  }

  @Override
  public void createTopic(String topic, int queues) throws Exception {
    try (RawCalls calls = new RawCalls(broker)) {
      calls.createTopic(topic, queues);
    }
    DefaultMQProducer producer = producer();
    for (int tries = 0; ; tries++) {
      try {
        producer.fetchPublishMessageQueues(topic);
        return;
      } catch (Exception notYet) {
        if (tries == 300) {
          throw notYet;
        }
        Thread.sleep(100);
      }
    }
  }

  @Override
  public void fill(String topic, int queues, byte[] body, long count) throws Exception {
    List<Frames.Frame> frames = new ArrayList<>();
    for (int queue = 0; queue < queues; queue++) {
      frames.add(Frames.send(Frames.Encoding.BINARY, topic, queue, body));
    }
    fill(frames, count);
  }

  /** Stores so many messages by these frames in turn. */
  void fill(List<Frames.Frame> frames, long count) throws Exception {
    RawSender sender = new RawSender(broker, frames, FILL_CONNECTIONS, FILL_WINDOW, count);
    sender.start();
    sender.await();
    if (sender.messages() != count) {
      throw new IllegalStateException(sender.messages() + " stored: " + sender.firstFailure());
    }
  }

  private DefaultMQProducer producer() throws Exception {
    DefaultMQProducer producer = new DefaultMQProducer("bench-producer");
    start(producer);
    return producer;
  }

  private void start(DefaultMQProducer producer) throws Exception {
    producer.setNamesrvAddr(namesrv);
    producer.setInstanceName("p-" + System.nanoTime());
    producer.setSendMsgTimeout(10_000);
    producer.setRetryTimesWhenSendFailed(0); // a failure is a failure, not a slower success
    producer.setRetryTimesWhenSendAsyncFailed(0);
    producer.start();
    producers.add(producer);
  }

  @Override
  public Sender sender(int lingerMs) throws Exception {
    DefaultMQProducer producer = producer();
    return new Sender() {
      @Override
      public void sync(String topic, byte[] body) throws Exception {
        check(producer.send(new Message(topic, body)));
      }

      @Override
      public void async(String topic, byte[] body, Consumer<Throwable> done) throws Exception {
        async(new Message(topic, body), done);
      }

      @Override
      public void delayed(
          String topic, byte[] body, String name, long value, Consumer<Throwable> done)
          throws Exception {
        Message message = new Message(topic, body);
        MessageAccessor.putProperty(message, name, Long.toString(value));
        async(message, done);
      }

      private void async(Message message, Consumer<Throwable> done) throws Exception {
        producer.send(
            message,
            new SendCallback() {
              @Override
              public void onSuccess(SendResult result) {
                boolean stored = result.getSendStatus() == SendStatus.SEND_OK;
                done.accept(stored ? null : new IllegalStateException(result.toString()));
              }

              @Override
              public void onException(Throwable e) {
                done.accept(e);
              }
            });
      }

      @Override
      public void batch(String topic, byte[] body, int count) throws Exception {
        List<Message> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          messages.add(new Message(topic, body));
        }
        check(producer.send(messages));
      }

      private void check(SendResult result) {
        if (result.getSendStatus() != SendStatus.SEND_OK) {
          throw new IllegalStateException(result.toString());
        }
      }

      @Override
      public void close() {
        producer.shutdown();
        producers.remove(producer);
      }
    };
  }

  @Override
  public Sender transactions() throws Exception {
    TransactionMQProducer producer = new TransactionMQProducer("bench-transactions");
    producer.setTransactionListener(new AlwaysCommit());
    start(producer);
    return new Sender() {
      @Override
      public void sync(String topic, byte[] body) throws Exception {
        SendResult result = producer.sendMessageInTransaction(new Message(topic, body), null);
        if (result.getSendStatus() != SendStatus.SEND_OK) {
          throw new IllegalStateException(result.toString());
        }
      }

      @Override
      public void async(String topic, byte[] body, Consumer<Throwable> done) {
        throw new UnsupportedOperationException("transactions are synchronous");
      }

      @Override
      public void batch(String topic, byte[] body, int count) {
        throw new UnsupportedOperationException("a transaction is one message");
      }

      @Override
      public void close() {
        producer.shutdown();
        producers.remove(producer);
      }
    };
  }

  private static final class AlwaysCommit implements TransactionListener {
    @Override
    public LocalTransactionState executeLocalTransaction(Message message, Object arg) {
      return LocalTransactionState.COMMIT_MESSAGE;
    }

    @Override
    public LocalTransactionState checkLocalTransaction(MessageExt message) {
      return LocalTransactionState.COMMIT_MESSAGE;
    }
  }

  @Override
  public AutoCloseable subscribe(String topic, Consumer<byte[]> sink) throws Exception {
    return subscribe(topic, false, "*", sink);
  }

  /** The same for the messages that a tag expression or, with {@code sql}, an SQL92 one wants. */
  AutoCloseable subscribe(String topic, boolean sql, String expression, Consumer<byte[]> sink)
      throws Exception {
    DefaultMQPushConsumer consumer = newGroup();
    // Else the client stops for 50 ms whenever what it holds spans 2,000 offsets, as few wanted messages do: then the
    // slower of two brokers looks like the faster one.
    consumer.setConsumeConcurrentlyMaxSpan(MAX_SPAN);
    consumer.subscribe(
        topic, sql ? MessageSelector.bySql(expression) : MessageSelector.byTag(expression));
    consumer.registerMessageListener(
        (MessageListenerConcurrently)
            (messages, context) -> {
              for (MessageExt message : messages) {
                sink.accept(message.getBody());
              }
              return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
            });
    consumer.start();
    return consumer::shutdown;
  }

  @Override
  public AutoCloseable subscribeInOrder(String topic, Consumer<byte[]> sink) throws Exception {
    DefaultMQPushConsumer consumer = newGroup();
    consumer.subscribe(topic, "*");
    consumer.registerMessageListener(
        (MessageListenerOrderly)
            (messages, context) -> {
              for (MessageExt message : messages) {
                sink.accept(message.getBody());
              }
              return ConsumeOrderlyStatus.SUCCESS;
            });
    consumer.start();
    return consumer::shutdown;
  }

  private DefaultMQPushConsumer newGroup() {
    DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("bench-" + System.nanoTime());
    consumer.setNamesrvAddr(namesrv);
    consumer.setInstanceName("c-" + System.nanoTime());
    consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
    consumer.setConsumeMessageBatchMaxSize(PULL_BATCH);
    return consumer;
  }

  @Override
  public void pull(String topic, int threads, long count, Consumer<byte[]> sink) throws Exception {
    DefaultMQPullConsumer consumer = new DefaultMQPullConsumer("bench-pull");
    consumer.setNamesrvAddr(namesrv);
    consumer.setInstanceName("l-" + System.nanoTime());
    consumer.start();
    try {
      List<MessageQueue> queues = new ArrayList<>(consumer.fetchSubscribeMessageQueues(topic));
      AtomicLong left = new AtomicLong(count);
      Workers workers = new Workers();
      for (int i = 0; i < threads; i++) {
        int first = i;
        workers.add(
            () -> {
              for (int q = first; q < queues.size(); q += threads) {
                drain(consumer, queues.get(q), left, sink);
              }
            });
      }
      workers.join();
      if (left.get() > 0) {
        throw new IllegalStateException(left + " of " + count + " messages were not found");
      }
    } finally {
      consumer.shutdown();
    }
  }

  private static void drain(
      DefaultMQPullConsumer consumer, MessageQueue queue, AtomicLong left, Consumer<byte[]> sink)
      throws Exception {
    long offset = consumer.minOffset(queue);
    while (left.get() > 0) {
      PullResult result = consumer.pull(queue, "*", offset, PULL_BATCH);
      offset = result.getNextBeginOffset();
      if (result.getPullStatus() == PullStatus.FOUND) {
        for (MessageExt message : result.getMsgFoundList()) {
          sink.accept(message.getBody());
        }
        left.addAndGet(-result.getMsgFoundList().size());
      } else if (offset >= result.getMaxOffset()) {
        return;
      }
    }
  }

  @Override
  public void close() {
    for (DefaultMQProducer producer : producers) {
      producer.shutdown();
    }
  }
}
