package io.apogeemq.store.recovery;

import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.ScanProgress;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every few seconds how far the index has been built, if it takes that long at all. */
public final class ProgressLog implements ScanProgress {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);
  private static final long EVERY_MS = 3_000;

  /** The clock is asked so often at most. */
  private static final long STEP_BYTES = 1 << 20;

  private final StoreClock clock;
  private final long startedMs;
  private long nextMs;
  private long nextBytes = STEP_BYTES;

  public ProgressLog(StoreClock clock) {
    this.clock = clock;
    this.startedMs = clock.monotonicMs();
    this.nextMs = startedMs + EVERY_MS;
  }

  @Override
  public void at(long doneBytes, long totalBytes) {
    if (doneBytes < nextBytes) {
      return;
    }
    nextBytes = doneBytes + STEP_BYTES;
    long nowMs = clock.monotonicMs();
    if (nowMs >= nextMs) {
      nextMs = nowMs + EVERY_MS;
      LOG.info(
          "building the index from the log: {}", line(doneBytes, totalBytes, nowMs - startedMs));
    }
  }

  /** {@code 37 % of 12.0 GiB, 0.81 GB/s, 10 s left}. */
  public static String line(long doneBytes, long totalBytes, long tookMs) {
    long total = Math.max(doneBytes, totalBytes);
    double bytesPerMs = doneBytes / (double) Math.max(1, tookMs);
    return String.format(
        Locale.ROOT,
        "%d %% of %.1f GiB, %.2f GB/s, %d s left",
        total == 0 ? 100 : 100 * doneBytes / total,
        total / (double) (1 << 30),
        bytesPerMs / 1e6,
        Math.round((total - doneBytes) / Math.max(1, bytesPerMs) / 1000));
  }
}
