package io.apogeemq.client;

/** How a producer sends. A producer takes a copy. The defaults are the official
 * clients', except that nothing is compressed. */
public final class ProducerOptions {
  private String group = "";
  private long sendTimeoutMs = 3_000;
  private int retries = 2;
  private int maxPendingSends = 65_536;
  private int newTopicQueues = 4;
  private long lingerMs;
  private int maxBatchMessages = 256;
  private int maxBatchBytes = 128 * 1024;
  private int compressFromBytes = Integer.MAX_VALUE;

  public ProducerOptions() {}

  /** A copy. */
  public ProducerOptions(ProducerOptions other) {
    group = other.group;
    sendTimeoutMs = other.sendTimeoutMs;
    retries = other.retries;
    maxPendingSends = other.maxPendingSends;
    newTopicQueues = other.newTopicQueues;
    lingerMs = other.lingerMs;
    maxBatchMessages = other.maxBatchMessages;
    maxBatchBytes = other.maxBatchBytes;
    compressFromBytes = other.compressFromBytes;
  }

  /** The usual settings for a producer group. */
  public static ProducerOptions of(String group) {
    return new ProducerOptions().setGroup(group);
  }

  public String getGroup() {
    return group;
  }

  /** Producers of one group can answer for each other's transactions. */
  public ProducerOptions setGroup(String name) {
    group = name;
    return this;
  }

  public long getSendTimeoutMs() {
    return sendTimeoutMs;
  }

  /** For one send with all its retries. */
  public ProducerOptions setSendTimeoutMs(long ms) {
    sendTimeoutMs = OptionRules.atLeast(1, ms, "sendTimeoutMs");
    return this;
  }

  public int getRetries() {
    return retries;
  }

  /** How often a failed send is tried again, on another broker if there is one. */
  public ProducerOptions setRetries(int count) {
    retries = OptionRules.atLeast(0, count, "retries");
    return this;
  }

  public int getMaxPendingSends() {
    return maxPendingSends;
  }

  /**
   * Sends under way at once; one more fails at once with {@link TooManyPending}. A {@link MessageSink}
   * is full at half of it.
   */
  public ProducerOptions setMaxPendingSends(int count) {
    maxPendingSends = OptionRules.atLeast(1, count, "maxPendingSends");
    return this;
  }

  public int getNewTopicQueues() {
    return newTopicQueues;
  }

  /** How many queues a topic gets that our first send creates. */
  public ProducerOptions setNewTopicQueues(int count) {
    newTopicQueues = OptionRules.atLeast(1, count, "newTopicQueues");
    return this;
  }

  public long getLingerMs() {
    return lingerMs;
  }

  /**
   * How long {@link Producer#send(Message)} may wait for more messages of the topic, to send them
   * together; 0 sends each alone. Messages with an ordering key, a delay or a queue of their own are
   * never held back.
   */
  public ProducerOptions setLingerMs(long ms) {
    lingerMs = OptionRules.atLeast(0, ms, "lingerMs");
    return this;
  }

  public int getMaxBatchMessages() {
    return maxBatchMessages;
  }

  /** A batch of so many messages is sent before its time is over. */
  public ProducerOptions setMaxBatchMessages(int count) {
    maxBatchMessages = OptionRules.atLeast(1, count, "maxBatchMessages");
    return this;
  }

  public int getMaxBatchBytes() {
    return maxBatchBytes;
  }

  /** The same by its bytes on the wire. Brokers accept 4 MB by default. */
  public ProducerOptions setMaxBatchBytes(int bytes) {
    maxBatchBytes = OptionRules.atLeast(1, bytes, "maxBatchBytes");
    return this;
  }

  public int getCompressFromBytes() {
    return compressFromBytes;
  }

  /**
   * Bodies from this size on are compressed, on the thread that calls {@code send}; none by default.
   * Messages of a batch never are; so where messages linger, one of this size is sent alone.
   */
  public ProducerOptions setCompressFromBytes(int bytes) {
    compressFromBytes = OptionRules.atLeast(1, bytes, "compressFromBytes");
    return this;
  }
}
