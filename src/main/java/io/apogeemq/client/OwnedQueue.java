package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumerRunningInfo.ProcessQueueInfo;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue that a push consumer reads: what was pulled and is not consumed yet, and how far the group
 * is.
 *
 * <p>The offset that may be committed is never behind a message that is not consumed: {@link
 * #committable} is the offset of the first such message, or where the next pull begins if there is
 * none.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class OwnedQueue {
  /** A message between pull and consumption. */
  static final class Item {
    final long queueOffset;

    /** Null when it is consumed: a body must not stay until those before it are consumed, too. */
    private @Nullable ReceivedMessage message;

    Item(ReceivedMessage message) {
      queueOffset = message.queueOffset();
      this.message = message;
    }

    /** Only before it is consumed. */
    ReceivedMessage message() {
      ReceivedMessage present = message;
      if (present == null) {
        throw new IllegalStateException("the message at " + queueOffset + " is consumed");
      }
      return present;
    }

    /** It failed and is delivered again. */
    void retried() {
      message = message().retried();
    }
  }

  private final MessageQueue queue;

  /** In the order of the queue; the first is not consumed. */
  private final Deque<Item> items = new ArrayDeque<>();

  /** Of an ordered queue: what was not handed out yet. */
  private final Deque<Item> waiting = new ArrayDeque<>();

  private long cachedBytes;
  private long nextOffset;
  private long committed = -1;
  private boolean dropped;

  /** Of a queue on its way to another offset: completes when it is read from there. Null otherwise. */
  private @Nullable Future<Void> arrival;

  /** True while reading is stopped because too much is cached. */
  private boolean full;

  /** Of an ordered queue: true while messages are out, or wait to come again. */
  private boolean busy;

  private @Nullable Promise<Void> quiet;

  /** Of an ordered queue: until when nobody else has it, in ns. */
  private long lockedUntilNs;

  // For tools only, in ms of the day.
  private long lockedAtMs;
  private long pulledAtMs;
  private long consumedAtMs = System.currentTimeMillis();

  OwnedQueue(MessageQueue queue, long startOffset) {
    this.queue = queue;
    nextOffset = startOffset;
  }

  MessageQueue queue() {
    return queue;
  }

  /** Where the next pull begins. */
  long nextOffset() {
    return nextOffset;
  }

  /** Nothing of it is read before this future has completed. Returns the future. */
  Future<Void> arriving(Future<Void> future) {
    if (!future.isComplete()) {
      arrival = future;
    }
    return future;
  }

  /** Of a queue on its way to another offset: completes when it is there. Null if it is read now. */
  @Nullable Future<Void> arrival() {
    return arrival;
  }

  /** Another target, on the way. */
  void moveTo(long offset) {
    nextOffset = offset;
  }

  void arrived() {
    arrival = null;
  }

  /** Takes what a pull found; returns the messages as items, in their order. */
  List<Item> pulled(PullResult result) {
    nextOffset = result.nextOffset();
    pulledAtMs = System.currentTimeMillis();
    List<Item> fresh = result.messages().stream().map(Item::new).toList();
    items.addAll(fresh);
    for (Item each : fresh) {
      cachedBytes += each.message().body().length;
    }
    return fresh;
  }

  void consumed(List<Item> done) {
    consumedAtMs = System.currentTimeMillis();
    for (Item each : done) {
      cachedBytes -= each.message().body().length;
      each.message = null;
    }
    while (!items.isEmpty() && items.getFirst().message == null) {
      items.removeFirst();
    }
  }

  long committable() {
    return items.isEmpty() ? nextOffset : items.getFirst().queueOffset;
  }

  /** True if the group's offset has moved since the last call that answered true. */
  boolean takeCommit() {
    boolean moved = committable() != committed;
    committed = committable();
    return moved;
  }

  /** Whether too much is cached to read on; remembers the answer for {@link #takeRoom}. */
  boolean isFull(ConsumerOptions limits) {
    full =
        items.size() >= limits.getMaxCachedMessages() || cachedBytes >= limits.getMaxCachedBytes();
    return full;
  }

  /** True once when a queue that was full has room again. */
  boolean takeRoom(ConsumerOptions limits) {
    return full && !isFull(limits);
  }

  // ---- in order ----

  /** Takes messages that are handed out later. */
  void await(List<Item> fresh) {
    waiting.addAll(fresh);
  }

  /** The next messages in order, at most so many; empty while others are out or nothing waits. */
  List<Item> takeNext(int most) {
    List<Item> next = new ArrayList<>();
    while (!busy && next.size() < most && !waiting.isEmpty()) {
      next.add(waiting.removeFirst());
    }
    busy |= !next.isEmpty();
    return next;
  }

  /** What was taken is not handed out: it comes first at the next time. */
  void putBack(List<Item> taken) {
    for (int i = taken.size() - 1; i >= 0; i--) {
      waiting.addFirst(taken.get(i));
    }
    becomeQuiet();
  }

  /** What was out is done. */
  void becomeQuiet() {
    busy = false;
    if (quiet != null) {
      quiet.tryComplete();
    }
  }

  /** Completes when nothing is out, of its time before it was moved either. */
  Future<Void> quiet() {
    Future<Void> underWay = arrival;
    if (underWay != null) {
      return underWay.otherwiseEmpty();
    }
    if (!busy) {
      return Future.succeededFuture();
    }
    if (quiet == null) {
      quiet = Promise.promise();
    }
    return quiet.future();
  }

  void locked(long untilNs) {
    lockedUntilNs = untilNs;
    lockedAtMs = System.currentTimeMillis();
  }

  long lockedUntilNs() {
    return lockedUntilNs;
  }

  boolean isLocked(long nowNs) {
    return lockedUntilNs - nowNs > 0;
  }

  /** How this queue is, for tools. */
  ProcessQueueInfo report() {
    List<Item> all = List.copyOf(items);
    int out = busy ? all.size() - waiting.size() : 0;
    return new ProcessQueueInfo(
        committable(),
        offset(all, 0),
        offset(all, all.size() - 1),
        all.size(),
        (int) (cachedBytes >> 20),
        out == 0 ? 0 : offset(all, 0),
        offset(all, out - 1),
        out,
        isLocked(System.nanoTime()),
        0,
        lockedAtMs,
        dropped,
        pulledAtMs,
        consumedAtMs);
  }

  /** Of the message at this place; 0 if there is none. */
  private static long offset(List<Item> of, int place) {
    return place >= 0 && place < of.size() ? of.get(place).queueOffset : 0;
  }

  /** No longer ours: nothing of it is delivered from here on. */
  void drop() {
    dropped = true;
  }

  boolean isDropped() {
    return dropped;
  }
}
