package io.apogeemq.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A listener and the context that it is called on: that of whoever made the consumer, or the client's
 * loop if he has none. Whatever it does is an outcome: what it throws, and a future that it does not
 * return.
 */
final class Listening {
  private final MessageListener listener;
  private final Loop loop;
  private final Context context;

  /**
   * @param caller null: the client's loop
   */
  Listening(MessageListener listener, Loop loop, @Nullable Context caller) {
    this.listener = listener;
    this.loop = loop;
    context = caller == null ? loop.context() : caller;
  }

  /**
   * Gives messages to the listener; call it on the loop.
   *
   * @param onEnd called on the loop, with null if the messages are consumed, else with the reason
   */
  void give(Delivery delivery, Consumer<@Nullable Throwable> onEnd) {
    if (context == loop.context()) {
      call(delivery, onEnd);
    } else {
      context.runOnContext(ignored -> call(delivery, onEnd));
    }
  }

  private void call(Delivery delivery, Consumer<@Nullable Throwable> onEnd) {
    outcome(delivery).onComplete(done -> loop.run(() -> onEnd.accept(done.cause())));
  }

  private Future<?> outcome(Delivery delivery) {
    try {
      @Nullable Future<?> outcome = listener.onMessages(delivery);
      return outcome == null
          ? Future.failedFuture(new IllegalStateException("the listener returned null, no future"))
          : outcome;
    } catch (Throwable e) { // an Error as well: the message comes again, and others go on
      return Future.failedFuture(e);
    }
  }
}
