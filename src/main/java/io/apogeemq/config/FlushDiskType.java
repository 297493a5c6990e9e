package io.apogeemq.config;

/** Values of {@code flushDiskType}: what an acknowledgement waits for on this node. */
public enum FlushDiskType {
  /** Written to the page cache; forced every {@code flushIntervalCommitLog}. */
  ASYNC_FLUSH,
  /** Forced to the disk, several waiting messages by one force. */
  SYNC_FLUSH
}
