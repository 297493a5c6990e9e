package io.apogeemq.broker.delay;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.remoting.Later;
import io.apogeemq.store.AppendResult.Appended;
import io.apogeemq.store.AppendResult.Refusal;
import io.apogeemq.store.AppendResult.Refused;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages with a time of their own. Of each that waits, its due time and the place of its parked
 * record are in memory ({@link TimerHeap}); when it is due the record is read back and delivered.
 *
 * <pre>
 * queue of parked records → taken into the heap → due → read → delivered: its record is the mark
 *                                              └ recalled, or rolled: a marked record in the same queue
 * </pre>
 *
 * <p>While a recall or a roll is being stored, the message it is about is left alone: it is delivered
 * if that is refused, and gone if it is not.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Timers {
  private static final Logger log = LoggerFactory.getLogger(Timers.class);

  /** At most so many records are read back at once, whatever their size. */
  private static final int MAX_READS = 16;

  /** So many that wait in the oldest file are noted at once to be rolled. */
  private static final int MAX_TO_ROLL = 65_536;

  /** So many parked records are taken in before what is due is looked at again. */
  private static final int TAKE_IN = 1024;

  /** Below this many recalled ones the heap isn't swept. */
  private static final int SWEEP_FROM = 1024;

  private static final int TRIES = 3;
  private static final long TRY_AGAIN_MS = 500;

  private final InetSocketAddress storeHost;
  private final LongSupplier wallMs;
  private final MessageStore store;
  private final Completions back;
  private final Later later;
  private final Delivery delivery;
  private final Runnable wake;
  private final QueueReader reader;
  private final TimerHeap heap = new TimerHeap();
  private final HeldSegments held;

  /** Taken out of the heap and not surely delivered: due time by position. */
  private final Map<Long, Long> inDelivery = new HashMap<>();

  /** Being recalled or rolled: due time by position. */
  private final Map<Long, Long> undecided = new HashMap<>();

  /** In the heap, but not to be delivered: recalled, rolled, or undecided. */
  private final PositionSet gone = new PositionSet();

  /** Noted to be rolled: due time and position in turn. */
  private final ArrayDeque<long[]> toRoll = new ArrayDeque<>();

  private final MessageView view = new MessageView();
  private int reads;
  private long changes;

  /** The latest time of day that was seen: what was due until then may be delivered already. */
  private long latestMs;

  /** Log position of the record that was taken in last. */
  private long takenFrom;

  Timers(
      InetSocketAddress storeHost,
      int segmentSizeBytes,
      LongSupplier wallMs,
      MessageStore store,
      Completions back,
      Later later,
      Delivery delivery,
      Runnable wake) {
    this.storeHost = storeHost;
    this.wallMs = wallMs;
    this.store = store;
    this.back = back;
    this.later = later;
    this.delivery = delivery;
    this.wake = wake;
    held = new HeldSegments(segmentSizeBytes);
    reader = new QueueReader(store, back, later, SystemTopics.TIMER, 0, wake);
  }

  // ---- what waits -------------------------------------------------------------------------------

  /** A message that waits, from the checkpoint. */
  void restore(long dueMs, long position) {
    heap.push(dueMs, position);
    held.add(position);
  }

  /** This time of day was seen: what is due until then may be delivered. */
  void seen(long timeMs) {
    latestMs = Math.max(latestMs, timeMs);
  }

  long latestMs() {
    return latestMs;
  }

  /** The checkpoint shows what doesn't wait any more. */
  void changed() {
    changes++;
  }

  /** Parked records from this queue offset on are to be taken in. */
  void startAt(long queueOffset) {
    reader.startAt(queueOffset);
  }

  void arrived() {
    reader.arrived();
  }

  /** Records before this queue offset were taken in. */
  long takenTo() {
    return reader.next();
  }

  /** True if it may still take in records that lie before a log position. */
  boolean isTakingIn(long position) {
    return !reader.isAtEnd() && takenFrom < position;
  }

  /** How many wait, those on their way among them. */
  int pending() {
    return heap.size() - gone.size() + inDelivery.size() + undecided.size();
  }

  /** When the next is due; {@link Long#MAX_VALUE} if none waits. */
  long dueMs() {
    return heap.dueMs();
  }

  /** Changes whenever what {@link #forEach} shows or {@link #takenTo} does. */
  long changes() {
    return changes;
  }

  /** Shows all that wait and are not surely delivered. */
  void forEach(TimerHeap.Each each) {
    heap.forEach(
        (dueMs, position) -> {
          if (!gone.contains(position)) {
            each.entry(dueMs, position);
          }
        });
    inDelivery.forEach((position, dueMs) -> each.entry(dueMs, position));
    undecided.forEach((position, dueMs) -> each.entry(dueMs, position));
  }

  /** The first that wait behind a place, in order ({@link TimerHeap#next}). */
  @Nullable List<long[]> next(int count, long afterDueMs, long afterPosition) {
    return heap.next(count, afterDueMs, afterPosition, position -> !gone.contains(position));
  }

  /** The log is needed from here on for what waits. */
  long neededFrom() {
    return held.oldest();
  }

  /**
   * Takes in what was parked.
   *
   * @param delivered positions of records that are done, as the log says
   * @return false if there was nothing
   */
  boolean takeIn(PositionSet delivered) {
    int taken = 0;
    for (MessageView record = reader.peek();
        record != null && taken < TAKE_IN;
        record = reader.peek()) {
      takenFrom = record.logPosition();
      byte[] properties = record.properties();
      if (!TimerRecord.recalls(properties) && !delivered.contains(record.logPosition())) {
        long dueMs = TimerRecord.dueMs(properties, record.storeTimestampMs());
        if (dueMs >= 0) {
          restore(dueMs, record.logPosition());
        } else {
          log.error(
              "the timer message at log position {} doesn't say when it is due and is left out",
              record.logPosition());
        }
      }
      reader.pass();
      changes++;
      taken++;
    }
    return taken > 0;
  }

  // ---- delivery ---------------------------------------------------------------------------------

  /** Delivers what is due; false if nothing was to be done now. */
  boolean step(long nowMs) {
    seen(nowMs);
    boolean worked = false;
    while (heap.dueMs() <= nowMs && reads < MAX_READS && delivery.hasRoom()) {
      long dueMs = heap.dueMs();
      long position = heap.position();
      heap.pop();
      if (!gone.remove(position)) {
        inDelivery.put(position, dueMs);
        read(position, 1, record -> deliver(record, dueMs), () -> settled(position));
      }
      worked = true;
    }
    return worked;
  }

  /** What a record that was read back is for. */
  private interface Use {
    void of(ByteBuf record);
  }

  /** {@code giveUp}: the record can't be read. */
  private void read(long position, int tries, Use use, Runnable giveUp) {
    reads++;
    store.recordAt(
        position,
        back,
        record -> {
          reads--;
          if (opens(record, position)) {
            use.of(record);
          } else {
            record.release();
            if (tries >= TRIES) {
              log.error("the timer message at log position {} can't be read and is lost", position);
              giveUp.run();
            } else {
              later.in(TRY_AGAIN_MS, () -> read(position, tries + 1, use, giveUp));
            }
          }
          wake.run();
        });
  }

  private boolean opens(ByteBuf record, long position) {
    return record.isReadable()
        && view.open(record.nioBuffer(), 0) == null
        && view.logPosition() == position
        && view.bodyMatchesCrc();
  }

  private void deliver(ByteBuf record, long dueMs) {
    long position = view.logPosition();
    long nowMs = wallMs.getAsLong();
    if (dueMs > nowMs) { // the clock was set back while it was read
      record.release();
      inDelivery.remove(position);
      heap.push(dueMs, position);
      return;
    }
    MessageDraft draft = TimerRecord.delivered(view, storeHost, nowMs);
    if (draft == null) {
      log.error(
          "the timer message at log position {} doesn't say where to go and is left out", position);
      record.release();
      settled(position);
    } else {
      start(draft, record, position);
    }
  }

  private void start(MessageDraft draft, ByteBuf record, long position) {
    delivery.start(
        draft,
        record.retain(), // ours is for another try
        new Delivery.Outcome() {
          @Override
          public void stored(Appended at) {
            record.release();
            settled(position);
          }

          @Override
          public void refused(Refused why) {
            if (why.reason() == Refusal.TOO_LARGE) {
              log.error(
                  "the timer message at log position {} can't be delivered: {}",
                  position,
                  why.detail());
              record.release();
              settled(position);
            } else {
              later.in(TRY_AGAIN_MS, () -> start(draft, record, position));
            }
          }
        });
  }

  private void settled(long position) {
    inDelivery.remove(position);
    held.remove(position);
    changes++;
  }

  // ---- recall and roll --------------------------------------------------------------------------

  /**
   * True if the message that is parked at this position waits and can still be taken out. Its record
   * was taken in, and nothing that was stored since is about it.
   */
  boolean waits(long dueMs, long position) {
    return dueMs > latestMs && !gone.contains(position);
  }

  /**
   * Takes a waiting message out by a record that is marked with its position.
   *
   * @param source what the draft's body is part of; this room's from now on
   * @param then is told null if it is out, else why not
   */
  void takeOut(
      long dueMs,
      long position,
      MessageDraft draft,
      ByteBuf source,
      Consumer<@Nullable Refused> then) {
    gone.add(position);
    undecided.put(position, dueMs);
    store(dueMs, position, draft, source, then);
  }

  private void store(
      long dueMs,
      long position,
      MessageDraft draft,
      ByteBuf source,
      Consumer<@Nullable Refused> then) {
    delivery.start(
        draft,
        source,
        new Delivery.Outcome() {
          @Override
          public void stored(Appended at) {
            undecided.remove(position);
            held.remove(position);
            changes++;
            sweep();
            then.accept(null);
          }

          @Override
          public void refused(Refused why) {
            undecided.remove(position);
            if (!gone.remove(position)) {
              heap.push(dueMs, position); // it came to the top meanwhile
            }
            then.accept(why);
          }
        });
  }

  /** Drops what is gone from the heap when it is the larger part: it would stay until it is due. */
  private void sweep() {
    if (gone.size() > SWEEP_FROM && gone.size() > heap.size() / 2) {
      heap.retain(
          position -> {
            boolean drop = gone.contains(position) && !undecided.containsKey(position);
            if (drop) {
              gone.remove(position);
            }
            return !drop;
          });
    }
  }

  /** Parks anew, at the log's end, what waits in the oldest file that holds something. */
  void rollOldest() {
    long base = held.oldest();
    if (base == Long.MAX_VALUE || !toRoll.isEmpty()) {
      return;
    }
    heap.forEach(
        (dueMs, position) -> {
          if (toRoll.size() < MAX_TO_ROLL
              && held.baseOf(position) == base
              && !gone.contains(position)) {
            toRoll.add(new long[] {dueMs, position});
          }
        });
    wake.run();
  }

  /** Rolls what is noted for it; false if nothing was to be done now. */
  boolean roll() {
    boolean worked = false;
    while (!toRoll.isEmpty() && reads < MAX_READS && delivery.hasRoom()) {
      long[] next = toRoll.remove();
      roll(next[0], next[1]);
      worked = true;
    }
    return worked;
  }

  private void roll(long dueMs, long position) {
    if (!waits(dueMs, position)) {
      return;
    }
    // Out of reach at once: it may come to the top before its record is read.
    gone.add(position);
    undecided.put(position, dueMs);
    read(
        position,
        1,
        record ->
            store(dueMs, position, TimerRecord.rolled(view, storeHost), record, refused -> {}),
        () -> { // nothing can be read there, now or later
          undecided.remove(position);
          held.remove(position);
          changes++;
        });
  }
}
