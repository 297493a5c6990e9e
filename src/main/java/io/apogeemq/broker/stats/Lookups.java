package io.apogeemq.broker.stats;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups in the store of which only a few are on their way at a time, so that one request about a
 * topic with very many queues does not fill the readers' queue before everybody else.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Lookups {
  private final Iterator<Supplier<Future<?>>> waiting;
  private final int atOnce;
  private final Promise<Void> done = Promise.promise();
  private int onTheirWay;
  private boolean starting;
  private @Nullable Throwable failure;

  private Lookups(Iterator<Supplier<Future<?>>> waiting, int atOnce) {
    this.waiting = waiting;
    this.atOnce = atOnce;
  }

  /**
   * Starts the look-ups in their order, {@code atOnce} at a time. Completes when all are done; fails
   * with the first failure, but not before what was started has ended, and starts none after it.
   */
  static Future<Void> run(List<Supplier<Future<?>>> all, int atOnce) {
    Lookups lookups = new Lookups(all.iterator(), atOnce);
    lookups.startMore();
    return lookups.done.future();
  }

  private void startMore() {
    if (starting) {
      return; // a look-up that completed at once: the loop below goes on by itself
    }
    starting = true;
    while (onTheirWay < atOnce && failure == null && waiting.hasNext()) {
      onTheirWay++;
      waiting.next().get().onComplete((found, problem) -> ended(problem));
    }
    starting = false;
    if (onTheirWay == 0) {
      if (failure == null) {
        done.tryComplete();
      } else {
        done.tryFail(failure);
      }
    }
  }

  private void ended(@Nullable Throwable problem) {
    onTheirWay--;
    if (problem != null && failure == null) {
      failure = problem;
    }
    startMore();
  }
}
