package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ends of a topic's queues: the answer to code 202.
 *
 * @param topicPutTps 5.x: messages per second; absent before
 */
public record TopicStatsTable(
    Map<MessageQueue, TopicOffset> offsetTable, @Nullable Double topicPutTps) implements Body {
  /** One queue: its queue offsets and when it was written last, in ms (0 if never). */
  public record TopicOffset(long lastUpdateTimestamp, long maxOffset, long minOffset)
      implements Body {}
}
