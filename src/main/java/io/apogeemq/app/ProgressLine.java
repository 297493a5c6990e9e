package io.apogeemq.app;

import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.recovery.ProgressLog;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** One line of a terminal that shows how far a command is: a bar, and how long it will take. */
final class ProgressLine implements ScanProgress, AutoCloseable {
  private static final int BAR = 30;
  private static final long EVERY_NS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final long startedNs = System.nanoTime();
  private long toldNs = startedNs;
  private boolean told;

  ProgressLine(PrintStream out) {
    this.out = out;
  }

  @Override
  public void at(long doneBytes, long totalBytes) {
    long now = System.nanoTime();
    if (now - toldNs < EVERY_NS) {
      return;
    }
    toldNs = now;
    told = true;
    int full = (int) (BAR * Math.min(doneBytes, totalBytes) / Math.max(1, totalBytes));
    out.print(
        CLEAR
            + "["
            + "#".repeat(full)
            + " ".repeat(BAR - full)
            + "] "
            + ProgressLog.line(
                doneBytes, totalBytes, TimeUnit.NANOSECONDS.toMillis(now - startedNs)));
    out.flush();
  }

  /** Takes the line away. */
  @Override
  public void close() {
    if (told) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
