package io.apogeemq.broker.send;

import io.apogeemq.remoting.Liveness;
import io.apogeemq.store.Completions;
import java.util.ArrayList;
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
 * <p>One for all event loops. Shards by fingerprint, each with a short lock and a {@link RetryRing};
 * the oldest entry is overwritten. Entering and settling allocate nothing. The rings grow as sends come,
 * to about 60 bytes per message of the bound.
 */
public final class RetryWindow {
  /** The ticket of a send that is not watched. */
  static final long NOT_WATCHED = Long.MIN_VALUE;

  private static final int SHARD_BITS = 4;
  private static final int SHARDS = 1 << SHARD_BITS;

  /** Retries of one shard that may wait for first tries; more are turned away. */
  private static final int MAX_WAITING = 1024;

  private static final Liveness ENDED = new Liveness();

  static {
    ENDED.ended();
  }

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
    int number = shardOf(fingerprint);
    RetryRing ring = shards[number].ring;
    int entry;
    synchronized (shards[number]) {
      int first = ring.find(fingerprint);
      if (first != RetryRing.NOWHERE && ring.mayBeUnheard(first, nowMs, from)) {
        return ~ticket(number, ring.entryAt(first));
      }
      entry = ring.add(fingerprint, nowMs, from);
    }
    return ticket(number, entry);
  }

  /** The send is in the log and is being answered now; {@code well}: with success. */
  void stored(
      long ticket, long logPosition, long queueOffset, int queueId, long nowMs, boolean well) {
    List<Waiter> waiters;
    Shard shard = shards[(int) (ticket >>> Integer.SIZE)];
    synchronized (shard) {
      int slot = shard.ring.slotOf((int) ticket);
      if (slot != RetryRing.NOWHERE) {
        shard.ring.place(slot, logPosition, queueOffset, queueId);
        shard.ring.answered(slot, nowMs, well);
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
      int slot = shard.ring.slotOf((int) ticket);
      if (slot != RetryRing.NOWHERE) {
        shard.ring.state(slot, RetryRing.NOT_STORED);
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
      int slot = shard.ring.slotOf((int) ticket);
      int state = slot == RetryRing.NOWHERE ? RetryRing.NOT_STORED : shard.ring.stateOf(slot);
      if (state == RetryRing.IN_FLIGHT) {
        return shard.await((int) ticket, new Waiter(back, then));
      }
      if (state != RetryRing.NOT_STORED) {
        place = shard.ring.placeOf(slot);
      }
    }
    then.accept(place);
    return true;
  }

  /** A retry is being answered with its first try's result: that answer may be heard. */
  void answeredRetry(long ticket, Liveness from, long receivedMs, long nowMs, boolean well) {
    Shard shard = shards[(int) (ticket >>> Integer.SIZE)];
    synchronized (shard) {
      int slot = shard.ring.slotOf((int) ticket);
      if (slot != RetryRing.NOWHERE && !shard.ring.wasHeard(slot)) {
        shard.ring.receivedBy(slot, from, receivedMs, RetryRing.UNHEARD);
        shard.ring.answered(slot, nowMs, well);
      }
    }
  }

  /** A message was found in the log at the start; nobody knows whether its answer was heard. */
  void recovered(
      long fingerprint, long receivedMs, long logPosition, long queueOffset, int queueId) {
    Shard shard = shards[shardOf(fingerprint)];
    synchronized (shard) {
      int slot = shard.ring.slotOf(shard.ring.add(fingerprint, receivedMs, ENDED));
      shard.ring.place(slot, logPosition, queueOffset, queueId);
      shard.ring.state(slot, RetryRing.UNHEARD);
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

  /** A ring, and the retries that wait for first tries in it. Guarded by itself. */
  private static final class Shard {
    private final RetryRing ring;
    private final Map<Integer, List<Waiter>> waiting = new HashMap<>();
    private int waiters;

    Shard(Settings settings, int limit) {
      ring = new RetryRing(settings, limit);
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
