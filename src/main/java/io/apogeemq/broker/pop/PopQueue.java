package io.apogeemq.broker.pop;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue with a group that pops: its {@link PopLedger}, the {@link OrderedBatch} of a group that consumes
 * in order, and who is reading it. Every step is told to the journal and moves the group's committed
 * offset.
 *
 * <p>Safe for all threads: every method holds the queue's monitor, and none of them waits. One reads the
 * queue at a time: what {@link #beginRead} allows must be ended by {@link #handOut} or {@link #endRead}.
 */
final class PopQueue {
  private final QueueKey key;
  private final PopLedger ledger;
  private final PopTable table;
  private @Nullable OrderedBatch batch;
  private boolean reading;
  private boolean turnedAway;
  private boolean removed;

  PopQueue(QueueKey key, PopLedger ledger, PopTable table) {
    this.key = key;
    this.ledger = ledger;
    this.table = table;
  }

  QueueKey key() {
    return key;
  }

  /** First message that has not been handed out. */
  synchronized long next() {
    return ledger.next();
  }

  synchronized int out() {
    return ledger.out();
  }

  // ---- handing out ------------------------------------------------------------------------------

  /** Whether the queue may be read now. */
  enum Readiness {
    READY,
    /** Somebody reads it. */
    BUSY,
    /** As much is out as may be; an acknowledgement helps. */
    FULL,
    /** An ordered batch is out. */
    BLOCKED,
    /** Its topic or group was deleted. */
    GONE
  }

  /** What {@link #readiness} depends on beside the queue itself. */
  record Asking(boolean ordered, String attemptId, int maxOut, long nowMs) {}

  /** Without promising anything: who waits looks by this whether trying again makes sense. */
  synchronized Readiness readiness(Asking asking) {
    if (removed) {
      return Readiness.GONE;
    }
    if (reading) {
      return Readiness.BUSY;
    }
    if (asking.ordered()) {
      boolean blocked = batch != null && batch.blockedUntil(asking.attemptId(), asking.nowMs()) > 0;
      return blocked ? Readiness.BLOCKED : Readiness.READY;
    }
    boolean full = ledger.out() >= asking.maxOut() || table.journal().isFull();
    return full ? Readiness.FULL : Readiness.READY;
  }

  /** Until when an ordered batch blocks the queue; 0 if none does. */
  synchronized long blockedUntil(Asking asking) {
    return batch == null ? 0 : batch.blockedUntil(asking.attemptId(), asking.nowMs());
  }

  /** Begins to read at {@link #next} if the queue is ready; whoever is turned away will be woken. */
  synchronized Readiness beginRead(Asking asking) {
    Readiness readiness = readiness(asking);
    if (readiness == Readiness.READY) {
      reading = true;
    } else if (readiness != Readiness.GONE) {
      turnedAway = true;
    }
    return readiness;
  }

  /** Ends a read that found nothing to hand out. */
  synchronized void endRead() {
    reading = false;
  }

  /** True if somebody was turned away since the last call: wake who waits. */
  synchronized boolean hasTurnedAway() {
    boolean was = turnedAway;
    turnedAway = false;
    return was;
  }

  /**
   * Hands out what a read found, and ends it.
   *
   * @param from where the read began
   * @param to where the next one begins
   * @return false if the queue was set elsewhere meanwhile: nothing is handed out
   */
  synchronized boolean handOut(
      long from, long to, long[] offsets, long popTimeMs, long invisibleMs) {
    reading = false;
    if (removed || ledger.next() != from) {
      return false;
    }
    step(ledger.handOut(to, offsets, popTimeMs, invisibleMs));
    return true;
  }

  /**
   * As {@link #handOut} for a group that consumes in order.
   *
   * @return the batch that is out now, or null as above
   */
  synchronized @Nullable OrderedBatch handOutInOrder(
      long from, long[] offsets, String attemptId, long popTimeMs, long invisibleMs) {
    reading = false;
    if (removed || ledger.next() != from) {
      return null;
    }
    OrderedBatch next = OrderedBatch.after(batch, attemptId, popTimeMs, invisibleMs, offsets);
    stepInOrder(next);
    return next;
  }

  // ---- what consumers say -----------------------------------------------------------------------

  /**
   * A message is consumed.
   *
   * @return when that is durable; null if the handle names no lease that holds
   */
  synchronized @Nullable Future<Void> acknowledge(long offset, long popTimeMs) {
    long base = ledger.base();
    if (removed || !ledger.acknowledge(offset, popTimeMs)) {
      return null;
    }
    table.changed();
    if (ledger.base() != base) {
      commit();
    }
    return table.journal().acknowledged(key, offset);
  }

  /** A message that is out gets another lease; null as {@link #acknowledge}. */
  synchronized @Nullable Future<Void> change(
      long offset, long popTimeMs, long newPopTimeMs, long invisibleMs) {
    if (removed || !ledger.change(offset, popTimeMs, newPopTimeMs, invisibleMs)) {
      return null;
    }
    table.changed();
    return table.journal().write(key, new LedgerEvent.Changed(offset, newPopTimeMs, invisibleMs));
  }

  /** What became of an acknowledgement in order. */
  enum InOrder {
    TAKEN,
    /** The batch was handed out again since, or the message was acknowledged before. */
    STALE,
    /** The message is in no batch. */
    UNKNOWN
  }

  /** The outcome, and when it is durable. */
  record OrderedOutcome(InOrder outcome, Future<Void> durable) {
    static OrderedOutcome of(InOrder outcome) {
      return new OrderedOutcome(outcome, Future.succeededFuture());
    }
  }

  synchronized OrderedOutcome acknowledgeInOrder(long offset, long popTimeMs) {
    OrderedBatch present = batch;
    if (removed || offset < ledger.next()) {
      return OrderedOutcome.of(InOrder.STALE);
    }
    if (present == null) {
      return OrderedOutcome.of(InOrder.UNKNOWN);
    }
    if (present.popTimeMs() != popTimeMs) {
      return OrderedOutcome.of(InOrder.STALE);
    }
    int index = present.index(offset);
    if (index < 0) {
      return OrderedOutcome.of(InOrder.UNKNOWN);
    }
    OrderedBatch next = present.acknowledge(index);
    if (next.nextOffset() > ledger.next()) {
      step(ledger.handOut(next.nextOffset(), new long[0], popTimeMs, 0));
    }
    return new OrderedOutcome(InOrder.TAKEN, stepInOrder(next));
  }

  /** Changes when a message of the batch that is out is visible again; null as {@link #acknowledge}. */
  synchronized @Nullable Future<Void> changeInOrder(long offset, long popTimeMs, long visibleAtMs) {
    OrderedBatch present = batch;
    int index = present == null ? -1 : present.index(offset);
    if (removed
        || present == null
        || present.popTimeMs() != popTimeMs
        || index < 0
        || present.isAcknowledged(index)) {
      return null;
    }
    return stepInOrder(present.visibleAt(index, visibleAtMs));
  }

  // ---- what time brings -------------------------------------------------------------------------

  /** See {@link PopLedger#takeEnded}. */
  synchronized long[] takeEnded(long nowMs, int max) {
    return removed ? new long[0] : ledger.takeEnded(nowMs, max);
  }

  /** The pop time of a message that is being copied; 0 if it isn't. */
  synchronized long popTimeOfEnded(long offset) {
    return ledger.popTimeOfEnded(offset);
  }

  /** See {@link PopLedger#copied}. */
  synchronized void copied(long offset) {
    long base = ledger.base();
    if (!removed && ledger.copied(offset)) {
      table.changed();
      table.journal().acknowledged(key, offset);
      if (ledger.base() != base) {
        commit();
      }
    }
  }

  /** See {@link PopLedger#notCopied}. */
  synchronized void notCopied(long offset, long visibleAgainMs) {
    ledger.notCopied(offset, visibleAgainMs);
  }

  // ---- from outside -----------------------------------------------------------------------------

  /** The group goes on at an offset; false if it does already. */
  synchronized boolean moveTo(long offset) {
    if (removed || offset == ledger.base()) {
      return false;
    }
    batch = null;
    step(ledger.moveTo(offset));
    return true;
  }

  /** While the log is replayed: somebody has committed this. */
  synchronized void moveAheadTo(long offset) {
    if (offset > ledger.base()) {
      ledger.moveTo(offset);
      table.changed();
    }
  }

  /** Its topic or its group was deleted. */
  synchronized void remove() {
    removed = true;
  }

  /** Makes the lowest offset that is out the group's committed one. */
  synchronized void commit() {
    if (!removed) {
      table.commit(key, ledger.base());
    }
  }

  // ---- the log ----------------------------------------------------------------------------------

  /** Where a queue starts whose first step this is; -1: it is none to start with. */
  static long startOf(String text) {
    if (text.startsWith(OrderedBatch.WORD)) {
      return OrderedBatch.parse(text).offsets()[0];
    }
    LedgerEvent event = LedgerEvent.parse(text);
    if (event instanceof LedgerEvent.HandedOut handed) {
      return handed.from();
    }
    return event instanceof LedgerEvent.Moved moved ? moved.offset() : -1;
  }

  /** Does again what a step in the log tells. */
  synchronized void replay(String text) {
    if (text.startsWith(OrderedBatch.WORD)) {
      batch = OrderedBatch.parse(text);
      return;
    }
    LedgerEvent event = LedgerEvent.parse(text);
    if (event instanceof LedgerEvent.Moved) {
      batch = null;
    }
    ledger.apply(event);
  }

  /** Steps that make this state anew. */
  synchronized List<String> snapshot() {
    List<String> texts = new ArrayList<>();
    for (LedgerEvent event : ledger.snapshot()) {
      StringBuilder out = new StringBuilder();
      event.appendTo(out);
      texts.add(out.toString());
    }
    if (batch != null) {
      texts.add(batch.text());
    }
    return texts;
  }

  private void step(LedgerEvent event) {
    table.changed();
    table.journal().add(key, event);
    commit();
  }

  private Future<Void> stepInOrder(OrderedBatch next) {
    batch = next;
    table.changed();
    return table.journal().add(key, next.text());
  }
}
