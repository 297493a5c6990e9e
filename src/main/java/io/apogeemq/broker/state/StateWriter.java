package io.apogeemq.broker.state;

import io.vertx.core.Future;

/** The way into the state log: {@link StateLog#write}. Tables know no more of it. */
@FunctionalInterface
public interface StateWriter {
  /** Completes when the record is durable in the store's mode and the tables show it. */
  Future<Void> write(StateRecord record);
}
