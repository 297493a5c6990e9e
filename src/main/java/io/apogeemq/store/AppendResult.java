package io.apogeemq.store;

import org.jspecify.annotations.Nullable;

/** What became of an append. Three outcomes; <em>unknown</em> is never <em>refused</em>. */
public sealed interface AppendResult {

  /**
   * Stored, and as durable as the store's mode (and the append's wish to wait) promises.
   *
   * @param queueOffset queue offset of the first message
   * @param logPosition byte position of the first record in the commit log
   * @param storeTimestampMs the records' store timestamp
   * @param logPositions byte positions of all records of a batch in order; null for one message
   */
  record Appended(
      long queueOffset, long logPosition, long storeTimestampMs, long @Nullable [] logPositions)
      implements AppendResult {}

  /** Nothing was stored and nothing will be. {@code detail} names cause and cure. */
  record Refused(Refusal reason, String detail) implements AppendResult {}

  /**
   * The records are in the log (at {@code at}), but the durability that the mode promises was not
   * reached in time. They may survive or not.
   */
  record Unknown(Appended at, Doubt reason) implements AppendResult {}

  /** Why nothing was stored. */
  enum Refusal {
    /** The append queue stayed full longer than its age bound. Retryable. */
    BUSY,
    /** The disk is fuller than the stated level. */
    DISK_FULL,
    /** A write or a flush failed earlier; reads go on. */
    READ_ONLY,
    /** The store is closing. */
    CLOSING,
    /** The record is larger than the limit. */
    TOO_LARGE
  }

  /** Which promise was not kept in time. */
  enum Doubt {
    FLUSH_TIMEOUT,
    FLUSH_FAILED,
    /** The write found no room; it is made up for when there is some, unless the process ends before. */
    DISK_FULL,
    REPLICA_MISSING,
    REPLICA_TIMEOUT
  }
}
