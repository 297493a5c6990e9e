package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests about transactions. */
public interface TransactionHeaders {
  /**
   * Code 37.
   *
   * @param tranStateTableOffset offset of the half message in the half queue
   * @param commitLogOffset its log position
   * @param commitOrRollback the transaction type of {@code SysFlags}; 0: not known yet
   * @param fromTransactionCheck true if the broker has asked
   * @param msgId the client's message id
   */
  record End(
      String producerGroup,
      long tranStateTableOffset,
      long commitLogOffset,
      int commitOrRollback,
      @Nullable Boolean fromTransactionCheck,
      @Nullable String msgId,
      @Nullable String transactionId,
      @Nullable String topic) {}

  /**
   * What our brokers answer to {@link End} besides; the official clients don't wait for an answer.
   *
   * @param endedBefore true if the transaction was over already, so that this decision changed nothing:
   *     committed, rolled back, or given up after its last check. Absent else, and from other brokers
   */
  record EndReply(@Nullable Boolean endedBefore) {}

  /**
   * Code 39, to the client, which sends offset and position back in {@link End}.
   *
   * @param topic of the half message as it is stored; absent before 5.0
   * @param msgId the client's message id, which is also {@code transactionId}
   * @param offsetMsgId names broker and log position
   * @param bname the broker's name; absent before 5.0
   */
  record Check(
      @Nullable String topic,
      long tranStateTableOffset,
      long commitLogOffset,
      @Nullable String msgId,
      @Nullable String transactionId,
      @Nullable String offsetMsgId,
      @Nullable String bname) {}

  /**
   * Code 30003, ours.
   *
   * @param max transactions of a page
   * @param after the half queue's offset that the last page ended with; absent: from the oldest on
   */
  record Open(int max, @Nullable Long after) {}

  /**
   * Code 323.
   *
   * @param msgId names the log position of a message that was given up, or of an open half message
   */
  record Resume(@Nullable String topic, String msgId) {}
}
