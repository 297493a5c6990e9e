package io.apogeemq.protocol.header;

import org.jspecify.annotations.Nullable;

/** Wire fields of the requests for figures. */
public interface StatsHeaders {
  /** Code 208. {@code topicList}: 5.x, separated by semicolons. */
  record ConsumeStats(String consumerGroup, @Nullable String topic, @Nullable String topicList) {}

  /** Code 303. */
  record TimeSpan(String topic, String group) {}

  /** Code 315. */
  record BrokerStats(String statsName, String statsKey) {}

  /** Code 317. */
  record BrokerConsumeStats(@Nullable Boolean isOrder) {}

  /** Code 343. */
  record TopicsOfGroup(String group) {}

  /** Code 345. */
  record SubscriptionOfGroup(String group, @Nullable String topic) {}
}
