package io.apogeemq.broker.stats;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * How long stores of messages took, from the request to the store's answer. Safe to use from any thread;
 * a record costs two uncontended additions. Percentiles are those of the last seconds, so that one bad
 * moment of last week does not stand there for ever; the rest is since the start.
 *
 * <p>Times fall into buckets of about a quarter of their size: four for each power of two of
 * microseconds.
 */
public final class PutTimes {
  private static final int STEPS_PER_POWER = 4;

  /** How many ticks percentiles look back. */
  private static final int WINDOW_TICKS = 10;

  private static final int BUCKETS = 40 * STEPS_PER_POWER;

  /** Upper ends of the original's buckets in ms; the last has none. */
  private static final long[] COARSE_MS = {
    0, 10, 50, 100, 200, 500, 1000, 2000, 3000, 4000, 5000, 10_000
  };

  private static final String[] COARSE_NAMES = {
    "[<=0ms]",
    "[0~10ms]",
    "[10~50ms]",
    "[50~100ms]",
    "[100~200ms]",
    "[200~500ms]",
    "[500ms~1s]",
    "[1~2s]",
    "[2~3s]",
    "[3~4s]",
    "[4~5s]",
    "[5~10s]",
    "[10s~]"
  };

  private final LongAdder[] fine = new LongAdder[BUCKETS];
  private final LongAdder[] coarse = new LongAdder[COARSE_NAMES.length];

  /** Ends of the seconds that percentiles look back on; the newest overwrites the oldest. */
  private final long[][] ends = new long[WINDOW_TICKS][];

  private int ticks;

  private final LongAccumulator maxNanos = new LongAccumulator(Math::max, 0);

  PutTimes() {
    for (int i = 0; i < fine.length; i++) {
      fine[i] = new LongAdder();
    }
    for (int i = 0; i < coarse.length; i++) {
      coarse[i] = new LongAdder();
    }
  }

  void took(long nanos) {
    long micros = Math.max(0, nanos / 1000);
    fine[bucket(micros)].increment();
    coarse[coarseBucket(micros / 1000)].increment();
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
      counts[i] = fine[i].sum();
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
   * The time in ms that this share (0 to 1) of the stores of the last seconds did not exceed, rounded up
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
    for (int i = 0; i < fine.length && wanted > 0; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return upperMicros(i) / 1000.0;
      }
    }
    return 0;
  }

  public long maxMs() {
    return maxNanos.get() / 1_000_000;
  }

  /** The original's line: {@code [<=0ms]:3 [0~10ms]:1 …}, each followed by a blank. */
  public String distribution() {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < COARSE_NAMES.length; i++) {
      line.append(COARSE_NAMES[i]).append(':').append(coarse[i].sum()).append(' ');
    }
    return line.toString();
  }

  private static int coarseBucket(long ms) {
    int bucket = 0;
    while (bucket < COARSE_MS.length && ms > COARSE_MS[bucket]) {
      bucket++;
    }
    return bucket;
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
