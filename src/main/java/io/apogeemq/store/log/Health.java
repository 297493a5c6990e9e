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
    return full == null ? null : new Reason(Refusal.DISK_FULL, full);
  }
}
