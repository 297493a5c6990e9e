package io.apogeemq.broker.stats;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long something took, over and over. Safe to use from any thread; a record costs an uncontended
 * addition and a comparison. Percentiles are those of the last seconds, so that one bad moment of last
 * week does not stand there for ever; the longest is since the start.
 *
 * <p>Times fall into buckets of about a quarter of their size: four for each power of two of
 * microseconds.
 */
public final class RecentTimes {
  private static final int STEPS_PER_POWER = 4;

  /** How many ticks percentiles look back. */
  private static final int WINDOW_TICKS = 10;

  private static final int BUCKETS = 40 * STEPS_PER_POWER;

  private final LongAdder[] buckets = new LongAdder[BUCKETS];

  /** Ends of the seconds that percentiles look back on; the newest overwrites the oldest. */
  private final long[][] ends = new long[WINDOW_TICKS][];

  private int ticks;

  private final LongAccumulator maxNanos = new LongAccumulator(Math::max, 0);

  RecentTimes() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  void took(long nanos) {
    buckets[bucket(Math.max(0, nanos / 1000))].increment();
    maxNanos.accumulate(nanos);
  }

  /** Remembers where the counts are. Once a second. */
  synchronized void tick() {
    ends[ticks % WINDOW_TICKS] = counts();
    ticks++;
  }

  private long[] counts() {
    long[] counts = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = buckets[i].sum();
    }
    return counts;
  }

  /** What was counted since the oldest tick that is remembered, or since the start. */
  private synchronized long[] recent() {
    long[] counts = counts();
    long[] before = ends[ticks % WINDOW_TICKS];
    if (before != null) {
      for (int i = 0; i < BUCKETS; i++) {
        counts[i] -= before[i];
      }
    }
    return counts;
  }

  /**
   * The time in ms that this share (0 to 1) of the times of the last seconds did not exceed, rounded up
   * to a bucket; 0 if there were none.
   */
  public double percentileMs(double share) {
    long[] counts = recent();
    long all = 0;
    for (long each : counts) {
      all += each;
    }
    long wanted = (long) Math.ceil(all * share);
    long seen = 0;
    for (int i = 0; i < BUCKETS && wanted > 0; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return upperMicros(i) / 1000.0;
      }
    }
    return 0;
  }

  /** The longest since the start. */
  public long maxMs() {
    return maxNanos.get() / 1_000_000;
  }

  private static int bucket(long micros) {
    if (micros < STEPS_PER_POWER) {
      return (int) micros;
    }
    int power = 63 - Long.numberOfLeadingZeros(micros);
    int step = (int) (micros >>> power - 2) & STEPS_PER_POWER - 1;
    return Math.min(BUCKETS - 1, (power - 1) * STEPS_PER_POWER + step);
  }

  private static long upperMicros(int bucket) {
    if (bucket < STEPS_PER_POWER) {
      return bucket;
    }
    int power = bucket / STEPS_PER_POWER + 1;
    return (long) (STEPS_PER_POWER + bucket % STEPS_PER_POWER + 1) << power - 2;
  }
}
