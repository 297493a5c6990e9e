package io.apogeemq.broker.delay;

import java.util.concurrent.TimeUnit;

/** What the delay levels mean, level 1 first ({@code messageDelayLevel}). Immutable. */
public final class DelayLevels {
  private final long[] delaysMs;

  private DelayLevels(long[] delaysMs) {
    this.delaysMs = delaysMs;
  }

  /**
   * Reads a table as the key holds it: {@code 1s 5s 10s 30s 1m …}, units s, m, h and d.
   *
   * @throws NumberFormatException if it is none; the key's type has looked before
   */
  public static DelayLevels parse(String table) {
    String[] levels = table.trim().split(" +");
    long[] delays = new long[levels.length];
    for (int i = 0; i < levels.length; i++) {
      int unitAt = levels[i].length() - 1;
      long count = Long.parseLong(levels[i].substring(0, unitAt));
      delays[i] = count * unitMs(levels[i].charAt(unitAt));
    }
    return new DelayLevels(delays);
  }

  private static long unitMs(char unit) {
    return switch (unit) {
      case 's' -> TimeUnit.SECONDS.toMillis(1);
      case 'm' -> TimeUnit.MINUTES.toMillis(1);
      case 'h' -> TimeUnit.HOURS.toMillis(1);
      case 'd' -> TimeUnit.DAYS.toMillis(1);
      default -> throw new NumberFormatException("no unit of time: " + unit);
    };
  }

  /** The highest level; levels begin at 1. */
  public int highest() {
    return delaysMs.length;
  }

  /** {@code level}: from 1 to the highest. */
  public long delayMs(int level) {
    return delaysMs[level - 1];
  }
}
