package io.apogeemq.broker.pop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What of a queue is out with a group, and until when.
 *
 * <pre>
 *   … done │ base: the lowest message that is out          next: handed out from here on │ not yet
 *          │ window: each message is out, or done                                        │
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
 * <p>Memory: 16 bytes per message of the window, nothing while it is empty. Who hands out keeps the
 * window below {@link #MAX_WINDOW}.
 *
 * <p>Not safe for several threads: whoever calls holds the ledger's monitor. Everything that changes it
 * can be told as a {@link LedgerEvent}; {@link #apply} does what the event's step did.
 */
final class PopLedger {
  /** So many messages may lie between {@code base} and {@code next} before no more are handed out. */
  static final int MAX_WINDOW = 1 << 17;

  private static final int FIRST_CAPACITY = 64;
  private static final long[] NONE = new long[0];

  /** In place of a pop time: the message is done. */
  private static final long DONE = 0;

  /** In place of the time when it is visible again: it is being copied. */
  private static final long REVIVING = Long.MAX_VALUE;

  private long base;
  private long next;
  private int out;

  /** Pop time by offset, at the offset's low bits; {@link #DONE}. */
  private long[] popTimes = NONE;

  /** When the message is visible again, at the same place. */
  private long[] visibleAt = NONE;

  /** No lease ends before. */
  private long earliest = Long.MAX_VALUE;

  PopLedger(long offset) {
    base = offset;
    next = offset;
  }

  /** The lowest message that is out, or {@link #next} if none is: the offset to commit. */
  long base() {
    return base;
  }

  /** The first message that has not been handed out. */
  long next() {
    return next;
  }

  /** How many messages are out. */
  int out() {
    return out;
  }

  /** True while the window has room for another batch. */
  boolean hasRoom() {
    return next - base < MAX_WINDOW;
  }

  /** No lease ends before this time (ms); {@code Long.MAX_VALUE} if none is out. */
  long earliestEnd() {
    return earliest;
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
    if (!isOut(offset, popTimeMs) || visibleAt[at(offset)] == REVIVING) {
      return false;
    }
    done(offset);
    advance();
    return true;
  }

  /** Gives a message that is out another lease; false as {@link #acknowledge}. */
  boolean change(long offset, long popTimeMs, long newPopTimeMs, long invisibleMs) {
    if (!isOut(offset, popTimeMs) || visibleAt[at(offset)] == REVIVING) {
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
    for (long offset = base; offset < next; offset++) {
      int at = at(offset);
      if (popTimes[at] == DONE || visibleAt[at] == REVIVING) {
        continue;
      }
      if (visibleAt[at] <= nowMs && count < ended.length) {
        visibleAt[at] = REVIVING;
        ended[count++] = offset;
      } else {
        earliest = Math.min(earliest, visibleAt[at]);
      }
    }
    return Arrays.copyOf(ended, count);
  }

  /** The pop time of a message that was taken by {@link #takeEnded}; 0 if the group was moved meanwhile. */
  long popTimeOfEnded(long offset) {
    return isReviving(offset) ? popTimes[at(offset)] : DONE;
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
      lease(offset, popTimes[at(offset)], visibleAgainMs);
    }
  }

  /**
   * The group goes on at an offset because somebody said so: a commit by a client that pulls, a reset.
   * Ahead of {@link #base}, what lies before it is done; behind it, nothing is out any more.
   */
  LedgerEvent moveTo(long offset) {
    if (offset < base || offset >= next) {
      base = offset;
      next = offset;
      out = 0;
      release();
    } else {
      for (long each = base; each < offset; each++) {
        if (popTimes[at(each)] != DONE) {
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
        if (isInWindow(offset) && popTimes[at(offset)] != DONE) {
          done(offset);
        }
      }
      advance();
    } else if (event instanceof LedgerEvent.Changed changed) {
      if (isInWindow(changed.offset())) {
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
      reserve(handed.from());
      for (long offset = next; offset < handed.from(); offset++) {
        lease(offset, handed.popTimeMs(), handed.popTimeMs());
      }
      next = handed.from();
    }
    long[] offsets = handed.offsets();
    if (out == 0 && handed.from() == next) {
      base = offsets.length == 0 ? handed.to() : offsets[0];
      next = base; // what lies before the first that is out needs no place in the window
    }
    long to = Math.max(next, handed.to());
    reserve(to);
    int index = 0;
    for (long offset = handed.from(); offset < handed.to(); offset++) {
      while (index < offsets.length && offsets[index] < offset) {
        index++;
      }
      if (offset < base) {
        continue;
      }
      if (index < offsets.length && offsets[index] == offset) {
        lease(offset, handed.popTimeMs(), visibleAgain);
      } else if (offset < next && popTimes[at(offset)] != DONE) {
        done(offset);
      }
    }
    next = to;
    advance();
  }

  /** This ledger as events that make it anew from any state. */
  List<LedgerEvent> snapshot() {
    List<LedgerEvent> events = new ArrayList<>();
    events.add(new LedgerEvent.Moved(base));
    long from = base;
    while (from < next) {
      long popTime = popTimes[at(from)];
      long visibleAgain = visibleAgain(from);
      long[] offsets = new long[out];
      int count = 0;
      long to = from;
      for (; to < next; to++) {
        if (popTimes[at(to)] == DONE) {
          continue;
        }
        if (count > 0 && (popTimes[at(to)] != popTime || visibleAgain(to) != visibleAgain)) {
          break;
        }
        popTime = popTimes[at(to)];
        visibleAgain = visibleAgain(to);
        offsets[count++] = to;
      }
      events.add(
          new LedgerEvent.HandedOut(
              from, to, popTime, visibleAgain - popTime, Arrays.copyOf(offsets, count)));
      from = to;
    }
    return events;
  }

  /** What is being copied counts as ended: whoever reads a snapshot copies it again. */
  private long visibleAgain(long offset) {
    long visible = visibleAt[at(offset)];
    return visible == REVIVING ? popTimes[at(offset)] : visible;
  }

  private boolean isInWindow(long offset) {
    return offset >= base && offset < next;
  }

  private boolean isOut(long offset, long popTimeMs) {
    return isInWindow(offset) && popTimeMs != DONE && popTimes[at(offset)] == popTimeMs;
  }

  private boolean isReviving(long offset) {
    return isInWindow(offset) && popTimes[at(offset)] != DONE && visibleAt[at(offset)] == REVIVING;
  }

  private int at(long offset) {
    return (int) offset & popTimes.length - 1;
  }

  private void lease(long offset, long popTimeMs, long visibleAgainMs) {
    int at = at(offset);
    if (popTimes[at] == DONE) {
      out++;
    }
    popTimes[at] = popTimeMs;
    visibleAt[at] = visibleAgainMs;
    earliest = Math.min(earliest, visibleAgainMs);
  }

  private void done(long offset) {
    popTimes[at(offset)] = DONE;
    out--;
  }

  private void advance() {
    if (out == 0) {
      base = next;
      release();
      return;
    }
    while (popTimes[at(base)] == DONE) {
      base++;
    }
  }

  private void release() {
    popTimes = NONE;
    visibleAt = NONE;
    earliest = Long.MAX_VALUE;
  }

  /** Makes room for the window up to an offset (exclusive). What is new counts as done. */
  private void reserve(long to) {
    long wanted = to - base;
    if (wanted <= popTimes.length) {
      return;
    }
    if (wanted > 1 << 30) {
      throw new IllegalStateException("a window of " + wanted + " messages");
    }
    int capacity = Math.max(FIRST_CAPACITY, Integer.highestOneBit((int) wanted - 1) << 1);
    long[] oldPopTimes = popTimes;
    long[] oldVisibleAt = visibleAt;
    popTimes = new long[capacity];
    visibleAt = new long[capacity];
    for (long offset = base; offset < next; offset++) {
      int from = (int) offset & oldPopTimes.length - 1;
      popTimes[at(offset)] = oldPopTimes[from];
      visibleAt[at(offset)] = oldVisibleAt[from];
    }
  }
}
