package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeFromWhere;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a push consumer or a {@link MessageStream} wants, and how much of it at once. A consumer takes
 * a copy. The defaults are the official clients'.
 */
public final class ConsumerOptions {
  private static final int USUAL = -1;
  private static final int USUAL_TIMES = 16;

  private String group = "";
  private final Map<String, Filter> subscriptions = new LinkedHashMap<>();
  private ConsumeFromWhere startFrom = ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
  private long startTimestampMs;
  private int maxInFlight = 20;
  private int batchSize = 1;
  private int pullBatchSize = 32;
  private int maxCachedMessages = 1_000;
  private long maxCachedBytes = 100L * 1024 * 1024;
  private boolean orderly;
  private boolean broadcasting;
  private @Nullable OffsetStore offsetStore;
  private int maxReconsumeTimes = USUAL;
  private boolean retryingHere;
  private boolean autoAck = true;
  private long retryDelayMs = 5_000;
  private long rebalanceMs = 20_000;
  private long offsetCommitMs = 5_000;
  private long consumeTimeoutMs = 15 * 60_000;

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
    orderly = other.orderly;
    broadcasting = other.broadcasting;
    offsetStore = other.offsetStore;
    maxReconsumeTimes = other.maxReconsumeTimes;
    retryingHere = other.retryingHere;
    autoAck = other.autoAck;
    retryDelayMs = other.retryDelayMs;
    rebalanceMs = other.rebalanceMs;
    offsetCommitMs = other.offsetCommitMs;
    consumeTimeoutMs = other.consumeTimeoutMs;
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

  /**
   * Where a queue begins for which the group has no offset. Brokers say that it has one, 0, while the
   * queue still has its first messages and few are behind them, so that nothing is missed of a topic
   * that is just coming into being.
   */
  public ConsumerOptions setStartFrom(ConsumeFromWhere where) {
    startFrom = where;
    return this;
  }

  /**
   * Where a group that is new to a queue begins: at its first message, or, as by default, with what
   * comes from then on; see {@link #setStartFrom} for young queues.
   */
  public ConsumerOptions setFromFirst(boolean first) {
    startFrom =
        first
            ? ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET
            : ConsumeFromWhere.CONSUME_FROM_LAST_OFFSET;
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

  public boolean isOrderly() {
    return orderly;
  }

  /**
   * True: of a queue one delivery is out at a time, in the order of the queue, and a message that
   * fails holds up those behind it. Queues are locked at their brokers.
   */
  public ConsumerOptions setOrderly(boolean inOrder) {
    orderly = inOrder;
    return this;
  }

  public boolean isBroadcasting() {
    return broadcasting;
  }

  /** True: each member gets all messages, and keeps for itself how far it is ({@link OffsetStore}). */
  public ConsumerOptions setBroadcasting(boolean toAll) {
    broadcasting = toAll;
    return this;
  }

  public @Nullable OffsetStore getOffsetStore() {
    return offsetStore;
  }

  /** Where a broadcast's offsets are kept; null: in memory, so that it starts anew with the process. */
  public ConsumerOptions setOffsetStore(@Nullable OffsetStore store) {
    offsetStore = store;
    return this;
  }

  public int getMaxReconsumeTimes() {
    return maxReconsumeTimes;
  }

  /**
   * How often a message that fails comes again before it goes to the dead-letter topic; -1, the
   * default: 16 times, or in order without end.
   */
  public ConsumerOptions setMaxReconsumeTimes(int times) {
    maxReconsumeTimes = OptionRules.atLeast(USUAL, times, "maxReconsumeTimes");
    return this;
  }

  int effectiveMaxReconsumeTimes() {
    if (maxReconsumeTimes != USUAL) {
      return maxReconsumeTimes;
    }
    return orderly ? Integer.MAX_VALUE : USUAL_TIMES;
  }

  public boolean isRetryingHere() {
    return retryingHere;
  }

  /**
   * True: a delivery that failed is tried again by this member after {@link #setRetryDelayMs}, and its
   * queue's offset waits for it. False: the broker takes it back and delivers it again, to anybody,
   * after a delay that grows.
   */
  public ConsumerOptions setRetryingHere(boolean here) {
    retryingHere = here;
    return this;
  }

  public boolean isAutoAck() {
    return autoAck;
  }

  /** For a {@link MessageStream}: false leaves it to the application to acknowledge each message. */
  public ConsumerOptions setAutoAck(boolean automatic) {
    autoAck = automatic;
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

  public long getConsumeTimeoutMs() {
    return consumeTimeoutMs;
  }

  /**
   * After this time, or up to a quarter later, a listener whose future has not completed counts as one that
   * has failed: the messages come again, though it may still be at work, and its queue goes on. In order
   * nothing can go on, so there it is only said in the log. 0: listeners take as long as they like, as the
   * readers of a {@link MessageStream} do.
   */
  public ConsumerOptions setConsumeTimeoutMs(long ms) {
    consumeTimeoutMs = OptionRules.atLeast(0, ms, "consumeTimeoutMs");
    return this;
  }
}
