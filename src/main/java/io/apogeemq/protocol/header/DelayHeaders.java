package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about delayed messages. */
public interface DelayHeaders {
  /** Code 370. {@code recallHandle}: of the send's answer. */
  record Recall(@Nullable String producerGroup, String topic, String recallHandle) {}

  /**
   * Code 30001, ours.
   *
   * @param max messages of a page
   * @param after the place of the last page's last message; absent: from the soonest on
   */
  record Upcoming(int max, @Nullable String after) {}

  /** Code 30002, ours: what 370 does, by an administrator, who may also where senders may not. */
  record Cancel(String topic, String recallHandle) {}

  /** {@code msgId}: the unique key of the message that was taken back. */
  record RecallReply(String msgId, String MSG_REGION) {}
}
