package io.apogeemq.broker.transaction;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.Arrays;

/**
 * Which slot is due when: a wheel of lists, one per tick, and a list of those that are due and wait to
 * be taken, in the order in which they became due. Adding and removing cost the same however many there
 * are; what is further away than one turn of the wheel is passed over until its turn comes.
 *
 * <p>Times in ms of any clock that doesn't go back.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class DueWheel {
  static final long TICK_MS = 100;

  private static final int NONE = -1;
  private static final int BUCKETS = 1024;
  private static final int READY = BUCKETS;

  private final long startMs;
  private final int[] first = new int[BUCKETS + 1];
  private final int[] last = new int[BUCKETS + 1];
  private int[] next = new int[0];
  private int[] before = new int[0];

  /** The tick at which a slot is due; {@link #NONE} for one that is in no list. */
  private int[] due = new int[0];

  private boolean[] ready = new boolean[0];
  private int tick;

  DueWheel(long nowMs) {
    startMs = nowMs;
    Arrays.fill(first, NONE);
    Arrays.fill(last, NONE);
  }

  /** Puts a slot in; one that is in already changes its time. */
  void add(int slot, long dueMs) {
    if (slot >= due.length) {
      grow(slot + 1);
    }
    remove(slot);
    long ticks = (dueMs - startMs + TICK_MS - 1) / TICK_MS;
    due[slot] = (int) Math.min(Math.max(ticks, tick + 1L), Integer.MAX_VALUE);
    link(slot, due[slot] % BUCKETS);
  }

  /** Takes a slot out, if it is in. */
  void remove(int slot) {
    if (slot >= due.length || due[slot] == NONE) {
      return;
    }
    unlink(slot, ready[slot] ? READY : due[slot] % BUCKETS);
    due[slot] = NONE;
    ready[slot] = false;
  }

  /** When a slot is due, ms. It must be in. */
  long dueMs(int slot) {
    return startMs + due[slot] * TICK_MS;
  }

  /** Moves what has become due to those that wait. */
  void advance(long nowMs) {
    int now = (int) Math.min((nowMs - startMs) / TICK_MS, Integer.MAX_VALUE - 1);
    // After a long pause every list is looked at once, not once per tick.
    int from = Math.max(tick + 1, now - BUCKETS + 1);
    tick = Math.max(tick, now);
    for (int each = from; each <= now; each++) {
      int bucket = each % BUCKETS;
      for (int slot = first[bucket], following; slot != NONE; slot = following) {
        following = next[slot];
        if (due[slot] <= now) {
          unlink(slot, bucket);
          ready[slot] = true;
          link(slot, READY);
        }
      }
    }
  }

  /** Takes the next one that is due, -1 if none is. */
  int poll() {
    int slot = first[READY];
    if (slot != NONE) {
      remove(slot);
    }
    return slot;
  }

  private void link(int slot, int list) {
    next[slot] = NONE;
    before[slot] = last[list];
    if (last[list] == NONE) {
      first[list] = slot;
    } else {
      next[last[list]] = slot;
    }
    last[list] = slot;
  }

  private void unlink(int slot, int list) {
    if (before[slot] == NONE) {
      first[list] = next[slot];
    } else {
      next[before[slot]] = next[slot];
    }
    if (next[slot] == NONE) {
      last[list] = before[slot];
    } else {
      before[next[slot]] = before[slot];
    }
  }

  private void grow(int slots) {
    int old = due.length;
    int more = Math.max(slots, old * 2);
    next = Arrays.copyOf(next, more);
    before = Arrays.copyOf(before, more);
    due = Arrays.copyOf(due, more);
    ready = Arrays.copyOf(ready, more);
    Arrays.fill(due, old, more, NONE);
  }
}
