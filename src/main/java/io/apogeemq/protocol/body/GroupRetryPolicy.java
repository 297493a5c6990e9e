package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a consumer group waits before it gets a message again (5.x); a part of {@link
 * SubscriptionGroupConfig}. Which of the members counts is said by the type.
 */
public record GroupRetryPolicy(
    @OrElse("CUSTOMIZED") String type,
    @Nullable Exponential exponentialRetryPolicy,
    @Nullable Customized customizedRetryPolicy)
    implements Body {

  /** Each delay is the one before times {@code multiplier}, but no longer than {@code max}; ms. */
  public record Exponential(
      @OrElse("5000") long initial, @OrElse("7200000") long max, @OrElse("2") long multiplier)
      implements Body {}

  /** A table of delays, ms; the third is that of the first retry, as with delay levels. */
  public record Customized(List<Long> next) implements Body {}
}
