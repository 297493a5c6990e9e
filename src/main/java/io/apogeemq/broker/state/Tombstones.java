package io.apogeemq.broker.state;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Names that were deleted lately. Clients that still run would bring them back by their next send or
 * heartbeat; for a set time only people can. Any thread. Bounded: of more than {@link #MAX} names that
 * are deleted within the time, the later ones are not held.
 */
public final class Tombstones {
  static final int MAX = 10_000;

  private final ConcurrentHashMap<String, Long> deletedAtMs = new ConcurrentHashMap<>();
  private final long holdMs;
  private final LongSupplier clockMs;

  /** {@code holdMs}: the key {@code deletedNameHoldMs}; 0: names are free at once. */
  public Tombstones(long holdMs, LongSupplier clockMs) {
    this.holdMs = holdMs;
    this.clockMs = clockMs;
  }

  /** A name was deleted. */
  public void set(String name) {
    long now = clockMs.getAsLong();
    deletedAtMs.values().removeIf(at -> now - at >= holdMs);
    if (holdMs > 0 && deletedAtMs.size() < MAX) {
      deletedAtMs.put(name, now);
    }
  }

  /** People use the name again. */
  public void lift(String name) {
    deletedAtMs.remove(name);
  }

  /** For how many ms the name is still held, 0 if it is free. */
  public long heldMs(String name) {
    Long at = deletedAtMs.get(name);
    return at == null ? 0 : Math.max(0, at + holdMs - clockMs.getAsLong());
  }

  /** What people are told of a name that is held, as the end of a sentence. */
  public String words(String name) {
    return "it was deleted a moment ago, and for "
        + (heldMs(name) + 999) / 1000
        + " s only people create it again (deletedNameHoldMs)";
  }
}
