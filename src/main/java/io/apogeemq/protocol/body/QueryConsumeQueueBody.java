package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of a queue's index: the answer to code 321. */
public record QueryConsumeQueueBody(
    @Nullable String filterData,
    long maxQueueIndex,
    long minQueueIndex,
    List<Entry> queueData,
    @Nullable SubscriptionData subscriptionData)
    implements Body {
  /** One message: where it is in the log, its tags code, and whether the asking group would get it. */
  public record Entry(
      @Nullable String bitMap,
      boolean eval,
      @Nullable String extendDataJson,
      @Nullable String msg,
      long physicOffset,
      int physicSize,
      long tagsCode)
      implements Body {}
}
