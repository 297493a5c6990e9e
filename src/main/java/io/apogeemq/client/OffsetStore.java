package io.apogeemq.client;

import io.vertx.core.Future;
import java.util.Map;

/**
 * Where a broadcast consumer keeps how far it is: brokers don't keep it, because each member reads
 * everything. Called on the client's event loop.
 */
public interface OffsetStore {
  /** The offsets that were saved last, by queue; empty if there are none. */
  Future<Map<MessageQueue, Long>> load();

  /** Keeps these, all of them each time. A call comes when the one before has ended. */
  Future<Void> save(Map<MessageQueue, Long> offsets);
}
