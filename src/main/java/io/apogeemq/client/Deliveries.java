package io.apogeemq.client;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands pulled messages to the listener, so many deliveries side by side. Of an ordered queue only one
 * is out at a time, and the next begins when it is consumed; none begins, a repeated one neither, while
 * the queue is not locked.
 *
 * <p>What failed goes to {@link FailedMessages}; what that doesn't take comes again after a while, and
 * the offset of its queue waits for it.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  /** Messages of one queue that go to the listener together. */
  private record Work(OwnedQueue owner, List<OwnedQueue.Item> items) {
    String topic() {
      return items.get(0).message().topic();
    }
  }

  /** A delivery that the listener has not ended. */
  private static final class Out {
    final Work work;
    final int slot;
    final long startNs = System.nanoTime();
    boolean late;

    Out(Work work, int slot) {
      this.work = work;
      this.slot = slot;
    }
  }

  private final ConsumerOptions options;
  private final Listening listening;
  private final FailedMessages failures;
  private final Loop loop;
  private final ClientMetrics metrics;
  private final ConsumeFigures figures;

  /** Told when a queue that was full may be read on. */
  private final Consumer<OwnedQueue> onRoom;

  private final Deque<Work> ready = new ArrayDeque<>();

  /** What failed and comes again; bounded by what may be cached of a queue. */
  private final Set<Work> retrying = Collections.newSetFromMap(new IdentityHashMap<>());

  /** What the listener has, by slot. */
  private final @Nullable Out[] out;

  /** Lowest first, so that few deliveries use few slots. */
  private final PriorityQueue<Integer> freeSlots = new PriorityQueue<>();

  /** True while {@link #deliver()} runs. */
  private boolean delivering;

  private boolean paused;
  private boolean stopped;
  private @Nullable Promise<Void> idle;

  Deliveries(
      ConsumerOptions options,
      Listening listening,
      FailedMessages failures,
      Loop loop,
      ClientMetrics metrics,
      ConsumeFigures figures,
      Consumer<OwnedQueue> onRoom) {
    this.options = options;
    this.listening = listening;
    this.failures = failures;
    this.loop = loop;
    this.metrics = metrics;
    this.figures = figures;
    this.onRoom = onRoom;
    out = new @Nullable Out[options.getMaxInFlight() + 1];
    for (int slot = 1; slot <= options.getMaxInFlight(); slot++) {
      freeSlots.add(slot);
    }
  }

  /** Takes what was pulled from a queue. */
  void offer(OwnedQueue owner, List<OwnedQueue.Item> fresh) {
    if (options.isOrderly()) {
      owner.await(fresh);
      prepareNext(owner);
    } else {
      for (int i = 0; i < fresh.size(); i += options.getBatchSize()) {
        ready.add(
            new Work(owner, fresh.subList(i, Math.min(i + options.getBatchSize(), fresh.size()))));
      }
    }
    deliver();
  }

  /** An ordered queue may be delivered on: what was out is consumed, or its lock is back. */
  void wake(OwnedQueue owner) {
    prepareNext(owner);
    deliver();
  }

  private void prepareNext(OwnedQueue owner) {
    if (!owner.isDropped() && owner.isLocked(System.nanoTime())) {
      List<OwnedQueue.Item> next = owner.takeNext(options.getBatchSize());
      if (!next.isEmpty()) {
        ready.add(new Work(owner, next));
      }
    }
  }

  /** Nothing is delivered until {@link #resume}; what is out goes on. */
  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
    deliver();
  }

  /** Gives the listener what is ready while there are slots. */
  private void deliver() {
    if (delivering) {
      return; // a listener that is done at once led back here; the loop below goes on
    }
    delivering = true;
    try {
      while (!stopped && !paused && !ready.isEmpty() && !freeSlots.isEmpty()) {
        Work work = ready.remove();
        if (options.isOrderly() && !work.owner().isLocked(System.nanoTime())) {
          // Its lock expired while it stood here, or waited to come again: another member may have
          // the
          // queue now. Whoever renews the lock wakes it.
          work.owner().putBack(work.items());
        } else {
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
      each.message().startedAt(nowMs);
      messages.add(each.message());
    }
    Delivery delivery = new Delivery(work.owner().queue(), slot, messages);
    Out given = new Out(work, slot);
    out[slot] = given;
    listening.give(delivery, failure -> ended(given, failure));
  }

  /** How often {@link #lookForLate} is called. */
  long lookForLateEveryMs() {
    return Math.max(1, options.getConsumeTimeoutMs() / 4);
  }

  /**
   * What the listener has for too long has failed: its queue's offset, and in the end its reading, would
   * wait for ever. The original hands it back, too, every consumeTimeout (15 minutes).
   */
  void lookForLate() {
    long nowNs = System.nanoTime();
    for (Out each : out.clone()) {
      if (each != null
          && out[each.slot] == each // it may have ended while others were given up
          && !each.late
          && nowNs - each.startNs >= TimeUnit.MILLISECONDS.toNanos(options.getConsumeTimeoutMs())) {
        each.late = true;
        String what =
            "the listener has not ended "
                + options.getConsumeTimeoutMs()
                + " ms after it was called";
        if (options.isOrderly()) {
          log.warn("{}: {}, and the queue waits for it", each.work.owner().queue(), what);
        } else {
          over(each, new TimeoutException(what));
        }
      }
    }
  }

  private void ended(Out given, @Nullable Throwable failure) {
    if (out[given.slot] == given) {
      over(given, failure);
    } else {
      log.info(
          "{}: a listener has ended that was given up, with messages from offset {}",
          given.work.owner().queue(),
          given.work.items().get(0).queueOffset);
    }
  }

  private void over(Out given, @Nullable Throwable failure) {
    Work work = given.work;
    out[given.slot] = null;
    freeSlots.add(given.slot);
    long tookNs = System.nanoTime() - given.startNs;
    int messages = work.items().size();
    metrics.delivered(work.topic(), options.getGroup(), messages, failure == null, tookNs);
    figures.delivered(work.topic(), messages, failure == null, tookNs);
    if (failure == null) {
      consumed(work.owner(), work.items());
      finish(work.owner());
    } else if (stopped || work.owner().isDropped()) {
      work.owner().becomeQuiet(); // the next owner gets them
    } else {
      failed(work, failure);
    }
    if (idle != null && freeSlots.size() == options.getMaxInFlight()) {
      idle.tryComplete();
    }
    deliver();
  }

  private void consumed(OwnedQueue owner, List<OwnedQueue.Item> items) {
    owner.consumed(items);
    if (owner.takeRoom(options)) {
      onRoom.accept(owner);
    }
  }

  private void finish(OwnedQueue owner) {
    owner.becomeQuiet();
    if (options.isOrderly()) {
      prepareNext(owner);
    }
  }

  private void failed(Work work, Throwable cause) {
    log.warn(
        "{}: {} messages from offset {} failed",
        work.owner().queue(),
        work.items().size(),
        work.items().get(0).queueOffset,
        cause);
    List<OwnedQueue.Item> again = new ArrayList<>();
    List<Future<?>> handled = new ArrayList<>();
    for (OwnedQueue.Item each : work.items()) {
      handled.add(
          failures
              .take(each.message())
              .onSuccess(
                  taken -> {
                    if (taken) {
                      consumed(work.owner(), List.of(each));
                    } else {
                      each.retried();
                      again.add(each);
                    }
                  }));
    }
    ApogeeClient.settled(handled)
        .onComplete(
            ignored -> {
              if (again.isEmpty()) {
                finish(work.owner());
                deliver();
              } else {
                comeAgain(new Work(work.owner(), again));
              }
            });
  }

  private void comeAgain(Work work) {
    if (stopped || work.owner().isDropped()) {
      work.owner().becomeQuiet();
      return;
    }
    retrying.add(work);
    loop.after(
        options.getRetryDelayMs(),
        () -> {
          if (retrying.remove(work)) {
            ready.add(work);
            deliver();
          }
        });
  }

  /** A queue is no longer ours: what was not handed out of it won't be. */
  void forget(OwnedQueue owner) {
    boolean any = ready.removeIf(each -> each.owner() == owner);
    any |= retrying.removeIf(each -> each.owner() == owner);
    if (any) {
      owner.becomeQuiet();
    }
  }

  /** Delivers nothing more. Completes when nothing is out any more, or after this time. */
  Future<Void> stop(long limitMs) {
    stopped = true;
    ready.forEach(each -> each.owner().becomeQuiet());
    ready.clear();
    retrying.forEach(each -> each.owner().becomeQuiet());
    retrying.clear();
    Promise<Void> quiet = Promise.promise();
    idle = quiet;
    long limit = loop.after(limitMs, quiet::tryComplete);
    if (freeSlots.size() == options.getMaxInFlight()) {
      quiet.tryComplete();
    }
    return quiet.future().onComplete(ignored -> loop.cancel(limit));
  }
}
