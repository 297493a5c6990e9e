package io.apogeemq.broker.pop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What of a queue is out with a group, and until when.
 *
 * <pre>
 *   … done │ base: the lowest message that is out                        next: handed out from here on │ not yet
 *          │ stragglers: few, far behind │ window: each message is out, or done                        │
 * </pre>
 *
 * <p>A message that is out has a <em>lease</em>: the time it was handed out, which is part of the
 * handle that its consumer acknowledges with, and the time at which it becomes visible again. Done is
 * what was acknowledged, what was copied to where it is consumed again, and what the group's filter
 * did not want. {@code base} is the group's committed offset: it moves when the lowest message is done.
 *
 * <p>Invariants: {@code base <= next}; the message at {@code base} is out, or nothing is; nothing below
 * {@code base} is ever handed out again unless the group is set back from outside ({@link #moveTo}).
 *
 * <p>Memory: 16 bytes per message of the window, nothing while it is empty. The window is bounded; a
 * message that is held for so long that it would fall out of it becomes a straggler, in a map beside. So one
 * consumer that is slow, or dead, does not stop the queue.
 *
 * <p>Not safe for several threads: whoever calls holds the ledger's monitor. Everything that changes it
 * can be told as a {@link LedgerEvent}; {@link #apply} does what the event's step did.
 */
final class PopLedger {
  /** So many messages does the window span at most. */
  static final int MAX_WINDOW = 1 << 16;

  private static final int FIRST_CAPACITY = 64;
  private static final long[] NONE = new long[0];

  /** In place of a pop time: the message is done. */
  private static final long DONE = 0;

  /** In place of the time when it is visible again: it is being copied. */
  private static final long REVIVING = Long.MAX_VALUE;

  private record Lease(long popTimeMs, long visibleAtMs) {}

  private final int maxWindow;

  /** Leases of messages before {@link #windowStart}. */
  private final TreeMap<Long, Lease> stragglers = new TreeMap<>();

  private long windowStart;
  private long next;
  private int out;

  /** Pop time by offset, at the offset's low bits; {@link #DONE}. */
  private long[] popTimes = NONE;

  /** When the message is visible again, at the same place. */
  private long[] visibleAt = NONE;

  /** No lease ends before. */
  private long earliest = Long.MAX_VALUE;

  PopLedger(long offset) {
    this(offset, MAX_WINDOW);
  }

  /** {@code maxWindow}: a power of two. */
  PopLedger(long offset, int maxWindow) {
    windowStart = offset;
    next = offset;
    this.maxWindow = maxWindow;
  }

  /** The lowest message that is out, or {@link #next} if none is: the offset to commit. */
  long base() {
    return stragglers.isEmpty() ? windowStart : stragglers.firstKey();
  }

  /** The first message that has not been handed out. */
  long next() {
    return next;
  }

  /** How many messages are out. */
  int out() {
    return out;
  }

  /** Hands out {@code offsets}, ascending, of those from {@link #next} up to {@code to} (exclusive). */
  LedgerEvent handOut(long to, long[] offsets, long popTimeMs, long invisibleMs) {
    LedgerEvent.HandedOut event =
        new LedgerEvent.HandedOut(next, to, popTimeMs, invisibleMs, offsets);
    apply(event);
    return event;
  }

  /**
   * The message is done, if it is out by this lease.
   *
   * @return false if it is not: acknowledged before, visible again, or never handed out so
   */
  boolean acknowledge(long offset, long popTimeMs) {
    if (!holds(offset, popTimeMs)) {
      return false;
    }
    done(offset);
    advance();
    return true;
  }

  /** Gives a message that is out another lease; false as {@link #acknowledge}. */
  boolean change(long offset, long popTimeMs, long newPopTimeMs, long invisibleMs) {
    if (!holds(offset, popTimeMs)) {
      return false;
    }
    lease(offset, newPopTimeMs, newPopTimeMs + invisibleMs);
    return true;
  }

  /**
   * The messages whose lease has ended, ascending, at most {@code max}. They count as being copied from
   * now on: acknowledgements come too late, {@link #copied} or {@link #notCopied} must follow.
   */
  long[] takeEnded(long nowMs, int max) {
    if (nowMs < earliest) {
      return NONE;
    }
    long[] ended = new long[Math.min(max, out)];
    int count = 0;
    earliest = Long.MAX_VALUE;
    for (Map.Entry<Long, Lease> each : stragglers.entrySet()) {
      Lease lease = each.getValue();
      if (isToTake(lease.visibleAtMs(), nowMs, count < ended.length)) {
        each.setValue(new Lease(lease.popTimeMs(), REVIVING));
        ended[count++] = each.getKey();
      }
    }
    for (long offset = windowStart; offset < next; offset++) {
      int at = at(offset);
      if (popTimes[at] != DONE && isToTake(visibleAt[at], nowMs, count < ended.length)) {
        visibleAt[at] = REVIVING;
        ended[count++] = offset;
      }
    }
    return Arrays.copyOf(ended, count);
  }

  /** Whether a lease has ended and there is room for it; else {@link #earliest} has to know of it. */
  private boolean isToTake(long visibleAtMs, long nowMs, boolean room) {
    if (visibleAtMs == REVIVING || room && visibleAtMs <= nowMs) {
      return visibleAtMs != REVIVING;
    }
    earliest = Math.min(earliest, visibleAtMs);
    return false;
  }

  /** The pop time of a message that was taken by {@link #takeEnded}; 0 if the group was moved meanwhile. */
  long popTimeOfEnded(long offset) {
    return isReviving(offset) ? popTime(offset) : DONE;
  }

  /** A message that was taken by {@link #takeEnded} is stored where it is consumed again. */
  boolean copied(long offset) {
    if (!isReviving(offset)) {
      return false; // the group was moved meanwhile
    }
    done(offset);
    advance();
    return true;
  }

  /** It could not be copied; its lease ends at another time. */
  void notCopied(long offset, long visibleAgainMs) {
    if (isReviving(offset)) {
      lease(offset, popTime(offset), visibleAgainMs);
    }
  }

  /**
   * The group goes on at an offset because somebody said so: a commit by a client that pulls, a reset.
   * Ahead of {@link #base}, what lies before it is done; behind it, nothing is out any more.
   */
  LedgerEvent moveTo(long offset) {
    if (offset < base() || offset >= next) {
      windowStart = offset;
      next = offset;
      out = 0;
      release();
    } else {
      Iterator<Long> before = stragglers.headMap(offset).keySet().iterator();
      while (before.hasNext()) {
        before.next();
        before.remove();
        out--;
      }
      for (long each = windowStart; each < offset; each++) {
        if (popTime(each) != DONE) {
          done(each);
        }
      }
      advance();
    }
    return new LedgerEvent.Moved(offset);
  }

  /** Does again what an event tells, in the order of the events. */
  void apply(LedgerEvent event) {
    if (event instanceof LedgerEvent.HandedOut handed) {
      applyHandedOut(handed);
    } else if (event instanceof LedgerEvent.Acknowledged acknowledged) {
      for (long offset : acknowledged.offsets()) {
        if (popTime(offset) != DONE) {
          done(offset);
        }
      }
      advance();
    } else if (event instanceof LedgerEvent.Changed changed) {
      if (changed.offset() >= base() && changed.offset() < next) {
        lease(changed.offset(), changed.popTimeMs(), changed.popTimeMs() + changed.invisibleMs());
      }
    } else if (event instanceof LedgerEvent.Moved moved) {
      moveTo(moved.offset());
    }
  }

  private void applyHandedOut(LedgerEvent.HandedOut handed) {
    long visibleAgain = handed.popTimeMs() + handed.invisibleMs();
    if (handed.from() > next) {
      // A step before this one is missing: nobody knows who has these, so they come back.
      for (long offset = next; offset < handed.from(); offset++) {
        extendTo(offset + 1);
        lease(offset, handed.popTimeMs(), handed.popTimeMs());
      }
    }
    long[] offsets = handed.offsets();
    if (out == 0 && handed.from() == next) {
      windowStart = offsets.length == 0 ? handed.to() : offsets[0];
      next = windowStart; // what lies before the first that is out needs no place in the window
    }
    long base = base();
    int index = 0;
    for (long offset = handed.from(); offset < handed.to(); offset++) {
      while (index < offsets.length && offsets[index] < offset) {
        index++;
      }
      if (offset < base) {
        continue;
      }
      extendTo(offset + 1);
      if (index < offsets.length && offsets[index] == offset) {
        lease(offset, handed.popTimeMs(), visibleAgain);
      } else if (popTime(offset) != DONE) {
        done(offset);
      }
    }
    advance();
  }

  /** This ledger as events that make it anew from any state. */
  List<LedgerEvent> snapshot() {
    List<LedgerEvent> events = new ArrayList<>();
    events.add(new LedgerEvent.Moved(base()));
    long from = base();
    long popTime = DONE;
    long visibleAgain = 0;
    long[] offsets = new long[16];
    int count = 0;
    long offset = nextOut(from);
    while (offset < next) {
      long itsPopTime = popTime(offset);
      long itsVisibleAgain = visibleAt(offset);
      // What is being copied counts as ended: whoever reads this copies it again.
      itsVisibleAgain = itsVisibleAgain == REVIVING ? itsPopTime : itsVisibleAgain;
      if (count > 0 && (itsPopTime != popTime || itsVisibleAgain != visibleAgain)) {
        events.add(handedOut(from, offset, popTime, visibleAgain, offsets, count));
        from = offset;
        count = 0;
      }
      popTime = itsPopTime;
      visibleAgain = itsVisibleAgain;
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      offsets[count++] = offset;
      offset = nextOut(offset + 1);
    }
    if (count > 0) {
      events.add(handedOut(from, next, popTime, visibleAgain, offsets, count));
    }
    return events;
  }

  private static LedgerEvent handedOut(
      long from, long to, long popTime, long visibleAgain, long[] offsets, int count) {
    return new LedgerEvent.HandedOut(
        from, to, popTime, visibleAgain - popTime, Arrays.copyOf(offsets, count));
  }

  /** The first message that is out at or behind an offset; {@link #next} if none is. */
  private long nextOut(long from) {
    if (from < windowStart) {
      Long straggler = stragglers.ceilingKey(from);
      if (straggler != null) {
        return straggler;
      }
    }
    long offset = Math.max(from, windowStart);
    while (offset < next && popTimes[at(offset)] == DONE) {
      offset++;
    }
    return offset;
  }

  // ---- one message ------------------------------------------------------------------------------

  private boolean isInWindow(long offset) {
    return offset >= windowStart && offset < next;
  }

  /** {@link #DONE} also for what is none of this ledger's. */
  private long popTime(long offset) {
    if (isInWindow(offset)) {
      return popTimes[at(offset)];
    }
    Lease lease = stragglers.get(offset);
    return lease == null ? DONE : lease.popTimeMs();
  }

  /** Of a message that is out. */
  private long visibleAt(long offset) {
    return isInWindow(offset) ? visibleAt[at(offset)] : stragglers.get(offset).visibleAtMs();
  }

  private boolean holds(long offset, long popTimeMs) {
    return popTimeMs != DONE && popTime(offset) == popTimeMs && visibleAt(offset) != REVIVING;
  }

  private boolean isReviving(long offset) {
    return popTime(offset) != DONE && visibleAt(offset) == REVIVING;
  }

  private int at(long offset) {
    return (int) offset & popTimes.length - 1;
  }

  private void lease(long offset, long popTimeMs, long visibleAgainMs) {
    if (popTime(offset) == DONE) {
      out++;
    }
    if (isInWindow(offset)) {
      popTimes[at(offset)] = popTimeMs;
      visibleAt[at(offset)] = visibleAgainMs;
    } else {
      stragglers.put(offset, new Lease(popTimeMs, visibleAgainMs));
    }
    earliest = Math.min(earliest, visibleAgainMs);
  }

  private void done(long offset) {
    if (isInWindow(offset)) {
      popTimes[at(offset)] = DONE;
    } else {
      stragglers.remove(offset);
    }
    out--;
  }

  // ---- the window -------------------------------------------------------------------------------

  /** Lets the window begin at the first message in it that is out. */
  private void advance() {
    if (out == 0) {
      windowStart = next;
      release();
      return;
    }
    while (windowStart < next && popTimes[at(windowStart)] == DONE) {
      windowStart++;
    }
  }

  private void release() {
    popTimes = NONE;
    visibleAt = NONE;
    stragglers.clear();
    earliest = Long.MAX_VALUE;
  }

  /** Lets the window reach up to an offset (exclusive). What is new counts as done. */
  private void extendTo(long to) {
    if (to <= next) {
      return;
    }
    if (to - windowStart > maxWindow) {
      leaveBehind(to - maxWindow / 2);
    }
    if (to - windowStart > popTimes.length) {
      grow((int) (to - windowStart));
    }
    next = to;
  }

  /** What is out before an offset becomes a straggler. */
  private void leaveBehind(long before) {
    while (windowStart < before && windowStart < next) {
      int at = at(windowStart);
      if (popTimes[at] != DONE) {
        stragglers.put(windowStart, new Lease(popTimes[at], visibleAt[at]));
        popTimes[at] = DONE;
      }
      windowStart++;
    }
  }

  private void grow(int wanted) {
    int capacity = Math.max(FIRST_CAPACITY, Integer.highestOneBit(wanted - 1) << 1);
    long[] oldPopTimes = popTimes;
    long[] oldVisibleAt = visibleAt;
    popTimes = new long[capacity];
    visibleAt = new long[capacity];
    for (long offset = windowStart; offset < next; offset++) {
      int from = (int) offset & oldPopTimes.length - 1;
      popTimes[at(offset)] = oldPopTimes[from];
      visibleAt[at(offset)] = oldVisibleAt[from];
    }
  }
}
