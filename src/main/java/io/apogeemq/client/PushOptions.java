package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeFromWhere;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a push consumer wants and how much of it at once. Immutable; start from {@link #of}.
 *
 * @param group members of a group share the queues of its topics
 * @param subscriptions by topic; all members of a group must have the same
 * @param from where a queue begins for which the group has no offset
 * @param fromTimestampMs for {@link ConsumeFromWhere#CONSUME_FROM_TIMESTAMP}
 * @param maxInFlight deliveries under way at once
 * @param batchSize messages of a delivery, at most
 * @param pullBatchSize messages of a pull, at most
 * @param maxCachedMessages messages of a queue that were pulled and are not consumed; reading the
 *     queue stops there
 * @param maxCachedBytes the same by body size
 * @param retryDelayMs until a delivery that failed is tried again
 */
public record PushOptions(
    String group,
    Map<String, TagExpression> subscriptions,
    ConsumeFromWhere from,
    long fromTimestampMs,
    int maxInFlight,
    int batchSize,
    int pullBatchSize,
    int maxCachedMessages,
    long maxCachedBytes,
    long retryDelayMs) {

  public PushOptions {
    subscriptions = Map.copyOf(subscriptions);
    if (maxInFlight < 1 || batchSize < 1 || pullBatchSize < 1 || maxCachedMessages < 1) {
      throw new IllegalArgumentException("in-flight, batch and cache limits begin at 1");
    }
  }

  /** The original's values, without a subscription yet. */
  public static PushOptions of(String group) {
    return new PushOptions(
        group,
        Map.of(),
        ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET,
        0,
        20,
        1,
        32,
        1_000,
        100L * 1024 * 1024,
        5_000);
  }

  /** The same with one topic more; the expression is {@code *} or tags separated by {@code ||}. */
  public PushOptions subscribe(String topic, String expression) {
    Map<String, TagExpression> more = new LinkedHashMap<>(subscriptions);
    more.put(topic, TagExpression.of(expression));
    return new PushOptions(
        group,
        more,
        from,
        fromTimestampMs,
        maxInFlight,
        batchSize,
        pullBatchSize,
        maxCachedMessages,
        maxCachedBytes,
        retryDelayMs);
  }

  /** The same, starting elsewhere in queues that are new to the group. */
  public PushOptions startingFrom(ConsumeFromWhere where) {
    return new PushOptions(
        group,
        subscriptions,
        where,
        fromTimestampMs,
        maxInFlight,
        batchSize,
        pullBatchSize,
        maxCachedMessages,
        maxCachedBytes,
        retryDelayMs);
  }

  /** The same with other limits for deliveries and another wait after a failed one. */
  public PushOptions delivering(int newMaxInFlight, int newBatchSize, long newRetryDelayMs) {
    return new PushOptions(
        group,
        subscriptions,
        from,
        fromTimestampMs,
        newMaxInFlight,
        newBatchSize,
        pullBatchSize,
        maxCachedMessages,
        maxCachedBytes,
        newRetryDelayMs);
  }
}
