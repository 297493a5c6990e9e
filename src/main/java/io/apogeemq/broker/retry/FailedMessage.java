package io.apogeemq.broker.retry;

import io.apogeemq.protocol.message.Properties;
import java.util.Map;

/**
 * The properties of a message that a group gets again or has given up; names are the original's.
 * Changes a map that its creator gives.
 */
final class FailedMessage {
  /** The topic that it was sent to at first: clients show it under that. */
  static final String RETRY_TOPIC = "RETRY_TOPIC";

  /** Offset message id that it had at first. */
  static final String ORIGIN_MESSAGE_ID = "ORIGIN_MESSAGE_ID";

  static final String TRANSACTION = "TRAN_MSG";
  static final String TIMER_DELAY_MS = "TIMER_DELAY_MS";

  /** In a dead-letter topic, what the two names above say (5.x). */
  private static final String DLQ_ORIGIN_TOPIC = "DLQ_ORIGIN_TOPIC";

  private static final String DLQ_ORIGIN_MESSAGE_ID = "DLQ_ORIGIN_MESSAGE_ID";

  private FailedMessage() {}

  /**
   * What its first sender asked for has been done: it is neither open again, nor delayed but as a
   * retry.
   */
  static void clear(Map<String, String> properties) {
    properties.remove(TRANSACTION);
    properties.remove(Properties.DELAY);
    properties.remove(TIMER_DELAY_MS);
    properties.remove("TIMER_DELAY_SEC");
    properties.remove("TIMER_DELIVER_MS");
  }

  /** Marks it as dead: it waits for nothing and says where it came from. */
  static void bury(Map<String, String> properties) {
    clear(properties);
    copy(properties, RETRY_TOPIC, DLQ_ORIGIN_TOPIC);
    copy(properties, ORIGIN_MESSAGE_ID, DLQ_ORIGIN_MESSAGE_ID);
  }

  private static void copy(Map<String, String> properties, String from, String to) {
    String value = properties.get(from);
    if (value != null) {
      properties.put(to, value);
    }
  }
}
