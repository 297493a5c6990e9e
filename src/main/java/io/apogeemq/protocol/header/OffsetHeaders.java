package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the consumer-offset requests. All offsets are queue offsets. */
public interface OffsetHeaders {
  /**
   * Code 14.
   *
   * @param setZeroIfNotFound 5.x; false: an offset that was never committed is not taken for 0
   */
  record Query(
      String consumerGroup, String topic, int queueId, @Nullable Boolean setZeroIfNotFound) {}

  /** Answer to 14. */
  record QueryReply(long offset) {}

  /** Code 15. */
  record Update(String consumerGroup, String topic, int queueId, long commitOffset) {}
}
