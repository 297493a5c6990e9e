package io.apogeemq.store;

/**
 * How far queues have been read by those who read them. The store asks before it deletes messages that
 * are not due, and knows no more of groups than this.
 */
@FunctionalInterface
public interface ReadProgress {
  /** Nobody has read anything. */
  ReadProgress NOTHING_READ = (topic, queueId) -> 0;

  /**
   * The queue offset before which everybody has read: 0 if nobody has, {@code Long.MAX_VALUE} if nobody
   * is expected to.
   */
  long readTo(String topic, int queueId);
}
