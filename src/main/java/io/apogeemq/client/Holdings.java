package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumerRunningInfo.ProcessQueueInfo;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues that a push consumer has: gained with the group's offset and, in order, with a lock; lost
 * with a commit.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Holdings implements Sharing.Holder {
  /**
   * Until a queue is read again whose offset was off its ends. The original waits 10 s, for threads
   * that still work on it; here a dropped queue can't be touched any more.
   */
  static final long AFTER_OFFSET_MOVED_MS = 1_000;

  /** A queue that another member still has locked is asked for again after this time. */
  private static final long LOCKED_ELSEWHERE_MS = 500;

  private static final long FOR_EVER_NS = Long.MAX_VALUE / 2;

  private static final Logger log = LoggerFactory.getLogger(Holdings.class);

  private final ConsumerOptions options;
  private final OffsetKeeper offsets;
  private final StartOffsets starts;
  private final Loop loop;
  private final Reading reading;
  private final Deliveries deliveries;
  private final ClientMetrics metrics;
  private final QueueLocks locks;

  /** Asks for a sharing after so many ms. */
  private final LongConsumer shareAfter;

  private final Map<MessageQueue, OwnedQueue> owned = new HashMap<>();
  private boolean stopped;

  Holdings(
      ConsumerOptions options,
      ApogeeClient client,
      PullConsumer puller,
      OffsetKeeper offsets,
      Reading reading,
      Deliveries deliveries,
      LongConsumer shareAfter) {
    this.options = options;
    this.offsets = offsets;
    starts = new StartOffsets(options, puller, offsets);
    this.reading = reading;
    this.deliveries = deliveries;
    this.shareAfter = shareAfter;
    loop = client.calls().loop();
    metrics = client.options().getMetrics();
    locks = new QueueLocks(options.getGroup(), client.clientId(), client.calls(), client.routes());
  }

  /** Whether queues are locked at their brokers: nobody else has one in a broadcast anyway. */
  boolean isLocking() {
    return options.isOrderly() && !options.isBroadcasting();
  }

  List<MessageQueue> queues() {
    return owned.keySet().stream().sorted().toList();
  }

  /** How its queues are, for tools. */
  Map<io.apogeemq.protocol.body.MessageQueue, ProcessQueueInfo> reports() {
    Map<io.apogeemq.protocol.body.MessageQueue, ProcessQueueInfo> all = new LinkedHashMap<>();
    for (MessageQueue each : queues()) {
      OwnedQueue queue = owned.get(each);
      if (queue != null) {
        all.put(each.toWire(), queue.report());
      }
    }
    return all;
  }

  /** Where the group is in the queues of a topic, as far as this member has them. */
  Map<MessageQueue, Long> offsets(String topic) {
    Map<MessageQueue, Long> all = new TreeMap<>();
    owned.forEach(
        (queue, state) -> {
          if (queue.topic().equals(topic)) {
            all.put(queue, state.committable());
          }
        });
    return all;
  }

  boolean has(String topic) {
    return owned.keySet().stream().anyMatch(each -> each.topic().equals(topic));
  }

  @Override
  public Future<Void> hold(String topic, Set<MessageQueue> queues) {
    for (OwnedQueue each : List.copyOf(owned.values())) {
      if (each.queue().topic().equals(topic) && !queues.contains(each.queue())) {
        log.info("{} gives up {}", options.getGroup(), each.queue());
        release(each).onFailure(e -> log.info("{} not committed: {}", each.queue(), e.toString()));
      }
    }
    List<Future<?>> gained = new ArrayList<>();
    for (MessageQueue each : queues) {
      if (!owned.containsKey(each)) {
        gained.add(gain(each));
      }
    }
    return Future.join(gained).mapEmpty();
  }

  private Future<Void> gain(MessageQueue queue) {
    if (!isLocking()) {
      return starts.of(queue).map(offset -> own(queue, offset, System.nanoTime() + FOR_EVER_NS));
    }
    return locks
        .lock(queue)
        .compose(untilNs -> starts.of(queue).map(offset -> own(queue, offset, untilNs)))
        .recover(
            e -> {
              log.info("{} is not read yet: {}", queue, e.getMessage());
              shareAfter.accept(LOCKED_ELSEWHERE_MS);
              return Future.succeededFuture();
            });
  }

  private Void own(MessageQueue queue, long offset, long lockedUntilNs) {
    if (!stopped && !owned.containsKey(queue)) {
      log.info("{} reads {} from {}", options.getGroup(), queue, offset);
      metrics.queueGained(options.getGroup(), queue);
      OwnedQueue fresh = new OwnedQueue(queue, offset);
      fresh.locked(lockedUntilNs);
      owned.put(queue, fresh);
      reading.pull(fresh);
    }
    return null;
  }

  /** Drops a queue and commits its offset; in order, when what is out of it is done. */
  private Future<Void> release(OwnedQueue queue) {
    drop(queue);
    return queue
        .quiet()
        .compose(ignored -> offsets.save(queue.queue(), queue.committable()))
        .compose(ignored -> unlock(queue));
  }

  private void drop(OwnedQueue queue) {
    if (owned.remove(queue.queue(), queue)) {
      metrics.queueLost(options.getGroup(), queue.queue());
    }
    abandon(queue);
  }

  private void abandon(OwnedQueue queue) {
    queue.drop();
    deliveries.forget(queue);
  }

  /** The offset lies outside of the queue: it is read again, from the nearest one inside. */
  void moved(OwnedQueue queue, long offset) {
    drop(queue);
    offsets
        .save(queue.queue(), offset)
        .onFailure(e -> log.warn("{} not committed: {}", queue.queue(), e.toString()))
        .onComplete(ignored -> shareAfter.accept(AFTER_OFFSET_MOVED_MS));
  }

  /**
   * Reads a queue from another offset on; what is out of it goes on, but counts no longer. While the
   * queue is on its way, a later target replaces the one before, and both calls have one outcome. Fails
   * if the queue is lost meanwhile.
   */
  Future<Void> seek(MessageQueue queue, long offset) {
    OwnedQueue present = owned.get(queue);
    if (present == null) {
      return Future.failedFuture(
          new IllegalStateException(
              queue + " is not this member's now, so it can't be moved here"));
    }
    Future<Void> underWay = present.arrival();
    if (underWay != null) {
      present.moveTo(offset);
      return underWay;
    }
    abandon(present);
    // From now on whatever is committed of it is the new offset.
    OwnedQueue moved = new OwnedQueue(queue, offset);
    moved.locked(present.lockedUntilNs());
    owned.put(queue, moved);
    return moved.arriving(
        present
            .quiet()
            .compose(ignored -> arrive(moved))
            .onFailure(
                ignored -> {
                  if (owned.get(queue) == moved) { // nobody reads it, so it has to be gained anew
                    drop(moved);
                    shareAfter.accept(AFTER_OFFSET_MOVED_MS);
                  }
                }));
  }

  /** Makes the target of a queue that is on its way the group's offset, and reads on from there. */
  private Future<Void> arrive(OwnedQueue moved) {
    MessageQueue queue = moved.queue();
    long target = moved.nextOffset();
    if (owned.get(queue) != moved) {
      return Future.failedFuture(
          new IllegalStateException(queue + " was lost before it was moved to " + target));
    }
    return offsets
        .save(queue, target)
        .compose(
            ignored -> {
              if (owned.get(queue) != moved || moved.nextOffset() != target) {
                return arrive(moved);
              }
              moved.arrived();
              reading.pull(moved);
              return Future.succeededFuture();
            });
  }

  void moveIfOwned(MessageQueue queue, long offset) {
    if (owned.containsKey(queue)) {
      log.info("{} is moved to {} in {}", options.getGroup(), offset, queue);
      seek(queue, offset).onFailure(e -> log.warn("{} not moved: {}", queue, e.toString()));
    }
  }

  Future<Void> seekAll(String topic, Function<MessageQueue, Future<Long>> offset) {
    List<Future<Void>> all = new ArrayList<>();
    for (MessageQueue each : queues()) {
      if (each.topic().equals(topic)) {
        all.add(offset.apply(each).compose(to -> seek(each, to)));
      }
    }
    return Future.all(all).mapEmpty();
  }

  /**
   * Those at brokers also where nothing has moved, as the official clients do: nobody answers a commit, so
   * one that a broker lost is only made good by the next.
   */
  void commitAll() {
    for (OwnedQueue each : owned.values()) {
      if (each.arrival() == null && (each.takeCommit() || offsets.isAtBroker())) {
        offsets.saveSoon(each.queue(), each.committable());
      }
    }
  }

  void renewLocks() {
    locks
        .renew(owned.values())
        .onSuccess(
            lost -> {
              for (OwnedQueue each : List.copyOf(owned.values())) {
                if (lost.contains(each.queue())) {
                  log.warn("{} lost the lock on {}", options.getGroup(), each.queue());
                  drop(each);
                  shareAfter.accept(LOCKED_ELSEWHERE_MS);
                } else {
                  deliveries.wake(each);
                }
              }
            });
  }

  /**
   * Commits and drops all; completes when all that could be told was told. A listener that is not done
   * with an ordered queue by then has had its time: the offset stays before its messages, and the lock
   * is left to expire, so that until then nobody overtakes it.
   *
   * @param limitMs how long listeners are waited for
   */
  Future<Void> releaseAll(long limitMs) {
    stopped = true;
    List<Future<?>> all = new ArrayList<>();
    for (OwnedQueue each : List.copyOf(owned.values())) {
      drop(each);
      all.add(
          loop.within(limitMs, each.quiet(), TimeoutException::new)
              .transform(
                  quiet ->
                      offsets
                          .save(each.queue(), each.committable())
                          .compose(ignored -> quiet.succeeded() ? unlock(each) : left(each))));
    }
    return ApogeeClient.settled(all);
  }

  private Future<Void> left(OwnedQueue queue) {
    log.warn("{} was left with messages that a listener has not ended", queue.queue());
    return Future.succeededFuture();
  }

  private Future<Void> unlock(OwnedQueue queue) {
    return isLocking() ? locks.unlock(queue.queue()) : Future.succeededFuture();
  }
}
