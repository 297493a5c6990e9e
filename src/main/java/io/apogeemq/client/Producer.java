package io.apogeemq.client;

import io.apogeemq.protocol.header.DelayHeaders;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one producer group. Made by {@link ApogeeClient#producer}. Methods may be called
 * from any thread; futures complete on the caller's context.
 *
 * <p>Queues are taken in turn. A send that failed in a way that another broker may not repeat is
 * tried again there, until the retries or the time of {@link ProducerOptions} are used up; the message
 * keeps its id, so that a consumer can recognise what was stored twice. A broker that could not be
 * reached, or did not answer, is left out for a while if there are others. Sends fail with the last
 * try's reason: {@link RequestRefused}, a {@code ConnectException}, a {@code ClosedChannelException} or
 * a {@code TimeoutException}; after the last two the message may be stored all the same. While too
 * many are under way they fail at once with {@link TooManyPending}; what no broker could store fails with
 * an {@code IllegalArgumentException}.
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
  private final SilentBrokers silent = new SilentBrokers(System::nanoTime);

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
    // What lingers was admitted before.
    lingering =
        new Lingering(
            this.options, calls.loop(), outgoing -> sending(outgoing, this::next).start());
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
    boolean lingers = options.getLingerMs() > 0 && key == null && !message.isDelayed();
    if (lingers && message.body().length < options.getCompressFromBytes()) {
      return made(
          () -> Outgoing.Item.of(message, ids),
          item -> admitted(message.topic(), 1, () -> lingering.add(item)));
    }
    return made(() -> outgoing(message, 0), outgoing -> inOrder(outgoing, 1, key));
  }

  /** Sends a message to this queue and no other. */
  public Future<SendResult> send(Message message, MessageQueue queue) {
    return made(
        () -> outgoing(message, 0),
        outgoing ->
            admitted(
                outgoing.topic(), 1, () -> sending(outgoing, (queues, failed) -> queue).start()));
  }

  /**
   * Sends messages of one topic together. All or none are stored; they get neighbouring places in one
   * queue: that of their ordering key, which must be the same for all, if they have one.
   */
  public Future<SendResult> sendBatch(List<Message> messages) {
    String flaw = flawOfBatch(messages);
    if (flaw != null) {
      return Future.failedFuture(new IllegalArgumentException(flaw));
    }
    return made(
        () -> Outgoing.ofBatch(messages.stream().map(each -> Outgoing.Item.of(each, ids)).toList()),
        outgoing -> inOrder(outgoing, messages.size(), messages.get(0).orderingKey()));
  }

  /** Makes what is to be sent on the caller's thread, and fails if it can't be made. */
  private static <T, R> Future<R> made(Supplier<T> form, Function<T, Future<R>> send) {
    T whole;
    try {
      whole = form.get();
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    return send.apply(whole);
  }

  /** To the queue of its key, after what was sent with that before; without one to the next queue. */
  Future<SendResult> inOrder(Outgoing outgoing, int messages, @Nullable String key) {
    return admitted(
        outgoing.topic(),
        messages,
        () ->
            key == null
                ? sending(outgoing, this::next).start()
                : order.inTurn(
                    outgoing.topic(), key, () -> sending(outgoing, new QueueOfKey(key)).start()));
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
      if (!Objects.equals(each.orderingKey(), messages.get(0).orderingKey())) {
        return "the messages of a batch must have one ordering key, or none";
      }
    }
    return null;
  }

  /** Sends a message without waiting for an answer. Completes when it was handed to the socket. */
  public Future<Void> sendOneway(Message message) {
    return made(
        () -> outgoing(message, 0),
        outgoing -> calls.loop().call(() -> underWay(() -> oneway(outgoing, message))));
  }

  private Future<Void> oneway(Outgoing outgoing, Message message) {
    String key = message.orderingKey();
    return key == null
        ? sending(outgoing, this::next).startOneway()
        : order.inTurn(
            outgoing.topic(), key, () -> sending(outgoing, new QueueOfKey(key)).startOneway());
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
  private Outgoing outgoing(Message message, int sysFlag) {
    return Outgoing.of(Outgoing.Item.of(message, ids), sysFlag, options.getCompressFromBytes());
  }

  /** Sends the half message of a transaction. */
  Future<SendResult> sendHalf(Message message) {
    return made(
        () -> outgoing(message, SysFlags.TRANSACTION_PREPARED),
        outgoing -> inOrder(outgoing, 1, message.orderingKey()));
  }

  /** Sends the answer to a request, to a queue of the broker that holds it if that has one. */
  Future<SendResult> sendReply(Message message, String preferredBroker) {
    Sending.Choice choice =
        (queues, failed) -> {
          MessageQueue there = failed == null ? queues.on(preferredBroker) : null;
          return there == null ? next(queues, failed) : there;
        };
    return made(
        () -> outgoing(message, 0).as(RequestCode.SEND_REPLY_MESSAGE_V2),
        outgoing -> admitted(outgoing.topic(), 1, () -> sending(outgoing, choice).start()));
  }

  private Sending sending(Outgoing outgoing, Sending.Choice choice) {
    return new Sending(outgoing, choice, options, calls, routes, silent);
  }

  /** The queue whose turn it is; others first than those of brokers that don't answer. */
  private @Nullable MessageQueue next(PublishQueues queues, @Nullable String failedBroker) {
    if (failedBroker != null || silent.isAny()) {
      int skipped = queues.turnsTo(turn, each -> !each.equals(failedBroker) && silent.mayAsk(each));
      if (skipped < 0) {
        skipped = queues.turnsTo(turn, each -> !each.equals(failedBroker));
      }
      turn += Math.max(0, skipped);
    }
    return queues.at(turn++);
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
    long startNs = System.nanoTime();
    return underWay(
        () ->
            action
                .get()
                .onComplete(
                    done ->
                        metrics.sent(
                            topic, messages, done.succeeded(), System.nanoTime() - startNs)));
  }

  /** Does what counts among the pending sends, unless there are too many. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private <T> Future<T> underWay(Supplier<Future<T>> action) {
    if (closed) {
      return Future.failedFuture(closed());
    }
    if (pending >= options.getMaxPendingSends()) {
      return Future.failedFuture(new TooManyPending("sends", options.getMaxPendingSends()));
    }
    pending++;
    return action
        .get()
        .onComplete(
            ignored -> {
              pending--;
              if (closed && pending == 0) { // not before the caller has heard of this one
                calls.loop().soon(drained::tryComplete);
              }
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
