package io.apogeemq.broker.stats;

import java.util.concurrent.atomic.LongAdder;

/**
 * How long stores of messages took, from the request to the store's answer: percentiles of the last
 * seconds, and the original's table since the start. Safe to use from any thread.
 */
public final class PutTimes {
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

  private final RecentTimes recent = new RecentTimes();
  private final LongAdder[] coarse = new LongAdder[COARSE_NAMES.length];

  PutTimes() {
    for (int i = 0; i < coarse.length; i++) {
      coarse[i] = new LongAdder();
    }
  }

  void took(long nanos) {
    recent.took(nanos);
    coarse[coarseBucket(Math.max(0, nanos / 1_000_000))].increment();
  }

  /** Percentiles, and the longest. */
  public RecentTimes recent() {
    return recent;
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
}
