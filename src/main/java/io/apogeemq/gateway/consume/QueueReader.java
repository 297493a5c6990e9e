package io.apogeemq.gateway.consume;

import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.vertx.core.Future;

/** Reads what is in a queue now. */
@FunctionalInterface
public interface QueueReader {
  /**
   * @param offset of the first message wanted
   * @param maxMessages there may be fewer, also when the queue has more
   */
  Future<PullResult> read(MessageQueue queue, Filter wanted, long offset, int maxMessages);

  static QueueReader of(PullConsumer consumer) {
    return (queue, wanted, offset, maxMessages) ->
        consumer.pull(queue, wanted, offset, maxMessages, 0);
  }
}
