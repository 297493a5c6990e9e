package io.apogeemq.broker.send;

import io.apogeemq.remoting.Liveness;
import java.util.Arrays;

/**
 * One shard of the {@link RetryWindow}: the latest sends in a ring whose oldest entry is overwritten.
 * Entries have consecutive numbers, which may overflow; an entry's slot is its number modulo the
 * capacity, a power of two.
 *
 * <p>An entry is found by a chain per hash bucket that leads from newer entries to older ones and ends
 * where the ring was overwritten, so nothing is ever taken out of a chain. The words of an entry lie side
 * by side: what an operation costs is how many places of the memory it touches.
 *
 * <p>Guarded by whoever holds its lock. Nothing but growing allocates.
 */
final class RetryRing {
  /** What is found if there is nothing. */
  static final int NOWHERE = -1;

  static final int IN_FLIGHT = 0;
  static final int ANSWERED = 1;
  static final int UNHEARD = 2;
  static final int NOT_STORED = 3;

  private static final int FIRST_CAPACITY = 64;
  private static final int STATE_BITS = 2;

  // The words of an entry.
  private static final int WORDS = 5;
  private static final int FINGERPRINT = 0;

  /** Upper half: the next older entry of the same bucket. Lower half: queue id. */
  private static final int LINK = 1;

  /** When it came, monotonic ms, above the state. */
  private static final int TIME = 2;

  private static final int POSITION = 3;
  private static final int OFFSET = 4;

  private final RetryWindow.Settings settings;
  private final int limit;
  private int capacity;
  private int count;
  private int next = 1;
  private long[] words = {};
  private Liveness[] connections = {};

  /** By hash bucket: its newest entry; 0 or one that was overwritten: none. Twice as many as slots. */
  private int[] newest = {};

  /**
   * @param limit largest number of entries, a power of two
   */
  RetryRing(RetryWindow.Settings settings, int limit) {
    this.settings = settings;
    this.limit = limit;
  }

  /** The slot of an entry, {@link #NOWHERE} if it was overwritten. */
  int slotOf(int entry) {
    return Integer.compareUnsigned(next - 1 - entry, count) < 0 ? entry & capacity - 1 : NOWHERE;
  }

  /** The slot of a fingerprint's newest entry, {@link #NOWHERE} if there is none. */
  int find(long fingerprint) {
    if (count == 0) {
      return NOWHERE;
    }
    int slot = slotOf(newest[bucketOf(fingerprint)]);
    while (slot != NOWHERE && words[slot * WORDS + FINGERPRINT] != fingerprint) {
      slot = slotOf((int) (words[slot * WORDS + LINK] >>> Integer.SIZE));
    }
    return slot;
  }

  /** The number of the entry in a slot. */
  int entryAt(int slot) {
    return next - 1 - (next - 1 - slot & capacity - 1);
  }

  /**
   * Whether the answer to an entry may have gone unheard by who sends it again now over a connection
   * ({@link RetryWindow} says when).
   */
  boolean mayBeUnheard(int slot, long nowMs, Liveness from) {
    long ageMs = nowMs - receivedMs(slot);
    if (ageMs > settings.windowMs()) {
      return false;
    }
    Liveness first = connections[slot];
    return switch (stateOf(slot)) {
      case IN_FLIGHT -> first != from || !first.isOpen() || ageMs > settings.lateMs();
      case ANSWERED -> !first.isOpen();
      case UNHEARD -> true;
      default -> false;
    };
  }

  /** Adds an entry in flight; returns its number. */
  int add(long fingerprint, long nowMs, Liveness from) {
    if (count == capacity && capacity < limit && (count == 0 || oldestCounts(nowMs))) {
      grow(capacity == 0 ? Math.min(limit, FIRST_CAPACITY) : 2 * capacity);
    }
    int entry = next;
    int slot = entry & capacity - 1;
    words[slot * WORDS + FINGERPRINT] = fingerprint;
    receivedBy(slot, from, nowMs, IN_FLIGHT);
    link(entry, slot);
    next++;
    count = Math.min(capacity, count + 1);
    return entry;
  }

  private boolean oldestCounts(long nowMs) {
    return nowMs - receivedMs(next - count & capacity - 1) <= settings.windowMs();
  }

  private void link(int entry, int slot) {
    int bucket = bucketOf(words[slot * WORDS + FINGERPRINT]);
    setLink(slot, (long) newest[bucket] << Integer.SIZE, (int) words[slot * WORDS + LINK]);
    newest[bucket] = entry;
  }

  private int bucketOf(long fingerprint) {
    return (int) fingerprint & newest.length - 1;
  }

  private void setLink(int slot, long upper, int queueId) {
    words[slot * WORDS + LINK] = upper & ~0xFFFFFFFFL | queueId & 0xFFFFFFFFL;
  }

  private long receivedMs(int slot) {
    return words[slot * WORDS + TIME] >> STATE_BITS;
  }

  int stateOf(int slot) {
    return (int) words[slot * WORDS + TIME] & (1 << STATE_BITS) - 1;
  }

  /** True if its answer was given in time on a connection that is still open. */
  boolean wasHeard(int slot) {
    return stateOf(slot) == ANSWERED && connections[slot].isOpen();
  }

  RetryWindow.Place placeOf(int slot) {
    int at = slot * WORDS;
    return new RetryWindow.Place(words[at + POSITION], words[at + OFFSET], (int) words[at + LINK]);
  }

  /** It came, perhaps once more, over a connection. */
  void receivedBy(int slot, Liveness from, long receivedMs, int state) {
    connections[slot] = from;
    words[slot * WORDS + TIME] = receivedMs << STATE_BITS | state;
  }

  void place(int slot, long logPosition, long queueOffset, int queueId) {
    int at = slot * WORDS;
    words[at + POSITION] = logPosition;
    words[at + OFFSET] = queueOffset;
    setLink(slot, words[at + LINK], queueId);
  }

  /** It is being answered; {@code well}: with success. */
  void answered(int slot, long nowMs, boolean well) {
    long receivedMs = receivedMs(slot);
    boolean inTime = well && nowMs - receivedMs <= settings.lateMs();
    state(slot, inTime ? ANSWERED : UNHEARD);
  }

  void state(int slot, int state) {
    words[slot * WORDS + TIME] = receivedMs(slot) << STATE_BITS | state;
  }

  /** To twice the capacity: an entry keeps its slot, or goes as far behind it as there were slots. */
  private void grow(int larger) {
    int before = capacity;
    words = Arrays.copyOf(words, larger * WORDS);
    connections = Arrays.copyOf(connections, larger);
    newest = new int[2 * larger];
    capacity = larger;
    for (int entry = next - count; entry != next; entry++) {
      int slot = entry & larger - 1;
      if (slot >= before) {
        System.arraycopy(words, (slot - before) * WORDS, words, slot * WORDS, WORDS);
        connections[slot] = connections[slot - before];
      }
      link(entry, slot);
    }
  }
}
