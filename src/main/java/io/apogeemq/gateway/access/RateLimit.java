package io.apogeemq.gateway.access;

import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How many requests somebody may send: so many per second, and as many at once after a rest (a token
 * bucket). One for all event loops; safe for any thread.
 *
 * <p>Whoever has rested so long that his bucket is full is forgotten, so that only those who sent within
 * the last two seconds are in memory, and 10,000 others.
 */
public final class RateLimit {
  private static final long SECOND_NS = 1_000_000_000L;

  /** Buckets above which full ones are looked for, once a second. */
  private static final int SWEEP_FROM = 10_000;

  private final int perSecond;
  private final LongSupplier clockNs;
  private final AtomicLong sweptNs;
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
    sweptNs = new AtomicLong(clockNs.getAsLong());
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
    sweep(nowNs);
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

  /** Looks at all of them, and so not at each request: many addresses would cost the square of it. */
  private void sweep(long nowNs) {
    long lastNs = sweptNs.get();
    if (nowNs - lastNs >= SECOND_NS
        && buckets.size() > SWEEP_FROM
        && sweptNs.compareAndSet(lastNs, nowNs)) {
      buckets.values().removeIf(each -> filled(each, nowNs) >= perSecond);
    }
  }

  /** How many are remembered, some perhaps full. */
  int size() {
    return buckets.size();
  }

  private double filled(Bucket bucket, long nowNs) {
    return Math.min(
        perSecond, bucket.left() + (nowNs - bucket.atNs()) * (double) perSecond / SECOND_NS);
  }
}
