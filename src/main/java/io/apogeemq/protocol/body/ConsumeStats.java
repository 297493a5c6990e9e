package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far a group is in its queues: the answer to code 208. */
public record ConsumeStats(double consumeTps, Map<MessageQueue, OffsetWrapper> offsetTable)
    implements Body {
  /**
   * One queue.
   *
   * @param brokerOffset the queue's end
   * @param consumerOffset what the group has committed
   * @param lastTimestamp store time in ms of the last consumed message, 0 if unknown
   * @param pullOffset 5.x: what was handed out, at least {@code consumerOffset}; absent before
   */
  public record OffsetWrapper(
      long brokerOffset, long consumerOffset, long lastTimestamp, @Nullable Long pullOffset)
      implements Body {}
}
