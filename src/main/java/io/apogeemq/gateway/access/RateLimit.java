package io.apogeemq.gateway.access;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How many requests somebody may send: so many per second, and as many at once after a rest (a token
 * bucket). One for all event loops; safe for any thread.
 *
 * <p>Whoever has rested so long that his bucket is full is forgotten, so that only those who sent within
 * the last second are in memory.
 */
public final class RateLimit {
  private static final long SECOND_NS = 1_000_000_000L;

  /** Buckets above which full ones are looked for. */
  private static final int SWEEP_FROM = 10_000;

  private final int perSecond;
  private final LongSupplier clockNs;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

  /** What is left, as the time at which it was last known. */
  private record Bucket(double left, long atNs) {}

  /**
   * @param perSecond 0: no limit
   * @param clockNs never jumps
   */
  public RateLimit(int perSecond, LongSupplier clockNs) {
    this.perSecond = perSecond;
    this.clockNs = clockNs;
  }

  /** Whether there is a limit. */
  public boolean isSet() {
    return perSecond > 0;
  }

  /** Takes one request of this account or address; fails with a problem (429) if it has none left. */
  public void admit(String who) {
    if (!isSet()) {
      return;
    }
    long nowNs = clockNs.getAsLong();
    if (buckets.size() > SWEEP_FROM) {
      buckets.values().removeIf(each -> filled(each, nowNs) >= perSecond);
    }
    boolean[] admitted = new boolean[1];
    buckets.compute(
        who,
        (key, before) -> {
          double left = before == null ? perSecond : filled(before, nowNs);
          admitted[0] = left >= 1;
          return new Bucket(admitted[0] ? left - 1 : left, nowNs);
        });
    if (!admitted[0]) {
      throw new Problem(
              ProblemKind.TOO_MANY_REQUESTS,
              who + " sends more than " + perSecond + " requests per second.")
          .with("limitPerSecond", perSecond);
    }
  }

  private double filled(Bucket bucket, long nowNs) {
    return Math.min(
        perSecond, bucket.left() + (nowNs - bucket.atNs()) * (double) perSecond / SECOND_NS);
  }
}
