package io.apogeemq.client;

import org.jspecify.annotations.Nullable;

/**
 * What the broker answered to a send.
 *
 * @param msgId the id that the producer gave the message; of a batch, the ids joined by commas
 * @param offsetMsgId the broker's id: its address and the log position; of a batch, joined by commas
 * @param queueOffset offset of the message in its queue; of a batch, of its first message
 * @param transactionId null unless the broker gave one
 * @param recallHandle what a message for later can be taken back with ({@link Producer#recall}); null
 *     for others and from brokers of 4.9
 */
public record SendResult(
    SendStatus sendStatus,
    String msgId,
    String offsetMsgId,
    MessageQueue messageQueue,
    long queueOffset,
    @Nullable String transactionId,
    @Nullable String recallHandle) {

  /** The original's text, which the quick start shows and people search their logs for. */
  @Override
  public String toString() {
    return "SendResult [sendStatus="
        + sendStatus
        + ", msgId="
        + msgId
        + ", offsetMsgId="
        + offsetMsgId
        + ", messageQueue="
        + messageQueue
        + ", queueOffset="
        + queueOffset
        + "]";
  }
}
