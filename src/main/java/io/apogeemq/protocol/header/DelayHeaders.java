package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about delayed messages. */
public interface DelayHeaders {
  /** Code 370. {@code recallHandle}: of the send's answer. */
  record Recall(@Nullable String producerGroup, String topic, String recallHandle) {}

  /** {@code msgId}: the unique key of the message that was taken back. */
  record RecallReply(String msgId, String MSG_REGION) {}
}
