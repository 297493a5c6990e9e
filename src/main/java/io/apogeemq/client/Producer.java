package io.apogeemq.client;

import io.apogeemq.protocol.header.DelayHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one producer group. Made by {@link ApogeeClient#producer}. Methods may be called
 * from any thread; futures complete on the caller's context.
 *
 * <p>Queues are taken in turn. A send that failed in a way that another broker may not repeat is
 * tried again there, until the retries or the time of {@link ProducerOptions} are used up; the message
 * keeps its id, so that a consumer can recognise what was stored twice. Sends fail with the last
 * try's reason: {@link RequestRefused}, a {@code ConnectException}, a {@code ClosedChannelException} or
 * a {@code TimeoutException}; after the last two the message may be stored all the same. While too
 * many are under way they fail at once with {@link TooManyPending}.
 */
public final class Producer {
  private final ProducerOptions options;
  private final ApogeeClient client;
  private final Calls calls;
  private final Routes routes;
  private final UniqueIds ids;
  private final ClientMetrics metrics;
  private final Lingering lingering;
  private final KeyOrder order;

  /** Completes when it is closed and no send is under way. */
  private final Promise<Void> drained = Promise.promise();

  private int turn = ThreadLocalRandom.current().nextInt();
  private int pending;
  private boolean closed;

  Producer(ProducerOptions options, ApogeeClient client, UniqueIds ids) {
    this.options = new ProducerOptions(options);
    this.client = client;
    this.ids = ids;
    calls = client.calls();
    routes = client.routes();
    metrics = client.options().getMetrics();
    order = new KeyOrder(calls.loop());
    lingering = new Lingering(this.options, calls.loop(), this::together);
  }

  public String group() {
    return options.getGroup();
  }

  ProducerOptions options() {
    return options;
  }

  /**
   * Sends a message to the next queue of its topic, or, if it has an ordering key, to the queue of the
   * key, after all that was sent with that key before.
   */
  public Future<SendResult> send(Message message) {
    String key = message.orderingKey();
    if (key != null) {
      Outgoing outgoing = outgoing(message, 0);
      return admitted(
          message.topic(),
          1,
          () ->
              order.inTurn(
                  message.topic(), key, () -> sending(outgoing, new QueueOfKey(key)).start()));
    }
    if (options.getLingerMs() > 0 && !message.isDelayed()) {
      return admitted(message.topic(), 1, () -> lingering.add(message));
    }
    Outgoing outgoing = outgoing(message, 0);
    return admitted(outgoing.topic(), 1, () -> sending(outgoing, this::next).start());
  }

  /** Sends a message to this queue and no other. */
  public Future<SendResult> send(Message message, MessageQueue queue) {
    Outgoing outgoing = outgoing(message, 0);
    return admitted(
        outgoing.topic(), 1, () -> sending(outgoing, (queues, failed) -> queue).start());
  }

  /**
   * Sends messages of one topic together. All or none are stored; they get neighbouring places in one
   * queue.
   */
  public Future<SendResult> sendBatch(List<Message> messages) {
    String flaw = flawOfBatch(messages);
    if (flaw != null) {
      return Future.failedFuture(new IllegalArgumentException(flaw));
    }
    Outgoing outgoing = Outgoing.ofBatch(messages, ids);
    return admitted(outgoing.topic(), messages.size(), () -> sending(outgoing, this::next).start());
  }

  private static @Nullable String flawOfBatch(List<Message> messages) {
    if (messages.isEmpty()) {
      return "a batch needs a message";
    }
    for (Message each : messages) {
      if (!each.topic().equals(messages.get(0).topic())) {
        return "the messages of a batch must have one topic";
      }
      if (each.isDelayed()) {
        return "a message of a batch can't be delayed";
      }
    }
    return null;
  }

  /** Sends a message without waiting for an answer. Completes when it was handed to the socket. */
  public Future<Void> sendOneway(Message message) {
    Outgoing outgoing = outgoing(message, 0);
    String key = message.orderingKey();
    return calls
        .loop()
        .call(
            () ->
                closed
                    ? Future.failedFuture(closed())
                    : sending(outgoing, key == null ? this::next : new QueueOfKey(key))
                        .startOneway());
  }

  /**
   * Sends a message and waits for what a consumer answers to it ({@link #reply}). Fails with a {@code
   * TimeoutException} if nobody does in time.
   */
  public Future<ReceivedMessage> request(Message message, long timeoutMs) {
    return client.requests().request(this, message, timeoutMs);
  }

  /** Answers a message that was sent by {@link #request}. */
  public Future<SendResult> reply(ReceivedMessage request, byte[] body) {
    return client.requests().reply(this, request, body);
  }

  /**
   * Takes back a message for later before it is delivered (brokers of 5.x and ours, if they are
   * configured so).
   *
   * @param recallHandle {@link SendResult#recallHandle} of its send
   * @return the message's id
   */
  public Future<String> recall(String topic, String recallHandle) {
    String broker = RecallHandles.brokerOf(recallHandle);
    if (broker == null) {
      return Future.failedFuture(
          new IllegalArgumentException("this is no recall handle: '" + recallHandle + "'"));
    }
    return calls
        .loop()
        .call(
            () ->
                routes
                    .masterOf(topic, broker)
                    .compose(
                        address ->
                            calls.ok(
                                address,
                                RemotingCommand.request(
                                    RequestCode.RECALL_MESSAGE,
                                    new DelayHeaders.Recall(group(), topic, recallHandle)),
                                r -> r.header(DelayHeaders.RecallReply.class).msgId())));
  }

  /** This producer as a stream to write to, which says when it is full. */
  public MessageSink sink() {
    return new MessageSink(this, calls.loop().context());
  }

  // ---- for what is built on a producer ----

  /** The wire form of a message; on the caller's thread. */
  Outgoing outgoing(Message message, int sysFlag) {
    return Outgoing.of(message, ids, sysFlag, options.getCompressFromBytes());
  }

  /** Sends something of another form than a plain message, to the next queue. */
  Future<SendResult> send(Outgoing outgoing) {
    return admitted(outgoing.topic(), 1, () -> sending(outgoing, this::next).start());
  }

  /** The same to a queue of this broker, if it has one in the topic. */
  Future<SendResult> send(Outgoing outgoing, String preferredBroker) {
    return admitted(
        outgoing.topic(),
        1,
        () ->
            sending(
                    outgoing,
                    (queues, failed) -> {
                      MessageQueue there = failed == null ? queues.on(preferredBroker) : null;
                      return there == null ? next(queues, failed) : there;
                    })
                .start());
  }

  private Sending sending(Outgoing outgoing, Sending.Choice choice) {
    return new Sending(outgoing, choice, options, calls, routes);
  }

  private @Nullable MessageQueue next(PublishQueues queues, @Nullable String failedBroker) {
    return queues.at(turn++, failedBroker);
  }

  /** What lingered long enough. It was admitted before. */
  private Future<SendResult> together(List<Message> messages) {
    return sending(
            messages.size() == 1 ? outgoing(messages.get(0), 0) : Outgoing.ofBatch(messages, ids),
            this::next)
        .start();
  }

  /** The queue of an ordering key, the same one in all tries. */
  private static final class QueueOfKey implements Sending.Choice {
    private final String key;
    private @Nullable MessageQueue chosen;

    QueueOfKey(String key) {
      this.key = key;
    }

    @Override
    public @Nullable MessageQueue of(PublishQueues queues, @Nullable String failedBroker) {
      if (chosen == null) {
        chosen = KeyOrder.queueOf(key, queues);
      }
      return chosen;
    }
  }

  private Future<SendResult> admitted(
      String topic, int messages, Supplier<Future<SendResult>> action) {
    return calls.loop().call(() -> admittedHere(topic, messages, action));
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private Future<SendResult> admittedHere(
      String topic, int messages, Supplier<Future<SendResult>> action) {
    if (closed) {
      return Future.failedFuture(closed());
    }
    if (pending >= options.getMaxPendingSends()) {
      return Future.failedFuture(new TooManyPending("sends", options.getMaxPendingSends()));
    }
    pending++;
    long startNs = System.nanoTime();
    return action
        .get()
        .onComplete(
            done -> {
              pending--;
              if (closed && pending == 0) { // not before the caller has heard of this one
                calls.loop().soon(drained::tryComplete);
              }
              metrics.sent(topic, messages, done.succeeded(), System.nanoTime() - startNs);
            });
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("the producer is closed");
  }

  /** Sends nothing more; leaves the group at all brokers when the sends under way have ended. */
  public Future<Void> close() {
    return calls
        .loop()
        .call(
            () -> {
              closed = true;
              lingering.flush();
              if (pending == 0) {
                drained.tryComplete();
              }
              return drained.future().compose(ignored -> client.members().leave(this));
            });
  }
}
