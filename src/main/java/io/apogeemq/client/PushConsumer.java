package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.ConsumerIdList;
import io.apogeemq.protocol.body.MessageModel;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the messages of its topics pushed to a listener, sharing the queues with the other members of
 * its group. Made by {@link ApogeeClient#pushConsumer}; methods may be called from any thread.
 *
 * <p>States: made → {@link #start} → running → {@link #close} → closed. While it runs:
 *
 * <ul>
 *   <li>It <em>shares queues anew</em> when it starts, when a broker says that the group changed, and
 *       by the clock. A queue taken away is committed and dropped, a queue gained is read from the
 *       group's offset.
 *   <li>Each queue it owns has one long poll under way, unless too much of it is cached.
 *   <li>Deliveries run side by side up to a limit; the order within a queue is not kept.
 *   <li>Offsets are committed by the clock, with each pull, when a queue is dropped and at the end.
 * </ul>
 *
 * <p>A delivery that failed is tried again here after a while, and its queue's offset waits for it.
 * The original hands such a message back to the broker, which keeps count and moves it to the
 * dead-letter queue in the end; this client will, too, when our broker takes messages back. Until
 * then, a restart delivers what was behind the failed message once more.
 */
public final class PushConsumer {
  private static final Logger log = LoggerFactory.getLogger(PushConsumer.class);

  private static final long SUSPEND_MS = 15_000;
  private static final long AFTER_REFUSAL_MS = 3_000;
  private static final long AFTER_FLOW_CONTROL_MS = 20;
  private static final long AFTER_LOST_CONNECTION_MS = 500;

  /**
   * Until a queue is read again whose offset was off its ends. The original waits 10 s, for threads
   * that still work on it; here a dropped queue can't be touched any more.
   */
  private static final long AFTER_OFFSET_MOVED_MS = 1_000;

  /** A topic that nobody has created yet is looked for this often. */
  private static final long UNKNOWN_TOPIC_MS = 1_000;

  /** Change notices come in bunches: one sharing answers for all of them. */
  private static final long NOTICE_GAP_MS = 10;

  /** A broker that doesn't hold a long poll must not make us spin. */
  private static final long MIN_POLL_MS = 10;

  /**
   * How long {@link #start} waits for answers to its heartbeats. Living brokers need far less; dead
   * hosts would hold it until their time-out.
   */
  private static final long JOIN_WAIT_MS = 1_000;

  /** How long {@link #close} waits for deliveries under way. */
  private static final long CLOSE_WAIT_MS = 5_000;

  private enum State {
    MADE,
    RUNNING,
    CLOSED
  }

  /** Messages of one queue that go to the listener together. */
  private record Work(OwnedQueue owner, List<OwnedQueue.Item> items) {}

  private final ConsumerOptions options;
  private final MessageListener listener;
  private final ApogeeClient client;
  private final Loop loop;
  private final Calls calls;
  private final Routes routes;
  private final PullConsumer puller;
  private final Map<String, Filter> subscriptions = new LinkedHashMap<>();
  private final long subscriptionVersionMs = System.currentTimeMillis();

  private State state = State.MADE;
  private final Map<MessageQueue, OwnedQueue> owned = new HashMap<>();
  private final Deque<Work> ready = new ArrayDeque<>();

  /** Lowest first, so that few deliveries use few slots. */
  private final PriorityQueue<Integer> freeSlots = new PriorityQueue<>();

  private final List<Long> timers = new ArrayList<>();

  /** The sharing under way; null between two. There is never more than one. */
  private @Nullable Future<Void> sharing;

  private boolean shareAgain;

  /** True while {@link #deliver()} runs. */
  private boolean delivering;

  /** When the next sharing is planned, ns; and its timer, -1 before the first. */
  private long planNs = Long.MAX_VALUE;

  private long planTimer = -1;
  private @Nullable Promise<Void> idle;

  PushConsumer(ConsumerOptions options, MessageListener listener, ApogeeClient client) {
    this.options = new ConsumerOptions(options);
    this.listener = listener;
    this.client = client;
    calls = client.calls();
    loop = calls.loop();
    routes = client.routes();
    puller = new PullConsumer(options.getGroup(), client);
    subscriptions.putAll(options.getSubscriptions());
    subscriptions.put(Names.RETRY + options.getGroup(), Filter.ALL);
    for (int slot = 1; slot <= options.getMaxInFlight(); slot++) {
      freeSlots.add(slot);
    }
  }

  public String group() {
    return options.getGroup();
  }

  /**
   * Joins the group and begins to read. Completes when the brokers that answer know this member and
   * the queues were shared once; a topic that does not exist yet is no failure.
   */
  public Future<Void> start() {
    return loop.call(
        () -> {
          if (state != State.MADE) {
            return Future.failedFuture(
                new IllegalStateException("the consumer was started before"));
          }
          state = State.RUNNING;
          List<Future<?>> known = new ArrayList<>();
          for (String topic : subscriptions.keySet()) {
            known.add(routes.of(topic));
          }
          return settled(known).compose(ignored -> joined());
        });
  }

  private Future<Void> joined() {
    if (state != State.RUNNING) {
      return Future.failedFuture(new IllegalStateException("closed while it started"));
    }
    timers.add(loop.every(options.getRebalanceMs(), this::share));
    timers.add(loop.every(options.getOffsetCommitMs(), this::commitAll));
    return loop.within(JOIN_WAIT_MS, client.heartbeat(), TimeoutException::new)
        .otherwiseEmpty()
        .compose(ignored -> share());
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
        MessageModel.CLUSTERING,
        wanted,
        false);
  }

  /** The queues that this member reads now, sorted. */
  public Future<List<MessageQueue>> ownedQueues() {
    return loop.call(() -> Future.succeededFuture(owned.keySet().stream().sorted().toList()));
  }

  // ---- sharing queues ----

  /** A broker says that the members of the group changed. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void groupChanged() {
    shareAfter(NOTICE_GAP_MS);
  }

  /** Plans a sharing, unless one is planned that comes sooner. */
  private void shareAfter(long delayMs) {
    long atNs = System.nanoTime() + delayMs * 1_000_000;
    if (planNs != Long.MAX_VALUE && planNs - atNs <= 0) {
      return;
    }
    loop.cancel(planTimer);
    planNs = atNs;
    planTimer =
        loop.after(
            delayMs,
            () -> {
              planNs = Long.MAX_VALUE;
              share();
            });
  }

  /** Shares the queues anew; if that is under way already, once more when it is over. */
  private Future<Void> share() {
    if (state != State.RUNNING) {
      return Future.succeededFuture();
    }
    Future<Void> underWay = sharing;
    if (underWay != null) {
      shareAgain = true;
      return underWay;
    }
    Promise<Void> done = Promise.promise();
    sharing = done.future();
    List<Future<?>> topics = new ArrayList<>();
    for (String topic : subscriptions.keySet()) {
      topics.add(shareTopic(topic).onFailure(e -> notShared(topic, e)));
    }
    settled(topics)
        .onComplete(
            ignored -> {
              sharing = null;
              if (shareAgain) {
                shareAgain = false;
                shareAfter(NOTICE_GAP_MS);
              }
              done.complete();
            });
    return done.future();
  }

  private void notShared(String topic, Throwable failure) {
    boolean retryTopic = topic.startsWith(Names.RETRY);
    if (retryTopic && Routes.isUnknownTopic(failure)) {
      return; // it comes into being with the first message that is handed back
    }
    log.info("queues of {} not shared: {}", topic, failure.toString());
    shareAfter(UNKNOWN_TOPIC_MS);
  }

  private Future<Void> shareTopic(String topic) {
    return routes
        .toSubscribe(topic)
        .compose(queues -> members(queues).compose(members -> take(topic, queues, members)));
  }

  /** The ids of the group's members, sorted, from any broker of the topic that answers. */
  private Future<List<String>> members(List<MessageQueue> queues) {
    Set<String> addresses = new LinkedHashSet<>();
    for (MessageQueue each : queues) {
      String address = routes.address(each.brokerName(), 0);
      if (address != null) {
        addresses.add(address);
      }
    }
    List<String> order = new ArrayList<>(addresses);
    Collections.shuffle(order);
    // Those that answered a moment ago come first: a dead host would hold the sharing up.
    order.sort(Comparator.comparing(address -> !client.answers(address)));
    return members(order, 0);
  }

  private Future<List<String>> members(List<String> addresses, int index) {
    if (index >= addresses.size()) {
      return Future.failedFuture(
          new IllegalStateException("no broker of the topic has an address"));
    }
    return calls
        .ok(
            addresses.get(index),
            RemotingCommand.request(
                RequestCode.GET_CONSUMER_LIST_BY_GROUP, new GroupHeaders.OfConsumers(group())),
            r ->
                Body.parse(ConsumerIdList.class, r.body()).consumerIdList().stream()
                    .sorted()
                    .toList())
        .recover(
            e ->
                index + 1 < addresses.size()
                    ? members(addresses, index + 1)
                    : Future.failedFuture(e));
  }

  private Future<Void> take(String topic, List<MessageQueue> queues, List<String> members) {
    if (!members.contains(client.clientId())) {
      client.heartbeat(); // the broker forgot us; its change notice brings us back here
      return Future.failedFuture(new IllegalStateException("the broker does not know this member"));
    }
    List<MessageQueue> mine = QueueAllocation.average(queues, members, client.clientId());
    Set<MessageQueue> wanted = new HashSet<>(mine);
    for (OwnedQueue each : List.copyOf(owned.values())) {
      if (each.queue().topic().equals(topic) && !wanted.contains(each.queue())) {
        log.info("{} gives up {}", group(), each.queue());
        release(each).onFailure(e -> log.info("{} not committed: {}", each.queue(), e.toString()));
      }
    }
    List<Future<?>> gained = new ArrayList<>();
    for (MessageQueue each : mine) {
      if (!owned.containsKey(each)) {
        gained.add(startOffset(each).onSuccess(offset -> own(each, offset)));
      }
    }
    return Future.join(gained).mapEmpty();
  }

  private Future<Long> startOffset(MessageQueue queue) {
    return puller
        .committed(queue)
        .compose(
            committed -> {
              if (committed.isPresent()) {
                return Future.succeededFuture(committed.getAsLong());
              }
              return switch (options.getStartFrom()) {
                case CONSUME_FROM_LAST_OFFSET,
                    CONSUME_FROM_MAX_OFFSET,
                    CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST ->
                    queue.topic().startsWith(Names.RETRY)
                        ? puller.minOffset(queue)
                        : puller.maxOffset(queue);
                case CONSUME_FROM_FIRST_OFFSET, CONSUME_FROM_MIN_OFFSET -> puller.minOffset(queue);
                case CONSUME_FROM_TIMESTAMP ->
                    puller.offsetAt(queue, options.getStartTimestampMs());
              };
            });
  }

  private void own(MessageQueue queue, long offset) {
    if (state == State.RUNNING) {
      log.info("{} reads {} from {}", group(), queue, offset);
      OwnedQueue fresh = new OwnedQueue(queue, offset);
      owned.put(queue, fresh);
      pull(fresh);
    }
  }

  /** Commits a queue's offset and drops it. */
  private Future<Void> release(OwnedQueue queue) {
    owned.remove(queue.queue());
    queue.drop();
    return puller.commit(queue.queue(), queue.committable());
  }

  // ---- reading ----

  private void pull(OwnedQueue from) {
    if (from.isDropped() || state != State.RUNNING || from.isFull(options)) {
      return;
    }
    long askedNs = System.nanoTime();
    puller
        .pullFrom(
            from.queue(),
            wantedOf(from.queue().topic()),
            subscriptionVersionMs,
            from.nextOffset(),
            options.getPullBatchSize(),
            SUSPEND_MS,
            from.takeCommit() ? from.committable() : PullConsumer.NO_COMMIT)
        .onSuccess(result -> pulled(from, result, askedNs))
        .onFailure(failure -> pullFailed(from, failure));
  }

  private Filter wantedOf(String topic) {
    return subscriptions.getOrDefault(topic, Filter.ALL);
  }

  private void pulled(OwnedQueue from, PullResult result, long askedNs) {
    if (from.isDropped() || state != State.RUNNING) {
      return;
    }
    if (result.status() == PullResult.Status.OFFSET_ILLEGAL) {
      offsetMoved(from, result.nextOffset());
      return;
    }
    List<OwnedQueue.Item> fresh = from.pulled(result);
    for (int i = 0; i < fresh.size(); i += options.getBatchSize()) {
      ready.add(
          new Work(from, fresh.subList(i, Math.min(i + options.getBatchSize(), fresh.size()))));
    }
    deliver();
    boolean tooFast =
        result.status() == PullResult.Status.NO_NEW_MSG
            && System.nanoTime() - askedNs < MIN_POLL_MS * 1_000_000;
    if (tooFast) {
      loop.after(MIN_POLL_MS, () -> pull(from));
    } else {
      pull(from);
    }
  }

  /** The offset lies outside of the queue: go on where the broker says, as the original does. */
  private void offsetMoved(OwnedQueue from, long nextOffset) {
    log.warn(
        "{}: offset {} is outside of the queue, goes on at {}",
        from.queue(),
        from.nextOffset(),
        nextOffset);
    owned.remove(from.queue());
    from.drop();
    puller
        .commit(from.queue(), nextOffset)
        .onFailure(e -> log.warn("{} not committed: {}", from.queue(), e.toString()))
        .onComplete(ignored -> shareAfter(AFTER_OFFSET_MOVED_MS));
  }

  private void pullFailed(OwnedQueue from, Throwable failure) {
    if (from.isDropped() || state != State.RUNNING) {
      return;
    }
    long delayMs = AFTER_LOST_CONNECTION_MS;
    if (failure instanceof RequestRefused refused) {
      delayMs =
          refused.code() == ResponseCode.FLOW_CONTROL ? AFTER_FLOW_CONTROL_MS : AFTER_REFUSAL_MS;
    }
    log.info("pull from {} failed: {}", from.queue(), failure.toString());
    loop.after(delayMs, () -> pull(from));
  }

  // ---- delivering ----

  /** Gives the listener what is ready while there are slots. */
  private void deliver() {
    if (delivering) {
      return; // a listener that is done at once led back here; the loop below goes on
    }
    delivering = true;
    try {
      while (state == State.RUNNING && !ready.isEmpty() && !freeSlots.isEmpty()) {
        Work work = ready.remove();
        if (!work.owner().isDropped()) {
          deliver(work, freeSlots.remove());
        }
      }
    } finally {
      delivering = false;
    }
  }

  private void deliver(Work work, int slot) {
    long nowMs = System.currentTimeMillis();
    List<ReceivedMessage> messages = new ArrayList<>(work.items().size());
    for (OwnedQueue.Item each : work.items()) {
      each.message.startedAt(nowMs);
      messages.add(each.message);
    }
    Future<?> outcome;
    try {
      outcome = listener.onMessages(new Delivery(work.owner().queue(), slot, messages));
    } catch (RuntimeException e) {
      outcome = Future.failedFuture(e);
    }
    outcome.onComplete(
        done -> loop.run(() -> delivered(work, slot, done.succeeded() ? null : done.cause())));
  }

  private void delivered(Work work, int slot, @Nullable Throwable failure) {
    freeSlots.add(slot);
    if (failure == null) {
      work.owner().consumed(work.items());
    } else if (state == State.RUNNING && !work.owner().isDropped()) {
      log.warn(
          "{}: {} messages from offset {} failed and come again in {} ms",
          work.owner().queue(),
          work.items().size(),
          work.items().get(0).message.queueOffset(),
          options.getRetryDelayMs(),
          failure);
      for (OwnedQueue.Item each : work.items()) {
        each.message = each.message.retried();
      }
      loop.after(
          options.getRetryDelayMs(),
          () -> {
            ready.add(work);
            deliver();
          });
    }
    if (idle != null && freeSlots.size() == options.getMaxInFlight()) {
      idle.tryComplete();
    }
    deliver();
    if (work.owner().takeRoom(options)) {
      pull(work.owner());
    }
  }

  // ---- offsets and end ----

  private void commitAll() {
    for (OwnedQueue each : owned.values()) {
      if (each.takeCommit()) {
        puller.commitSoon(each.queue(), each.committable());
      }
    }
  }

  /**
   * Stops delivering, waits a while for deliveries under way, commits all offsets and leaves the
   * group. Never fails: what could not be told to a broker, it notices by itself.
   */
  public Future<Void> close() {
    return loop.call(
        () -> {
          if (state == State.CLOSED) {
            return Future.succeededFuture();
          }
          state = State.CLOSED;
          timers.forEach(loop::cancel);
          ready.clear();
          Promise<Void> quiet = Promise.promise();
          idle = quiet;
          long limit = loop.after(CLOSE_WAIT_MS, quiet::tryComplete);
          if (freeSlots.size() == options.getMaxInFlight()) {
            quiet.tryComplete();
          }
          return quiet
              .future()
              .onComplete(ignored -> loop.cancel(limit))
              .compose(
                  ignored -> {
                    List<Future<?>> commits = new ArrayList<>();
                    for (OwnedQueue each : List.copyOf(owned.values())) {
                      commits.add(release(each));
                    }
                    return settled(commits);
                  })
              .compose(ignored -> client.leave(this));
        });
  }

  /** Completes when all have, well or not. */
  static Future<Void> settled(List<Future<?>> all) {
    return Future.join(all).otherwiseEmpty().mapEmpty();
  }
}
