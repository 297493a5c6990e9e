package io.apogeemq.broker.transaction;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The half messages whose transactions are open, found by their offset in the half queue. Each has a
 * slot, a small number that stays the same until it is removed and is used again afterwards.
 *
 * <pre>
 * OPEN --END(commit|rollback), given up, rolled forward--> ENDING --appended--> removed (or OPEN again at
 *                                                          ENDING --refused--> OPEN          a new place)
 * </pre>
 *
 * <p>While a half message is ENDING, records that close it are on their way into the log; nothing else
 * may be begun for it then. That is what ends each transaction once.
 *
 * <p>Memory: 46 bytes a slot, and 8 more for the {@link DueWheel}; the arrays grow by doubling.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class OpenHalves {
  private static final int NONE = -1;
  private static final int FIRST_SLOTS = 1024;

  /** Its producers were asked and have not answered yet. */
  private static final byte ASKED = 1;

  private static final byte ENDING = 2;

  private long[] queueOffset = new long[FIRST_SLOTS];
  private long[] logPosition = new long[FIRST_SLOTS];
  private int[] group = new int[FIRST_SLOTS];
  private int[] checks = new int[FIRST_SLOTS];
  private int[] key = new int[FIRST_SLOTS];
  private byte[] state = new byte[FIRST_SLOTS];

  /** Chains of the hash table; of free slots, the list of them. */
  private int[] chain = new int[FIRST_SLOTS];

  private int[] heads = new int[FIRST_SLOTS];
  private int firstFree;
  private volatile int size;

  OpenHalves() {
    Arrays.fill(heads, NONE);
    freeFrom(0);
  }

  /** How many are open. Any thread. */
  int size() {
    return size;
  }

  /** All slots are below this. */
  int slots() {
    return queueOffset.length;
  }

  /** The slot of an offset, -1 if none is open there. */
  int find(long offset) {
    int slot = heads[bucket(offset)];
    while (slot != NONE && queueOffset[slot] != offset) {
      slot = chain[slot];
    }
    return slot;
  }

  /**
   * Takes in a half message that is not there yet.
   *
   * @param groupNumber from {@link Groups}
   * @param idKey {@link Half#key}
   */
  int add(long offset, long position, int groupNumber, int checkTimes, int idKey) {
    assert find(offset) == NONE : offset + " is open already";
    if (firstFree == NONE) {
      grow();
    }
    int slot = firstFree;
    firstFree = chain[slot];
    queueOffset[slot] = offset;
    logPosition[slot] = position;
    group[slot] = groupNumber;
    checks[slot] = checkTimes;
    key[slot] = idKey;
    state[slot] = 0;
    link(slot);
    size = size + 1;
    return slot;
  }

  void remove(int slot) {
    unlink(slot);
    queueOffset[slot] = NONE;
    chain[slot] = firstFree;
    firstFree = slot;
    size = size - 1;
  }

  /** It lies elsewhere from now on: it was put into the log once more. */
  void move(int slot, long newOffset, long newPosition) {
    unlink(slot);
    queueOffset[slot] = newOffset;
    logPosition[slot] = newPosition;
    link(slot);
  }

  /** Gives every slot in use; the table must not change meanwhile. */
  void each(IntConsumer then) {
    for (int slot = 0; slot < queueOffset.length; slot++) {
      if (queueOffset[slot] != NONE) {
        then.accept(slot);
      }
    }
  }

  /** The lowest offset that is open, or {@code none} if none is. Looks at every slot. */
  long lowest(long none) {
    long lowest = none;
    for (long each : queueOffset) {
      if (each != NONE && each < lowest) {
        lowest = each;
      }
    }
    return lowest;
  }

  boolean isUsed(int slot) {
    return slot < queueOffset.length && queueOffset[slot] != NONE;
  }

  long queueOffset(int slot) {
    return queueOffset[slot];
  }

  long logPosition(int slot) {
    return logPosition[slot];
  }

  int group(int slot) {
    return group[slot];
  }

  int checks(int slot) {
    return checks[slot];
  }

  void checks(int slot, int times) {
    checks[slot] = times;
  }

  /** {@link Half#key}. */
  int key(int slot) {
    return key[slot];
  }

  boolean isEnding(int slot) {
    return (state[slot] & ENDING) != 0;
  }

  void ending(int slot, boolean is) {
    state[slot] = (byte) (is ? state[slot] | ENDING : state[slot] & ~ENDING);
  }

  boolean isAsked(int slot) {
    return (state[slot] & ASKED) != 0;
  }

  void asked(int slot, boolean is) {
    state[slot] = (byte) (is ? state[slot] | ASKED : state[slot] & ~ASKED);
  }

  /** Offsets are dense, so their low bits spread as well as any hash. */
  private int bucket(long offset) {
    return (int) offset & heads.length - 1;
  }

  private void link(int slot) {
    int bucket = bucket(queueOffset[slot]);
    chain[slot] = heads[bucket];
    heads[bucket] = slot;
  }

  private void unlink(int slot) {
    int bucket = bucket(queueOffset[slot]);
    if (heads[bucket] == slot) {
      heads[bucket] = chain[slot];
      return;
    }
    int before = heads[bucket];
    while (chain[before] != slot) {
      before = chain[before];
    }
    chain[before] = chain[slot];
  }

  private void grow() {
    int slots = queueOffset.length;
    int more = slots * 2;
    queueOffset = Arrays.copyOf(queueOffset, more);
    logPosition = Arrays.copyOf(logPosition, more);
    group = Arrays.copyOf(group, more);
    checks = Arrays.copyOf(checks, more);
    key = Arrays.copyOf(key, more);
    state = Arrays.copyOf(state, more);
    chain = Arrays.copyOf(chain, more);
    heads = new int[more];
    Arrays.fill(heads, NONE);
    for (int slot = 0; slot < slots; slot++) {
      link(slot);
    }
    freeFrom(slots);
  }

  private void freeFrom(int first) {
    for (int slot = first; slot < queueOffset.length; slot++) {
      queueOffset[slot] = NONE;
      chain[slot] = slot + 1 < queueOffset.length ? slot + 1 : NONE;
    }
    firstFree = first;
  }
}
