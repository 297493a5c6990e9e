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

  /**
   * Code 222.
   *
   * @param timestamp ms; negative: the end of the queue
   * @param isForce false: only backwards; null as true
   * @param queueId 5.x; negative and null: all queues
   * @param offset 5.x, with a queue: where to, instead of the timestamp; negative and null: none
   */
  record Reset(
      String topic,
      String group,
      long timestamp,
      @Nullable Boolean isForce,
      @Nullable Integer queueId,
      @Nullable Long offset) {}

  /** Code 220, to the client. */
  record ResetInClient(String topic, String group, long timestamp, boolean isForce) {}

  /**
   * Code 314.
   *
   * @param topic empty or null: all that the group has offsets in
   * @param offline true: also topics that the online group does not subscribe to any more
   */
  record Clone(
      String srcGroup, String destGroup, @Nullable String topic, @Nullable Boolean offline) {}

  /** Code 308. {@code filterGroups}: names parted by commas that are left out. */
  record Correction(@Nullable String filterGroups, String compareGroup, String topic) {}
}
