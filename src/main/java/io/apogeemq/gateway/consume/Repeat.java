package io.apogeemq.gateway.consume;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/**
 * Does a step again and again, each when the one before has ended. A chain of {@code compose} would keep
 * every step until the last one ends, and end them all on one stack; this takes the same stack and memory
 * for any number of steps, whether they end at once or later.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class Repeat {
  private final Supplier<Future<Boolean>> step;
  private final Promise<Void> done = Promise.promise();

  private Repeat(Supplier<Future<Boolean>> step) {
    this.step = step;
  }

  /**
   * Completes when a step has told that it was the last, or fails as the first that fails.
   *
   * @param step tells whether there is another
   */
  public static Future<Void> whileTrue(Supplier<Future<Boolean>> step) {
    Repeat all = new Repeat(step);
    all.goOn();
    return all.done.future();
  }

  private void goOn() {
    while (true) {
      Future<Boolean> one = one();
      if (!one.isComplete()) {
        one.onComplete(
            ignored -> {
              if (isAnother(one)) {
                goOn();
              }
            });
        return;
      }
      if (!isAnother(one)) {
        return;
      }
    }
  }

  private Future<Boolean> one() {
    try {
      return step.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private boolean isAnother(Future<Boolean> ended) {
    if (ended.failed()) {
      done.fail(ended.cause());
      return false;
    }
    if (!ended.result()) {
      done.complete();
    }
    return ended.result();
  }
}
