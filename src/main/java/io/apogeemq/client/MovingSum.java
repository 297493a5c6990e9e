package io.apogeemq.client;

/**
 * A sum over the last while, in a fixed number of slots that are used in turn. What it says is of whole
 * slots: with 6 slots of 10 s, of the last 50 to 60 seconds. Not safe for more than one thread.
 */
final class MovingSum {
  private final long slotMs;
  private final long[] slots;

  /** Number of the newest slot, counted from the start of time. */
  private long newest;

  MovingSum(int slots, long slotMs) {
    this.slots = new long[slots];
    this.slotMs = slotMs;
  }

  /**
   * @param nowMs of a clock that never goes back
   */
  void add(long value, long nowMs) {
    advance(nowMs);
    slots[slot(newest)] += value;
  }

  long sum(long nowMs) {
    advance(nowMs);
    long sum = 0;
    for (long each : slots) {
      sum += each;
    }
    return sum;
  }

  private void advance(long nowMs) {
    long now = Math.floorDiv(nowMs, slotMs);
    for (long fresh = Math.max(newest + 1, now - slots.length + 1); fresh <= now; fresh++) {
      slots[slot(fresh)] = 0;
    }
    newest = Math.max(newest, now);
  }

  private int slot(long number) {
    return Math.floorMod(number, slots.length);
  }
}
