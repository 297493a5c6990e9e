package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about ends and entries of a queue. */
public interface QueueHeaders {
  /** Codes 30, 31 and 32. */
  record Ends(String topic, int queueId) {}

  /**
   * Code 29.
   *
   * @param timestamp ms
   * @param boundaryType 5.x: {@code upper} or {@code lower}
   */
  record Search(String topic, int queueId, long timestamp, @Nullable String boundaryType) {}

  /** Answer to 29, 30 and 31: a queue offset. */
  record OffsetReply(long offset) {}

  /** Answer to 32: store time in ms, -1 for an empty queue. */
  record TimestampReply(long timestamp) {}

  /** Code 321. {@code index}: the first wanted queue offset. */
  record Entries(
      String topic, int queueId, long index, int count, @Nullable String consumerGroup) {}
}
