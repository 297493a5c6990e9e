package io.apogeemq.gateway.admin;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * Does so much at once and no more, whoever asks; the others wait in the order in which they came. For
 * work that holds memory while it is under way.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Turns {
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int free;
  private boolean starting;

  Turns(int atOnce) {
    free = atOnce;
  }

  /** Completes as the action does, which begins when it is its turn. */
  <T> Future<T> take(Supplier<Future<T>> action) {
    Promise<T> ended = Promise.promise();
    waiting.add(
        () ->
            attempt(action)
                .onComplete(
                    done -> {
                      free++;
                      ended.handle(done);
                      startNext();
                    }));
    startNext();
    return ended.future();
  }

  /** An action that ends at once leaves it to the loop to go on. */
  private void startNext() {
    if (starting) {
      return;
    }
    starting = true;
    while (free > 0 && !waiting.isEmpty()) {
      free--;
      waiting.remove().run();
    }
    starting = false;
  }

  private static <T> Future<T> attempt(Supplier<Future<T>> action) {
    try {
      return action.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
