package io.apogeemq.store.log;

import io.apogeemq.store.AppendResult.Refusal;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether appends are taken, and if not, why. A failure stays until the store is opened anew; a full
 * disk passes. Safe for all threads.
 */
public final class Health {
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
  private volatile @Nullable String diskFull;
  private volatile @Nullable String logOutOfRoom;
  private volatile @Nullable String indexOutOfRoom;
  private volatile boolean closing;

  /** Why the store takes no appends. */
  public record Reason(Refusal refusal, String detail) {}

  /** A write or a force failed: no append from now on. The first failure is kept. */
  public void failed(String detail) {
    failure.compareAndSet(null, detail);
  }

  /** The disk is too full, or (null) it no longer is. */
  public void diskFull(@Nullable String detail) {
    diskFull = detail;
  }

  /** A write of the log found no room and waits for it, or (null) it was made up for. */
  public void logOutOfRoom(@Nullable String detail) {
    logOutOfRoom = detail;
  }

  /** The same for the index: it can wait, but memory must not grow without it. */
  public void indexOutOfRoom(@Nullable String detail) {
    indexOutOfRoom = detail;
  }

  public void closing() {
    closing = true;
  }

  /** True after a failed write or force. */
  public boolean hasFailed() {
    return failure.get() != null;
  }

  /** Null while appends are taken. */
  public @Nullable Reason refusal() {
    String failed = failure.get();
    if (failed != null) {
      return new Reason(Refusal.READ_ONLY, failed);
    }
    if (closing) {
      return new Reason(Refusal.CLOSING, "the store is closing");
    }
    String full = diskFull;
    if (full == null) {
      full = logOutOfRoom;
    }
    if (full == null) {
      full = indexOutOfRoom;
    }
    return full == null ? null : new Reason(Refusal.DISK_FULL, full);
  }
}
