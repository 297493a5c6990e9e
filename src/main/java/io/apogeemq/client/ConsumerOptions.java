package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeFromWhere;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a push consumer or a {@link MessageStream} wants, and how much of it at once. A consumer takes
 * a copy. The defaults are the official clients'.
 */
public final class ConsumerOptions {
  private String group = "";
  private final Map<String, Filter> subscriptions = new LinkedHashMap<>();
  private ConsumeFromWhere startFrom = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
  private long startTimestampMs;
  private int maxInFlight = 20;
  private int batchSize = 1;
  private int pullBatchSize = 32;
  private int maxCachedMessages = 1_000;
  private long maxCachedBytes = 100L * 1024 * 1024;
  private long retryDelayMs = 5_000;
  private long rebalanceMs = 20_000;
  private long offsetCommitMs = 5_000;

  public ConsumerOptions() {}

  /** A copy. */
  public ConsumerOptions(ConsumerOptions other) {
    group = other.group;
    subscriptions.putAll(other.subscriptions);
    startFrom = other.startFrom;
    startTimestampMs = other.startTimestampMs;
    maxInFlight = other.maxInFlight;
    batchSize = other.batchSize;
    pullBatchSize = other.pullBatchSize;
    maxCachedMessages = other.maxCachedMessages;
    maxCachedBytes = other.maxCachedBytes;
    retryDelayMs = other.retryDelayMs;
    rebalanceMs = other.rebalanceMs;
    offsetCommitMs = other.offsetCommitMs;
  }

  /** The usual settings for a consumer group, without a subscription yet. */
  public static ConsumerOptions of(String group) {
    return new ConsumerOptions().setGroup(group);
  }

  public String getGroup() {
    return group;
  }

  /** Members of a group share the queues of its topics. */
  public ConsumerOptions setGroup(String name) {
    group = name;
    return this;
  }

  public Map<String, Filter> getSubscriptions() {
    return Map.copyOf(subscriptions);
  }

  /** Wants a topic whole. */
  public ConsumerOptions subscribe(String topic) {
    return subscribe(topic, Filter.ALL);
  }

  /**
   * Wants these messages of a topic; all members of a group must want the same.
   *
   * @param tags {@code *}, or tags parted by {@code ||}
   */
  public ConsumerOptions subscribe(String topic, String tags) {
    return subscribe(topic, Filter.tags(tags));
  }

  public ConsumerOptions subscribe(String topic, Filter wanted) {
    subscriptions.put(topic, wanted);
    return this;
  }

  public ConsumeFromWhere getStartFrom() {
    return startFrom;
  }

  /** Where a queue begins for which the group has no offset. */
  public ConsumerOptions setStartFrom(ConsumeFromWhere where) {
    startFrom = where;
    return this;
  }

  public long getStartTimestampMs() {
    return startTimestampMs;
  }

  /** Such a queue begins with what was stored at this time of day or later. */
  public ConsumerOptions setStartTimestampMs(long timestampMs) {
    startFrom = ConsumeFromWhere.CONSUME_FROM_TIMESTAMP;
    startTimestampMs = timestampMs;
    return this;
  }

  public int getMaxInFlight() {
    return maxInFlight;
  }

  /** Deliveries under way at once. */
  public ConsumerOptions setMaxInFlight(int count) {
    maxInFlight = OptionRules.atLeast(1, count, "maxInFlight");
    return this;
  }

  public int getBatchSize() {
    return batchSize;
  }

  /** Messages of a delivery, at most. */
  public ConsumerOptions setBatchSize(int count) {
    batchSize = OptionRules.atLeast(1, count, "batchSize");
    return this;
  }

  public int getPullBatchSize() {
    return pullBatchSize;
  }

  /** Messages of a pull, at most. */
  public ConsumerOptions setPullBatchSize(int count) {
    pullBatchSize = OptionRules.atLeast(1, count, "pullBatchSize");
    return this;
  }

  public int getMaxCachedMessages() {
    return maxCachedMessages;
  }

  /** Messages of a queue that were pulled and are not consumed; reading the queue stops there. */
  public ConsumerOptions setMaxCachedMessages(int count) {
    maxCachedMessages = OptionRules.atLeast(1, count, "maxCachedMessages");
    return this;
  }

  public long getMaxCachedBytes() {
    return maxCachedBytes;
  }

  /** The same by body size. */
  public ConsumerOptions setMaxCachedBytes(long bytes) {
    maxCachedBytes = OptionRules.atLeast(1, bytes, "maxCachedBytes");
    return this;
  }

  public long getRetryDelayMs() {
    return retryDelayMs;
  }

  /** Until a delivery that failed is tried again here. */
  public ConsumerOptions setRetryDelayMs(long ms) {
    retryDelayMs = OptionRules.atLeast(1, ms, "retryDelayMs");
    return this;
  }

  public long getRebalanceMs() {
    return rebalanceMs;
  }

  /** How often the queues are shared anew without being told to. */
  public ConsumerOptions setRebalanceMs(long ms) {
    rebalanceMs = OptionRules.atLeast(1, ms, "rebalanceMs");
    return this;
  }

  public long getOffsetCommitMs() {
    return offsetCommitMs;
  }

  /** How often consumed offsets are committed. */
  public ConsumerOptions setOffsetCommitMs(long ms) {
    offsetCommitMs = OptionRules.atLeast(1, ms, "offsetCommitMs");
    return this;
  }
}
