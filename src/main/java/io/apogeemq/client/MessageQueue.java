package io.apogeemq.client;

import java.util.Comparator;

/**
 * One queue of a topic on one broker. The order (topic, broker, number) is the one by which all
 * members of a group sort queues before they share them, official clients included.
 */
public record MessageQueue(String topic, String brokerName, int queueId)
    implements Comparable<MessageQueue> {
  private static final Comparator<MessageQueue> ORDER =
      Comparator.comparing(MessageQueue::topic)
          .thenComparing(MessageQueue::brokerName)
          .thenComparingInt(MessageQueue::queueId);

  static MessageQueue of(io.apogeemq.protocol.body.MessageQueue wire) {
    return new MessageQueue(wire.topic(), wire.brokerName(), wire.queueId());
  }

  io.apogeemq.protocol.body.MessageQueue toWire() {
    return new io.apogeemq.protocol.body.MessageQueue(brokerName, queueId, topic);
  }

  @Override
  public int compareTo(MessageQueue other) {
    return ORDER.compare(this, other);
  }

  /** The original's text, which people search their logs for. */
  @Override
  public String toString() {
    return "MessageQueue [topic="
        + topic
        + ", brokerName="
        + brokerName
        + ", queueId="
        + queueId
        + "]";
  }
}
