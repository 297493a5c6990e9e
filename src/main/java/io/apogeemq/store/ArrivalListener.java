package io.apogeemq.store;

/**
 * Learns that more messages of queues became readable. Called on a store thread: mark and return.
 * For one batch of messages {@link #queueMoved} comes once per queue, then {@link #batchEnded} once.
 */
public interface ArrivalListener {
  /** {@code maxOffset} is one behind the last readable message of the queue. */
  void queueMoved(String topic, int queueId, long maxOffset);

  void batchEnded();
}
