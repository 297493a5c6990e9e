package io.apogeemq.protocol.body;

import java.util.Map;

/** How many timer messages wait (answer to 61). */
public record TimerMetrics(Map<String, Metric> timingCount, DataVersion dataVersion)
    implements Body {
  /** {@code timeStamp}: when it was counted, ms. */
  public record Metric(long count, long timeStamp) implements Body {}
}
