package io.apogeemq.broker.delay;

import static io.apogeemq.protocol.message.Properties.REAL_QUEUE_ID;
import static io.apogeemq.protocol.message.Properties.REAL_TOPIC;

import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a parked timer message says, and what is made of it. */
public final class TimerRecord {
  private static final byte[] OUT_MS = name(TimerProperties.OUT_MS);
  private static final byte[] DELIVER_MS = name(TimerProperties.DELIVER_MS);
  private static final byte[] DELAY_SEC = name(TimerProperties.DELAY_SEC);
  private static final byte[] DELAY_MS = name(TimerProperties.DELAY_MS);
  private static final byte[] ROLL_TIMES = name(TimerProperties.ROLL_TIMES);
  private static final byte[] DELETED_KEY = name(TimerProperties.DELETED_KEY);

  /** The original parks a message at the last such border before it is due. */
  private static final long ORIGINAL_PRECISION_MS = 1000;

  private TimerRecord() {}

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * When a parked message is due, ms; -1 if it doesn't say. What we park says it exactly. What the
   * original parked was rounded down; then what its sender asked for says it.
   */
  public static long dueMs(byte[] properties, long storeTimestampMs) {
    long out = number(properties, OUT_MS);
    if (out < 0 || out % ORIGINAL_PRECISION_MS != 0) {
      return out;
    }
    long exact;
    long seconds = number(properties, DELAY_SEC);
    long millis = number(properties, DELAY_MS);
    if (seconds >= 0 || millis >= 0) {
      // Stored a little later than it was asked for, so this is not early; a rolled one much later.
      exact =
          Properties.find(properties, ROLL_TIMES) >= 0
              ? out
              : storeTimestampMs + (seconds >= 0 ? TimeUnit.SECONDS.toMillis(seconds) : millis);
    } else {
      exact = number(properties, DELIVER_MS);
    }
    return Math.min(Math.max(out, exact), out + ORIGINAL_PRECISION_MS);
  }

  /** {@code TIMER_OUT_MS}, -1 if there is none. */
  public static long outMs(byte[] properties) {
    return number(properties, OUT_MS);
  }

  /** A property's number, -1 if there is none. */
  private static long number(byte[] properties, byte[] name) {
    long span = Properties.find(properties, name);
    if (span < 0) {
      return -1;
    }
    int from = Properties.spanStart(span);
    int length = Properties.spanEnd(span) - from;
    try {
      return Math.max(
          0, Long.parseLong(new String(properties, from, length, StandardCharsets.US_ASCII)));
    } catch (NumberFormatException noNumber) {
      return -1;
    }
  }

  /** True if it recalls another instead of being a message itself. */
  public static boolean recalls(byte[] properties) {
    return Properties.find(properties, DELETED_KEY) >= 0;
  }

  /** The message for its real queue, marked; null if the record doesn't say which. */
  static @Nullable MessageDraft delivered(
      MessageView record, InetSocketAddress storeHost, long nowMs) {
    Forwarding message = Forwarding.of(record, storeHost);
    String topic = message.get(REAL_TOPIC);
    int queueId = LevelQueue.number(message.get(REAL_QUEUE_ID));
    if (topic == null || topic.isEmpty() || queueId < 0) {
      return null;
    }
    MessageDraft draft =
        message
            .remove(REAL_TOPIC, REAL_QUEUE_ID)
            .set(TimerProperties.ENQUEUE_MS, Long.toString(record.storeTimestampMs()))
            .set(TimerProperties.DEQUEUE_MS, Long.toString(nowMs))
            .to(topic, queueId)
            .transactionType(0)
            .preparedPosition(record.logPosition() + 1)
            .draft();
    return draft.topicBytes().length <= StoredMessage.MAX_TOPIC_BYTES && Forwarding.fits(draft)
        ? draft
        : null;
  }

  /** The same message parked anew at the log's end, marked. */
  static MessageDraft rolled(MessageView record, InetSocketAddress storeHost) {
    Forwarding message = Forwarding.of(record, storeHost);
    int times = Math.max(0, LevelQueue.number(message.get(TimerProperties.ROLL_TIMES)));
    MessageDraft counted =
        message
            .set(TimerProperties.ROLL_TIMES, Integer.toString(times + 1))
            .preparedPosition(record.logPosition() + 1)
            .draft();
    return Forwarding.fits(counted)
        ? counted
        : message.remove(TimerProperties.ROLL_TIMES).draft(); // full to the last byte
  }

  /** What recalls a parked message, marked as the original marks it and as we do. */
  static MessageDraft recall(
      MessageView record, RecallHandle handle, InetSocketAddress storeHost, long nowMs) {
    // Made of the record: it has a topic, hosts and flags already; its body is of no use here.
    return Forwarding.of(record, storeHost)
        .withoutBody()
        .clear()
        .set(Properties.TAGS, "_RECALL_TAG_")
        .set(
            TimerProperties.DELETED_KEY,
            TimerProperties.deletedKey(handle.topic(), handle.uniqueKey()))
        .set(Properties.UNIQ_KEY, handle.uniqueKey())
        .set(TimerProperties.DELIVER_MS, Long.toString(handle.atMs()))
        .set(TimerProperties.OUT_MS, Long.toString(Math.max(0, outMs(record.properties()))))
        .set("BORN_TIMESTAMP", Long.toString(nowMs))
        .set(REAL_TOPIC, handle.topic())
        .set(REAL_QUEUE_ID, "0")
        .to(SystemTopics.TIMER, 0)
        .preparedPosition(record.logPosition() + 1)
        .draft();
  }
}
