package io.apogeemq.store.io;

import java.io.IOException;

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

  DiskFull(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
