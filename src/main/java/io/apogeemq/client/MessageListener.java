package io.apogeemq.client;

import io.vertx.core.Future;

/**
 * Takes the messages of a {@link PushConsumer}. Called on the context that made the consumer, or on
 * the client's event loop, so unless that is a worker's it must not block: work that does belongs on a
 * worker, and its future is what to return.
 */
@FunctionalInterface
public interface MessageListener {
  /**
   * @return succeeds when the messages are consumed; if it fails they come again later, all of them.
   *     Whatever it throws counts as a failure.
   */
  Future<?> onMessages(Delivery delivery);
}
