package io.apogeemq.store.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * There is no room for what was to be written. Of the bytes some may have been written; nothing that
 * was there before has suffered, so the same write may be tried again when there is room. A force that
 * fails for want of room is not told so, for it may have dropped bytes.
 */
public final class DiskFull extends IOException {
  private static final long serialVersionUID = 1L;

  public DiskFull(String detail) {
    super(detail);
  }

  private DiskFull(IOException cause) {
    super(cause.getMessage(), cause);
  }

  /** Tells a failure for want of room from others: Java has no type for it, only the system's words. */
  static IOException told(IOException failure, Path file, long wantedBytes) {
    String words = String.valueOf(failure.getMessage());
    boolean full = words.contains("No space left") || words.contains("quota exceeded");
    if (!full) {
      try {
        // The words may be in another language.
        full = Files.getFileStore(file).getUsableSpace() < wantedBytes;
      } catch (IOException alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
    }
    return full ? new DiskFull(failure) : failure;
  }
}
