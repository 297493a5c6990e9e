package io.apogeemq.client;

/**
 * Hears what a client does; give one to {@link ClientOptions#setMetrics}. Called on the client's event
 * loop, so it must not block. {@link ClientCounters} is one that counts; a bridge to Micrometer or the
 * like is a class with these few methods.
 */
public interface ClientMetrics {
  /** Hears nothing. */
  ClientMetrics NONE = new ClientMetrics() {};

  /**
   * A send has ended with all its tries.
   *
   * @param messages 1, or the size of a batch
   * @param stored false: it failed, and may be stored or not
   * @param latencyNs from the call to the answer, waiting for others included
   */
  default void sent(String topic, int messages, boolean stored, long latencyNs) {}

  /** Messages came from a broker, by pull or pop. */
  default void received(String topic, String group, int messages) {}

  /**
   * A listener has ended.
   *
   * @param consumed false: the messages come again
   */
  default void delivered(
      String topic, String group, int messages, boolean consumed, long latencyNs) {}

  /** A queue was given to this member of a group. */
  default void queueGained(String group, MessageQueue queue) {}

  /** A queue was taken away. */
  default void queueLost(String group, MessageQueue queue) {}
}
