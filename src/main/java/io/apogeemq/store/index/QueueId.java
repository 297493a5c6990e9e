package io.apogeemq.store.index;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Name of a queue, with its topic's bytes and the hash by which index files are sorted.
 *
 * @param topicHash {@link KeyHash} of the topic: seed of its keys' hashes
 * @param hash of topic and queue id
 */
public record QueueId(String topic, int queueId, byte[] topicBytes, long topicHash, long hash) {
  /** The order of queues in an index file. */
  static final Comparator<QueueId> FILE_ORDER =
      (a, b) -> {
        int byHash = Long.compareUnsigned(a.hash, b.hash);
        if (byHash != 0) {
          return byHash;
        }
        int byTopic = Arrays.compareUnsigned(a.topicBytes, b.topicBytes);
        return byTopic != 0 ? byTopic : Integer.compare(a.queueId, b.queueId);
      };

  public static QueueId of(String topic, int queueId) {
    return of(topic, queueId, topic.getBytes(StandardCharsets.UTF_8));
  }

  static QueueId of(String topic, int queueId, byte[] topicBytes) {
    long topicHash = KeyHash.of(0, topicBytes, 0, topicBytes.length);
    return new QueueId(topic, queueId, topicBytes, topicHash, KeyHash.mix(topicHash, queueId));
  }

  boolean sameAs(QueueId other) {
    return queueId == other.queueId
        && hash == other.hash
        && Arrays.equals(topicBytes, other.topicBytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QueueId that && sameAs(that);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(hash);
  }

  @Override
  public String toString() {
    return topic + ":" + queueId;
  }
}
