package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/**
 * Wire fields of the POP family of 5.x: 200050 to 200055. A queue id of -1 means any queue of the
 * topic. Times are ms; {@code popTime} and {@code bornTime} are times of day.
 */
public interface PopHeaders {
  /** {@code initMode}: a group that is new to a queue starts with the oldest message. */
  int INIT_MIN = 0;

  /** {@code initMode}: it starts with the newest one. */
  int INIT_MAX = 1;

  /**
   * Code 200050.
   *
   * @param invisibleTime how long nobody else gets the messages
   * @param pollTime how long to wait for messages, counted from {@code bornTime}
   * @param expType TAG or SQL92; null is TAG
   * @param exp null or empty wants everything
   * @param order true: one batch of a queue is out at a time
   * @param attemptId names an attempt; the same one again is given the same batch
   */
  record Pop(
      String consumerGroup,
      String topic,
      int queueId,
      int maxMsgNums,
      long invisibleTime,
      long pollTime,
      @Nullable Long bornTime,
      int initMode,
      @Nullable String expType,
      @Nullable String exp,
      @Nullable Boolean order,
      @Nullable String attemptId) {
    public boolean orderly() {
      return Boolean.TRUE.equals(order);
    }
  }

  /**
   * The answer to 200050, and with fewer fields to 200052. Parts are joined by {@code ;}: {@code kind
   * queueId …}, kind 0 the topic itself, 1 and 2 its retry topic.
   *
   * @param restNum about so many messages are left
   * @param startOffsetInfo {@code kind queueId startOffset}
   * @param msgOffsetInfo {@code kind queueId offset,offset,…}
   * @param orderCountInfo {@code kind queueId times} and {@code kind qoQUEUE%OFFSET times}: how often
   *     messages were out before
   */
  record PopReply(
      long popTime,
      long invisibleTime,
      int reviveQid,
      long restNum,
      @Nullable String startOffsetInfo,
      @Nullable String msgOffsetInfo,
      @Nullable String orderCountInfo) {}

  /**
   * Code 200051.
   *
   * @param topic where the message lies: the retry topic for a message that came from there
   * @param extraInfo the handle, property {@code POP_CK} of the message
   */
  record Ack(String consumerGroup, String topic, int queueId, String extraInfo, long offset) {}

  /** Code 200053: as {@link Ack}; from now on the message stays invisible for another time. */
  record ChangeInvisibleTime(
      String consumerGroup,
      String topic,
      int queueId,
      String extraInfo,
      long offset,
      long invisibleTime) {}

  /**
   * Answer to 200053: what the new handle is made of.
   *
   * @param invisibleTime 0: our brokers say so that the message is not out by the old handle any more, and
   *     nothing has changed; the original's say nothing of that
   */
  record ChangeInvisibleTimeReply(long popTime, long invisibleTime, int reviveQid) {}

  /** Code 200054: waits for messages as 200050 does, and takes none. */
  record Notification(
      String consumerGroup,
      String topic,
      int queueId,
      long pollTime,
      long bornTime,
      @Nullable Boolean order,
      @Nullable String attemptId) {}

  /** Answer to 200054. */
  record NotificationReply(boolean hasMsg, boolean pollingFull) {}

  /** Code 200052: reads what 200050 would give, and takes none. */
  record Peek(String consumerGroup, String topic, int queueId, int maxMsgNums) {}

  /** Code 200055: how many requests wait for messages. */
  record PollingInfo(String consumerGroup, String topic, int queueId) {}

  /** Answer to 200055. */
  record PollingInfoReply(int pollingNum) {}
}
