package io.apogeemq.store.log;

/**
 * The four positions of the log, in bytes. Each has one writer and may be read by any thread.
 *
 * <p>None ever goes back. flushed &lt;= appended, confirmed &lt;= appended; readable is the smallest of
 * those that the mode asks for: appended and confirmed, and flushed if readers must not see what isn't
 * forced.
 */
public final class LogPositions {
  private final boolean readOnlyForced;
  private volatile long appended;
  private volatile long flushed;
  private volatile long confirmed;
  private volatile long readable;

  /**
   * @param start end of the recovered log, which has been forced
   * @param readOnlyForced true in sync mode: what isn't forced isn't readable
   */
  public LogPositions(long start, boolean readOnlyForced) {
    this.readOnlyForced = readOnlyForced;
    appended = start;
    flushed = start;
    confirmed = start;
    readable = start;
  }

  /** End of what was written. Moved by the appender. */
  public long appended() {
    return appended;
  }

  /** End of what was forced. Moved by the flusher. */
  public long flushed() {
    return flushed;
  }

  /** End of what the in-sync replicas hold; without replicas it goes with {@link #appended}. */
  public long confirmed() {
    return confirmed;
  }

  /** End of what readers see. */
  public long readable() {
    return readable;
  }

  /** True if readers must not see what isn't forced. */
  public boolean readOnlyForced() {
    return readOnlyForced;
  }

  void appendedTo(long position) {
    assert position >= appended : "appended " + appended + " would go back to " + position;
    appended = position;
    confirmed = position;
    if (!readOnlyForced) {
      readable = position;
    }
  }

  /** Called by the flusher after a force that succeeded, never after one that failed. */
  public void flushedTo(long position) {
    assert position >= flushed && position <= appended
        : "flushed " + flushed + " can't move to " + position + " of " + appended;
    flushed = position;
    if (readOnlyForced) {
      readable = Math.min(position, confirmed);
    }
  }
}
