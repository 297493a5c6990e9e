package io.apogeemq.client;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets what has one key happen one after the other: each begins when the one before has ended, well or
 * not. Holds as many keys as there are sends under way.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class KeyOrder {
  private record Key(String topic, String key) {}

  private final Loop loop;
  private final Map<Key, Future<?>> last = new HashMap<>();

  KeyOrder(Loop loop) {
    this.loop = loop;
  }

  <T> Future<T> inTurn(String topic, String orderingKey, Supplier<Future<T>> action) {
    Key key = new Key(topic, orderingKey);
    Promise<T> turn = Promise.promise();
    Future<?> before = last.put(key, turn.future());
    if (before == null) {
      action.get().onComplete(turn);
    } else {
      // Not within the callback: a run of sends that fail at once would nest as deep as it is long.
      before.onComplete(ignored -> loop.soon(() -> action.get().onComplete(turn)));
    }
    return turn.future().onComplete(ignored -> last.remove(key, turn.future()));
  }

  /** The queue of a key: always the same one while the topic's queues stay as they are. */
  static @Nullable MessageQueue queueOf(String orderingKey, PublishQueues queues) {
    return queues.all().isEmpty()
        ? null
        : queues.all().get(Math.floorMod(orderingKey.hashCode(), queues.all().size()));
  }
}
