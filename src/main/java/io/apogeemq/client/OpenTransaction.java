package io.apogeemq.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A half message whose transaction has not ended yet. Complete in itself: any client that may use the
 * producer group can end it ({@link TransactionProducer#end}), on any machine. As text ({@link #toString},
 * {@link #parse}) it is made of letters, digits, {@code -} and {@code _}.
 *
 * @param topic where the message goes if the transaction commits
 * @param queueOffset its place in the broker's queue of half messages
 * @param logPosition where its record lies in the broker's log
 * @param transactionId null unless the broker gave one
 */
public record OpenTransaction(
    String topic,
    String brokerName,
    long queueOffset,
    long logPosition,
    String messageId,
    @Nullable String transactionId) {
  private static final int PARTS = 6;

  /**
   * Reads the text of one.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static OpenTransaction parse(String text) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", -1);
      // Without its id a broker could not tell that another half message lies at the place now.
      if (parts.length == PARTS && !parts[4].isEmpty()) {
        return new OpenTransaction(
            parts[0],
            parts[1],
            Long.parseLong(parts[2]),
            Long.parseLong(parts[3]),
            parts[4],
            parts[5].isEmpty() ? null : parts[5]);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("this is no transaction: '" + text + "'", e);
    }
    throw new IllegalArgumentException("this is no transaction: '" + text + "'");
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    String plain =
        String.join(
            " ",
            topic,
            brokerName,
            Long.toString(queueOffset),
            Long.toString(logPosition),
            messageId,
            transactionId == null ? "" : transactionId);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }
}
