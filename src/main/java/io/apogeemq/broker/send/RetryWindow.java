package io.apogeemq.broker.send;

import io.apogeemq.remoting.Liveness;
import io.apogeemq.store.Completions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The latest sends and what became of them, so that a send that comes again because its answer may
 * have gone unheard is answered with the first result instead of being stored twice. A send is known by
 * its {@link Fingerprint}.
 *
 * <pre>
 *               +--not stored--> NOT_STORED           its retry is stored
 * IN_FLIGHT ----+--in time-----> ANSWERED             heard while its connection is open
 *               +--late, doubt-> UNHEARD <---- found in the log at a start
 * </pre>
 *
 * A send that is in flight may have gone unheard if its connection broke, if it takes longer than
 * clients wait, or if the second one came over another connection: as long as a client waits on an open
 * connection it does not try again there, so the second is another send that somebody wants.
 *
 * <p>One for all event loops. Shards by fingerprint, each with a short lock and a ring of primitive
 * arrays; the oldest entry is overwritten. An entry is found by a chain per hash bucket that leads from
 * newer entries to older ones and ends where the ring was overwritten, so nothing is ever taken out of a
 * chain. Entering and settling allocate nothing. The arrays grow as sends come, to about 60 bytes per
 * message of the bound.
 */
public final class RetryWindow {
  /** The ticket of a send that is not watched. */
  static final long NOT_WATCHED = Long.MIN_VALUE;

  private static final int SHARD_BITS = 4;
  private static final int SHARDS = 1 << SHARD_BITS;
  private static final int FIRST_CAPACITY = 64;

  /** Retries of one shard that may wait for first tries; more are turned away. */
  private static final int MAX_WAITING = 1024;

  private static final Liveness ENDED = new Liveness();

  static {
    ENDED.ended();
  }

  private static final byte IN_FLIGHT = 0;
  private static final byte ANSWERED = 1;
  private static final byte UNHEARD = 2;
  private static final byte NOT_STORED = 3;

  private final Settings settings;
  private final Shard[] shards;

  /**
   * How much is remembered and when an answer counts as unheard.
   *
   * @param messages how many sends, rounded up to a power of two; 0 turns recognition off
   * @param windowMs for how long
   * @param lateMs an answer that took longer was not waited for: what clients wait at least
   */
  public record Settings(int messages, long windowMs, long lateMs) {}

  /** Where a message was put: the first one of a batch. */
  record Place(long logPosition, long queueOffset, int queueId) {}

  private record Waiter(Completions back, Consumer<@Nullable Place> then) {}

  public RetryWindow(Settings settings) {
    this.settings = settings;
    shards = new Shard[settings.messages() == 0 ? 0 : SHARDS];
    int perShard = Math.max(1, (settings.messages() + SHARDS - 1) / SHARDS);
    int limit = perShard == 1 ? 1 : Integer.highestOneBit(perShard - 1) << 1;
    for (int i = 0; i < shards.length; i++) {
      shards[i] = new Shard(settings, limit);
    }
  }

  /** False if nothing is recognised here. */
  boolean isOn() {
    return shards.length > 0;
  }

  Settings settings() {
    return settings;
  }

  /**
   * A send has come. Watches it, unless it is a retry.
   *
   * @param nowMs monotonic, as for all other methods
   * @param from the connection that it came on
   * @return its ticket, not negative: store it and tell {@link #stored} or {@link #notStored}. Or the
   *     complement ({@code ~}) of its first try's ticket: ask {@link #outcome}, and don't store it.
   */
  long enter(long fingerprint, long nowMs, Liveness from) {
    int shard = shardOf(fingerprint);
    int entry;
    synchronized (shards[shard]) {
      long first = shards[shard].findUnheard(fingerprint, nowMs, from);
      if (first != Shard.NOBODY) {
        return ~ticket(shard, (int) first);
      }
      entry = shards[shard].add(fingerprint, nowMs, from);
    }
    return ticket(shard, entry);
  }

  /** The send is in the log and is being answered now; {@code well}: with success. */
  void stored(
      long ticket, long logPosition, long queueOffset, int queueId, long nowMs, boolean well) {
    List<Waiter> waiters;
    Shard shard = shards[(int) (ticket >>> Integer.SIZE)];
    synchronized (shard) {
      int slot = shard.slotOf((int) ticket);
      if (slot >= 0) {
        byte state = shard.stateOfAnswer(slot, nowMs, well);
        shard.put(slot, logPosition, queueOffset, queueId, state);
      }
      waiters = shard.takeWaiters((int) ticket);
    }
    if (waiters != null) {
      tell(waiters, new Place(logPosition, queueOffset, queueId));
    }
  }

  /** The send was refused: its retry is a first try. */
  void notStored(long ticket) {
    List<Waiter> waiters;
    Shard shard = shards[(int) (ticket >>> Integer.SIZE)];
    synchronized (shard) {
      int slot = shard.slotOf((int) ticket);
      if (slot >= 0) {
        shard.states[slot] = NOT_STORED;
      }
      waiters = shard.takeWaiters((int) ticket);
    }
    if (waiters != null) {
      tell(waiters, null);
    }
  }

  /**
   * What became of a first try; waits while it is in flight.
   *
   * @param then told where it was put, or null if it was not stored or is no longer remembered: the
   *     retry is to be entered anew. Runs at once, or on {@code back}.
   * @return false if too many wait already; {@code then} is not told
   */
  boolean outcome(long ticket, Completions back, Consumer<@Nullable Place> then) {
    Place place = null;
    Shard shard = shards[(int) (ticket >>> Integer.SIZE)];
    synchronized (shard) {
      int slot = shard.slotOf((int) ticket);
      if (slot >= 0 && shard.states[slot] == IN_FLIGHT) {
        return shard.await((int) ticket, new Waiter(back, then));
      }
      if (slot >= 0 && shard.states[slot] != NOT_STORED) {
        place = new Place(shard.positions[slot], shard.queueOffsets[slot], shard.queueIds[slot]);
      }
    }
    then.accept(place);
    return true;
  }

  /** A retry is being answered with its first try's result: that answer may be heard. */
  void answeredRetry(long ticket, Liveness from, long receivedMs, long nowMs, boolean well) {
    Shard shard = shards[(int) (ticket >>> Integer.SIZE)];
    synchronized (shard) {
      int slot = shard.slotOf((int) ticket);
      boolean heard =
          slot >= 0 && shard.states[slot] == ANSWERED && shard.connections[slot].isOpen();
      if (slot >= 0 && !heard) {
        shard.connections[slot] = from;
        shard.receivedMs[slot] = receivedMs;
        shard.states[slot] = shard.stateOfAnswer(slot, nowMs, well);
      }
    }
  }

  /** A message was found in the log at the start; nobody knows whether its answer was heard. */
  void recovered(
      long fingerprint, long receivedMs, long logPosition, long queueOffset, int queueId) {
    Shard shard = shards[shardOf(fingerprint)];
    synchronized (shard) {
      int slot = shard.slotOf(shard.add(fingerprint, receivedMs, ENDED));
      shard.put(slot, logPosition, queueOffset, queueId, UNHEARD);
    }
  }

  private static int shardOf(long fingerprint) {
    return (int) (fingerprint >>> Long.SIZE - SHARD_BITS);
  }

  private static long ticket(int shard, int entry) {
    return (long) shard << Integer.SIZE | entry & 0xFFFFFFFFL;
  }

  private static void tell(List<Waiter> waiters, @Nullable Place place) {
    for (Waiter each : waiters) {
      each.back.add(() -> each.then.accept(place));
      each.back.wake();
    }
  }

  /**
   * One ring. Entries have consecutive numbers that may overflow; an entry's slot is its number modulo
   * the capacity. Guarded by itself.
   */
  private static final class Shard {
    /** What is found if there is nothing. */
    static final long NOBODY = -1;

    private final Settings settings;
    private final int limit;
    private int capacity;
    private int count;
    private int next = 1;

    /** By hash bucket: its newest entry; 0 or one that was overwritten: none. Twice as many as slots. */
    private int[] newest = {};

    /**
     * By slot: the next older entry of the same bucket, and below it the upper half of the fingerprint.
     * Together, because a step of a chain costs what it touches: most entries are told apart by this.
     */
    private long[] links = {};

    private long[] fingerprints = {};
    private long[] receivedMs = {};
    private long[] positions = {};
    private long[] queueOffsets = {};
    private int[] queueIds = {};
    private byte[] states = {};
    private Liveness[] connections = {};
    private final Map<Integer, List<Waiter>> waiting = new HashMap<>();
    private int waiters;

    Shard(Settings settings, int limit) {
      this.settings = settings;
      this.limit = limit;
    }

    /** The slot of an entry, -1 if it was overwritten. */
    int slotOf(int entry) {
      return Integer.compareUnsigned(next - 1 - entry, count) < 0 ? entry & capacity - 1 : -1;
    }

    /** The newest entry of a fingerprint if it may have gone unheard, else {@link #NOBODY}. */
    long findUnheard(long fingerprint, long nowMs, Liveness from) {
      if (count == 0) {
        return NOBODY;
      }
      int entry = newest[(int) fingerprint & newest.length - 1];
      for (int slot = slotOf(entry); slot >= 0; slot = slotOf(entry)) {
        long link = links[slot];
        if ((int) link == upperHalf(fingerprint) && fingerprints[slot] == fingerprint) {
          return mayBeUnheard(slot, nowMs, from) ? entry & 0xFFFFFFFFL : NOBODY;
        }
        entry = upperHalf(link);
      }
      return NOBODY;
    }

    private boolean mayBeUnheard(int slot, long nowMs, Liveness from) {
      long ageMs = nowMs - receivedMs[slot];
      if (ageMs > settings.windowMs) {
        return false;
      }
      Liveness first = connections[slot];
      return switch (states[slot]) {
        case IN_FLIGHT -> first != from || !first.isOpen() || ageMs > settings.lateMs;
        case ANSWERED -> !first.isOpen();
        case UNHEARD -> true;
        default -> false;
      };
    }

    byte stateOfAnswer(int slot, long nowMs, boolean well) {
      return well && nowMs - receivedMs[slot] <= settings.lateMs ? ANSWERED : UNHEARD;
    }

    /** Adds an entry in flight; returns its number. */
    int add(long fingerprint, long nowMs, Liveness from) {
      if (count == capacity && capacity < limit) {
        boolean oldestCounts =
            count == 0 || nowMs - receivedMs[next - count & capacity - 1] <= settings.windowMs;
        if (oldestCounts) {
          grow(capacity == 0 ? Math.min(limit, FIRST_CAPACITY) : 2 * capacity);
        }
      }
      int entry = next;
      int slot = entry & capacity - 1;
      fingerprints[slot] = fingerprint;
      receivedMs[slot] = nowMs;
      connections[slot] = from;
      states[slot] = IN_FLIGHT;
      link(entry, slot);
      next++;
      count = Math.min(capacity, count + 1);
      return entry;
    }

    void put(int slot, long logPosition, long queueOffset, int queueId, byte state) {
      positions[slot] = logPosition;
      queueOffsets[slot] = queueOffset;
      queueIds[slot] = queueId;
      states[slot] = state;
    }

    private void link(int entry, int slot) {
      long fingerprint = fingerprints[slot];
      int bucket = (int) fingerprint & newest.length - 1;
      links[slot] = (long) newest[bucket] << Integer.SIZE | fingerprint >>> Integer.SIZE;
      newest[bucket] = entry;
    }

    private static int upperHalf(long word) {
      return (int) (word >>> Integer.SIZE);
    }

    /** To twice the capacity: an entry keeps its slot, or goes as far behind it as there were slots. */
    private void grow(int larger) {
      fingerprints = Arrays.copyOf(fingerprints, larger);
      receivedMs = Arrays.copyOf(receivedMs, larger);
      positions = Arrays.copyOf(positions, larger);
      queueOffsets = Arrays.copyOf(queueOffsets, larger);
      queueIds = Arrays.copyOf(queueIds, larger);
      states = Arrays.copyOf(states, larger);
      connections = Arrays.copyOf(connections, larger);
      newest = new int[2 * larger];
      links = new long[larger];
      int before = capacity;
      capacity = larger;
      for (int entry = next - count; entry != next; entry++) {
        int slot = entry & larger - 1;
        if (slot >= before) {
          move(slot - before, slot);
        }
        link(entry, slot);
      }
    }

    private void move(int from, int to) {
      fingerprints[to] = fingerprints[from];
      receivedMs[to] = receivedMs[from];
      positions[to] = positions[from];
      queueOffsets[to] = queueOffsets[from];
      queueIds[to] = queueIds[from];
      states[to] = states[from];
      connections[to] = connections[from];
    }

    boolean await(int entry, Waiter waiter) {
      if (waiters >= MAX_WAITING) {
        return false;
      }
      waiters++;
      waiting.computeIfAbsent(entry, first -> new ArrayList<>()).add(waiter);
      return true;
    }

    @Nullable List<Waiter> takeWaiters(int entry) {
      if (waiters == 0) {
        return null;
      }
      List<Waiter> taken = waiting.remove(entry);
      waiters -= taken == null ? 0 : taken.size();
      return taken;
    }
  }
}
