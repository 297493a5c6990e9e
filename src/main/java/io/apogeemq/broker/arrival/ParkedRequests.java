package io.apogeemq.broker.arrival;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * The requests of one event loop that wait for messages. A waiting request is run again when its
 * queue has moved, and at its deadline; what running means is the request's own business.
 *
 * <p>Everything belongs to the event loop except {@link #queueMoved} and {@link #wakeIfMoved}, which
 * the store's thread calls: a look into a concurrent set, and one task for the loop per batch. A
 * request is parked first and its condition checked again after, so no arrival falls between.
 *
 * <p>Bounded: beyond {@link #MAX} a request is not parked and its handler answers at once.
 */
public final class ParkedRequests implements Sleepers {
  /** So many requests may wait on one event loop. */
  static final int MAX = 100_000;

  /** A request that can wait. */
  public interface Waiting {
    QueueName queue();

    /** When to answer in any case, in ms of the clock given to this table. */
    long deadlineMs();

    /** True if the queue holds something for it by now. Checked right after parking. */
    boolean isReady();

    /** True if nobody waits for the answer any more: it is run for the last time. */
    boolean isAbandoned();

    /** Runs it again: it answers, or parks itself anew. */
    void run(boolean deadlineReached);
  }

  private final Map<QueueName, List<Waiting>> byQueue = new HashMap<>();

  /** The keys of {@link #byQueue}, for the store's thread. */
  private final Set<QueueName> awaited = ConcurrentHashMap.newKeySet();

  private final MpscUnboundedArrayQueue<QueueName> moved = new MpscUnboundedArrayQueue<>(256);
  private final AtomicBoolean wakeScheduled = new AtomicBoolean();
  private final Executor loop;
  private final LongSupplier clockMs;
  private int size;

  /**
   * @param loop runs tasks on the event loop that owns this table
   * @param clockMs monotonic
   */
  public ParkedRequests(Executor loop, LongSupplier clockMs) {
    this.loop = loop;
    this.clockMs = clockMs;
  }

  /** Lets the request wait. False if too many wait already: answer at once. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public boolean park(Waiting request) {
    if (size >= MAX) {
      return false;
    }
    size++;
    byQueue
        .computeIfAbsent(
            request.queue(),
            queue -> {
              awaited.add(queue);
              return new ArrayList<>(2);
            })
        .add(request);
    if (request.isReady()) {
      moved.add(request.queue());
      wakeIfMoved();
    }
    return true;
  }

  /** Runs what has reached its deadline or was abandoned. Call every few hundred ms. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void tick() {
    if (size == 0) {
      return;
    }
    long now = clockMs.getAsLong();
    List<Waiting> due = new ArrayList<>();
    Iterator<Map.Entry<QueueName, List<Waiting>>> queues = byQueue.entrySet().iterator();
    while (queues.hasNext()) {
      Map.Entry<QueueName, List<Waiting>> queue = queues.next();
      queue
          .getValue()
          .removeIf(each -> (each.deadlineMs() <= now || each.isAbandoned()) && due.add(each));
      if (queue.getValue().isEmpty()) {
        awaited.remove(queue.getKey());
        queues.remove();
      }
    }
    size -= due.size();
    for (Waiting each : due) {
      each.run(true);
    }
  }

  public int size() {
    return size;
  }

  /** Marks a queue if somebody here waits for it. Store's thread. */
  @Override
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  public void queueMoved(QueueName queue) {
    if (awaited.contains(queue)) {
      moved.add(queue);
    }
  }

  /** Wakes the loop once for all queues marked. */
  @Override
  public void wakeIfMoved() {
    if (!moved.isEmpty() && wakeScheduled.compareAndSet(false, true)) {
      loop.execute(this::runMoved);
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void runMoved() {
    wakeScheduled.set(false);
    for (QueueName queue = moved.poll(); queue != null; queue = moved.poll()) {
      List<Waiting> waiting = byQueue.remove(queue);
      if (waiting != null) {
        awaited.remove(queue);
        size -= waiting.size();
        for (Waiting each : waiting) {
          each.run(false);
        }
      }
    }
  }
}
