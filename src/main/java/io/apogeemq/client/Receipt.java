package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Says which message of which delivery is acknowledged. Complete in itself: any client that knows the
 * group can use it, on any machine. As text ({@link #toString}, {@link #parse}) it is made of letters,
 * digits, {@code -} and {@code _}, so that it fits into addresses of the web.
 *
 * @param topic what the consumer asked for
 * @param startOffset queue offset of the delivery's first message
 * @param popTimeMs when it was delivered
 * @param reviveQueueId what the broker wants back
 * @param kind 0: it lies in the topic itself; 1 and 2: in a retry topic of the group
 * @param logPosition where the record lies in the broker's log; -1 if that isn't known
 */
public record Receipt(
    String topic,
    String brokerName,
    int queueId,
    long queueOffset,
    long startOffset,
    long popTimeMs,
    long invisibleMs,
    int reviveQueueId,
    int kind,
    long logPosition) {
  private static final int PARTS = 10;
  private static final int WIRE_PARTS = 8;

  /** Brokers write it in place of a revive queue. */
  private static final int ORDERED = 999;

  /**
   * Reads the text of a receipt.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Receipt parse(String text) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ");
      if (parts.length == PARTS) {
        return new Receipt(
            parts[0],
            parts[1],
            Integer.parseInt(parts[2]),
            Long.parseLong(parts[3]),
            Long.parseLong(parts[4]),
            Long.parseLong(parts[5]),
            Long.parseLong(parts[6]),
            Integer.parseInt(parts[7]),
            Integer.parseInt(parts[8]),
            Long.parseLong(parts[9]));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("this is no receipt of a message: '" + text + "'", e);
    }
    throw new IllegalArgumentException("this is no receipt of a message: '" + text + "'");
  }

  /** From a handle as brokers write it: {@code start popTime invisible revive kind broker queue offset}. */
  static Receipt ofHandle(String topic, String handle, long logPosition) {
    String[] parts = handle.split(" ");
    if (parts.length < WIRE_PARTS) {
      throw new IllegalArgumentException("a broker's handle has too few parts: '" + handle + "'");
    }
    return new Receipt(
        topic,
        parts[5],
        Integer.parseInt(parts[6]),
        Long.parseLong(parts[7]),
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]),
        logPosition);
  }

  /** The handle as brokers read it. */
  String handle() {
    return startOffset
        + " "
        + popTimeMs
        + " "
        + invisibleMs
        + " "
        + reviveQueueId
        + " "
        + kind
        + " "
        + brokerName
        + " "
        + queueId
        + " "
        + queueOffset;
  }

  /** Whether the message was taken in the order of its queue. */
  boolean isOrdered() {
    return reviveQueueId == ORDERED;
  }

  /** The topic in which the message lies. */
  String storedTopic(String group) {
    return switch (kind) {
      case 1 -> Names.RETRY + group + "_" + topic;
      case 2 -> Names.RETRY + group + "+" + topic;
      default -> topic;
    };
  }

  /** The same message under a lease that begins now. */
  Receipt renewed(long popTime, long invisible, int reviveQueue) {
    return new Receipt(
        topic,
        brokerName,
        queueId,
        queueOffset,
        queueOffset,
        popTime,
        invisible,
        reviveQueue,
        kind,
        logPosition);
  }

  @Override
  public String toString() {
    String text =
        String.join(
            " ",
            topic,
            brokerName,
            Integer.toString(queueId),
            Long.toString(queueOffset),
            Long.toString(startOffset),
            Long.toString(popTimeMs),
            Long.toString(invisibleMs),
            Integer.toString(reviveQueueId),
            Integer.toString(kind),
            Long.toString(logPosition));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
