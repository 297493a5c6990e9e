package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.CheckClientConfig;
import io.apogeemq.protocol.body.ConsumeDirectlyResult;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gets the messages of its topics pushed to a listener, sharing the queues with the other members of
 * its group. Made by {@link ApogeeClient#pushConsumer}; methods may be called from any thread, and the
 * listener is called on the context that made the consumer.
 *
 * <p>States: made → {@link #start} → running → {@link #close} → closed. While it runs:
 *
 * <ul>
 *   <li>The queues are shared anew when the group changes ({@link Sharing}). A queue taken away is
 *       committed and dropped, a queue gained is read from the group's offset ({@link Holdings}).
 *   <li>Each queue it owns has one long poll under way, unless too much of it is cached ({@link
 *       Reading}).
 *   <li>Deliveries run side by side up to a limit; in order, one of each queue ({@link Deliveries}).
 *   <li>What failed comes again ({@link FailedMessages}).
 *   <li>Offsets are committed by the clock, with each pull, when a queue is dropped and at the end.
 * </ul>
 */
public final class PushConsumer {
  /**
   * How long {@link #start} waits for answers to its heartbeats. Living brokers need far less; dead
   * hosts would hold it until their time-out.
   */
  private static final long JOIN_WAIT_MS = 1_000;

  /** How long {@link #close} waits for deliveries under way. */
  static final long CLOSE_WAIT_MS = 5_000;

  private enum State {
    MADE,
    RUNNING,
    CLOSED
  }

  private final ConsumerOptions options;
  private final ApogeeClient client;
  private final Loop loop;
  private final Calls calls;
  private final Routes routes;
  private final PullConsumer puller;
  private final Map<String, Filter> subscriptions = new LinkedHashMap<>();
  private final long subscriptionVersionMs = System.currentTimeMillis();
  private final Sharing sharing;
  private final Deliveries deliveries;
  private final Reading reading;
  private final Holdings holdings;
  private final DirectConsumption direct;
  private final SelfReport report;
  private final List<Long> timers = new ArrayList<>();
  private volatile Runnable onStopped = () -> {};
  private State state = State.MADE;
  private @Nullable Future<Void> closing;
  private long startedMs;

  PushConsumer(ConsumerOptions given, MessageListener listener, ApogeeClient client) {
    options = new ConsumerOptions(given);
    this.client = client;
    calls = client.calls();
    loop = calls.loop();
    routes = client.routes();
    puller = new PullConsumer(options.getGroup(), client);
    subscriptions.putAll(options.getSubscriptions());
    if (!options.isBroadcasting()) {
      subscriptions.put(Names.retryTopic(options.getGroup()), Filter.ALL);
    }
    OffsetKeeper offsets =
        options.isBroadcasting()
            ? new OffsetKeeper.Own(options.getOffsetStore(), loop)
            : OffsetKeeper.atBroker(puller);
    Listening listening = new Listening(listener, loop, Vertx.currentContext());
    ConsumeFigures figures = new ConsumeFigures();
    FailedMessages failures = new FailedMessages(options, calls, routes, this::retryTopicExists);
    deliveries =
        new Deliveries(
            options,
            listening,
            failures,
            loop,
            client.options().getMetrics(),
            figures,
            this::readOn);
    reading =
        new Reading(
            options,
            subscriptions,
            subscriptionVersionMs,
            puller,
            offsets.isAtBroker(),
            client.options().getMetrics(),
            figures,
            loop,
            deliveries,
            this::offsetMoved,
            this::offsetReset);
    holdings =
        new Holdings(options, client, puller, offsets, reading, deliveries, this::shareLater);
    sharing = new Sharing(options, subscriptions, client, holdings);
    direct = new DirectConsumption(listening, options);
    report = new SelfReport(options, client.options(), holdings, figures);
  }

  public String group() {
    return options.getGroup();
  }

  /**
   * Joins the group and begins to read. Completes when the brokers that answer know this member and
   * the queues were shared once; a topic that does not exist yet is no failure. Fails if no name server
   * answers, or if every broker that answers refuses the member ({@link RequestRefused}); then it is
   * closed, and another one may be made.
   */
  public Future<Void> start() {
    return loop.call(
        () -> {
          if (state != State.MADE) {
            return Future.failedFuture(
                new IllegalStateException("the consumer was started before"));
          }
          state = State.RUNNING;
          startedMs = System.currentTimeMillis();
          return routesAsked()
              .compose(ignored -> conditionsAccepted())
              .compose(ignored -> joined())
              .recover(e -> close().transform(ignored -> Future.failedFuture(e)));
        });
  }

  /** Completes when the routes are known, as far as there are any; fails if there was no answer at all. */
  private Future<Void> routesAsked() {
    List<Future<?>> asked = new ArrayList<>();
    for (String topic : subscriptions.keySet()) {
      asked.add(
          routes
              .of(topic)
              .mapEmpty()
              .recover(
                  e ->
                      e instanceof RequestRefused
                          ? Future.succeededFuture()
                          : Future.failedFuture(e)));
    }
    return ApogeeClient.settled(asked).compose(ignored -> Future.any(asked).mapEmpty());
  }

  /** Brokers look at conditions in SQL92 before a member joins with one that is none. */
  private Future<Void> conditionsAccepted() {
    List<Future<Void>> all = new ArrayList<>();
    subscriptions.forEach(
        (topic, filter) -> {
          if (filter.isCondition()) {
            all.add(
                routes
                    .toSubscribe(topic)
                    .compose(
                        queues -> {
                          String address =
                              queues.isEmpty()
                                  ? null
                                  : routes.address(queues.get(0).brokerName(), 0);
                          return address == null
                              ? Future.succeededFuture()
                              : calls.ok(address, checkOf(topic, filter));
                        })
                    .recover(
                        e ->
                            Routes.isUnknownTopic(e)
                                ? Future.succeededFuture()
                                : Future.failedFuture(e)));
          }
        });
    return Future.all(all).mapEmpty();
  }

  private RemotingCommand checkOf(String topic, Filter filter) {
    return RemotingCommand.request(RequestCode.CHECK_CLIENT_CONFIG)
        .body(
            new CheckClientConfig(
                    client.clientId(), group(), null, filter.toWire(topic, subscriptionVersionMs))
                .toJson());
  }

  private Future<Void> joined() {
    if (state != State.RUNNING) {
      return Future.failedFuture(new IllegalStateException("closed while it started"));
    }
    timers.add(loop.every(options.getRebalanceMs(), sharing::now));
    timers.add(loop.every(options.getOffsetCommitMs(), holdings::commitAll));
    if (options.getConsumeTimeoutMs() > 0) {
      timers.add(loop.every(deliveries.lookForLateEveryMs(), deliveries::lookForLate));
    }
    if (holdings.isLocking()) {
      timers.add(loop.every(QueueLocks.RENEW_MS, holdings::renewLocks));
    }
    return client.members().join(group(), JOIN_WAIT_MS).compose(ignored -> sharing.now());
  }

  /** Whether it is a member: before its start it would be given queues that nobody reads. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  boolean isRunning() {
    return state == State.RUNNING;
  }

  /** What brokers hear of this member. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  ConsumerData membership() {
    Set<SubscriptionData> wanted = new LinkedHashSet<>();
    subscriptions.forEach(
        (topic, expression) -> wanted.add(expression.toWire(topic, subscriptionVersionMs)));
    return new ConsumerData(
        options.getStartFrom(),
        ConsumeType.CONSUME_PASSIVELY,
        options.getGroup(),
        options.isBroadcasting() ? MessageModel.BROADCASTING : MessageModel.CLUSTERING,
        wanted,
        false);
  }

  /** The queues that this member reads now, sorted. */
  public Future<List<MessageQueue>> ownedQueues() {
    return loop.call(() -> Future.succeededFuture(holdings.queues()));
  }

  /** Nothing is delivered until {@link #resume}. What is cached stays, and so does the membership. */
  public Future<Void> pause() {
    return loop.call(
        () -> {
          deliveries.pause();
          return Future.succeededFuture();
        });
  }

  /** Goes on after {@link #pause}. */
  public Future<Void> resume() {
    return loop.call(
        () -> {
          deliveries.resume();
          return Future.succeededFuture();
        });
  }

  /**
   * Goes on in a queue at another offset, backwards or forwards, which becomes the group's; in order,
   * after the delivery that is out. Of two calls before that the later counts, and both succeed when the
   * queue is there. Fails if the queue is not this member's now ({@link #ownedQueues}), or is lost on the
   * way.
   */
  public Future<Void> seek(MessageQueue queue, long offset) {
    return loop.call(() -> holdings.seek(queue, offset));
  }

  /**
   * Goes on, in all queues of a topic that are this member's now, with what was stored at a time of
   * day (ms) or later. To move a whole group see {@link GroupAdmin#resetTo}.
   */
  public Future<Void> seekToTime(String topic, long timestampMs) {
    return loop.call(() -> holdings.seekAll(topic, queue -> puller.offsetAt(queue, timestampMs)));
  }

  /** Goes on with the first messages of this member's queues of a topic. */
  public Future<Void> seekToBeginning(String topic) {
    return loop.call(() -> holdings.seekAll(topic, puller::minOffset));
  }

  /** Goes on with what comes from now on in this member's queues of a topic. */
  public Future<Void> seekToEnd(String topic) {
    return loop.call(() -> holdings.seekAll(topic, puller::maxOffset));
  }

  // ---- news from brokers ----

  /** A broker says that the members of the group changed. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void groupChanged() {
    sharing.after(Sharing.NOTICE_GAP_MS);
  }

  /** An administrator moved the group. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void offsetsReset(Map<MessageQueue, Long> offsets) {
    if (state == State.RUNNING) {
      offsets.forEach(holdings::moveIfOwned);
    }
  }

  // ---- what tools ask ----

  /** Where the group is in this member's queues of a topic. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Map<MessageQueue, Long> offsets(String topic) {
    return holdings.offsets(topic);
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  ConsumerRunningInfo runningInfo(@Nullable String stacks) {
    return report.of(membership(), startedMs, stacks);
  }

  /** Has the listener consume a message beside those of the queues. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<ConsumeDirectlyResult> consume(ReceivedMessage message) {
    return direct.consume(message);
  }

  // ---- between the parts ----

  private void readOn(OwnedQueue queue) {
    reading.pull(queue);
  }

  private void offsetMoved(OwnedQueue queue, long offset) {
    holdings.moved(queue, offset);
  }

  private void offsetReset(MessageQueue queue, long offset) {
    holdings.moveIfOwned(queue, offset);
  }

  private void shareLater(long delayMs) {
    sharing.after(delayMs);
  }

  /** Its queues are read from the next sharing on, which need not wait for the clock. */
  private void retryTopicExists() {
    if (!holdings.has(Names.retryTopic(group()))) {
      sharing.after(Holdings.AFTER_OFFSET_MOVED_MS);
    }
  }

  /**
   * Stops delivering, waits 5 s at most for deliveries under way, commits all offsets and leaves the
   * group. A delivery that has not ended by then comes again to another member; in order, when the lock
   * of its queue has expired at the broker (60 s). Never fails: what could not be told to a broker, it
   * notices by itself.
   */
  public Future<Void> close() {
    return loop.call(
        () -> {
          Future<Void> present = closing;
          if (present == null) {
            present = leave();
            closing = present;
          }
          return present;
        });
  }

  private Future<Void> leave() {
    state = State.CLOSED;
    timers.forEach(loop::cancel);
    sharing.stop();
    reading.stop();
    long untilNs = System.nanoTime() + CLOSE_WAIT_MS * 1_000_000;
    Future<Void> quiet = deliveries.stop(CLOSE_WAIT_MS);
    onStopped.run();
    return quiet
        .compose(ignored -> holdings.releaseAll((untilNs - System.nanoTime()) / 1_000_000))
        .compose(ignored -> client.members().leave(this));
  }

  /**
   * @param action called on the loop when it is being closed and failures count no longer
   */
  void onStopped(Runnable action) {
    onStopped = action;
  }
}
