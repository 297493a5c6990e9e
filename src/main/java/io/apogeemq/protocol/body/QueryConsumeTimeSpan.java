package io.apogeemq.protocol.body;

import java.util.List;

/** How far behind a group is in time, per queue: the answer to code 303. */
public record QueryConsumeTimeSpan(List<QueueTimeSpan> consumeTimeSpanSet) implements Body {
  /** One queue; times in ms. {@code delayTime} is how long the oldest unconsumed message waits. */
  public record QueueTimeSpan(
      long consumeTimeStamp,
      long delayTime,
      long maxTimeStamp,
      MessageQueue messageQueue,
      long minTimeStamp)
      implements Body {}
}
