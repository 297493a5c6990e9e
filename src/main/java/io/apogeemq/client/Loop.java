package io.apogeemq.client;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The one event loop of a client. State of the client is read and written on it only; callers from
 * elsewhere hop onto it, and answers from other loops (a connection's) are brought back to it. What a
 * caller is answered is brought to his own context.
 *
 * <p>A client ends with whoever made it: a verticle when it is undeployed, else Vert.x. Vert.x would
 * cancel a verticle's timers and close its sockets at the same time, and close the sockets of all
 * others before it undeploys a verticle, so that nobody could say good-bye any more. So the timers here
 * are the event loop's own, and nobody but the client closes its transport ({@link #closedByNobody}).
 */
final class Loop {
  private final Vertx vertx;

  /** Of whoever made the client. */
  private final ContextInternal maker;

  private final ContextInternal context;

  /** By number; those that are due once leave when they are. On the loop. */
  private final LongObjectHashMap<ScheduledFuture<?>> timers = new LongObjectHashMap<>();

  private long lastTimer;

  /** The caller's own event loop if it is on one, else a new one. */
  Loop(Vertx vertx) {
    this.vertx = vertx;
    // Nothing of a request's own may live on in us.
    maker = ((ContextInternal) vertx.getOrCreateContext()).unwrap();
    context = maker.isEventLoopContext() ? maker : ((VertxInternal) vertx).createEventLoopContext();
  }

  /**
   * Calls an action so that Vert.x counts what it makes neither among the things of a verticle nor among
   * its own: whoever made it must close it.
   */
  <T> T closedByNobody(Supplier<T> action) {
    ContextInternal outside =
        ((VertxInternal) vertx)
            .contextBuilder()
            .withThreadingModel(ThreadingModel.EVENT_LOOP)
            .withCloseFuture(new CloseFuture())
            .build();
    ContextInternal before = outside.beginDispatch();
    try {
      return action.get();
    } finally {
      outside.endDispatch(before);
    }
  }

  /** Vert.x calls this when the verticle that made the client is undeployed; without one, when it closes. */
  void addCloseHook(Closeable hook) {
    maker.addCloseHook(hook);
  }

  void removeCloseHook(Closeable hook) {
    maker.removeCloseHook(hook);
  }

  Context context() {
    return context;
  }

  private boolean isHere() {
    return Context.isOnEventLoopThread() && Vertx.currentContext() == context;
  }

  /** Runs now if this is the loop, else soon. */
  void run(Runnable action) {
    if (isHere()) {
      action.run();
    } else {
      context.runOnContext(ignored -> action.run());
    }
  }

  /** Runs behind what the loop has to do already. */
  void soon(Runnable action) {
    context.runOnContext(ignored -> action.run());
  }

  /**
   * Calls an action on the loop. The future completes on the context of the caller, or on the loop if
   * he has none; it fails with what the action threw.
   */
  <T> Future<T> call(Supplier<Future<T>> action) {
    if (isHere()) {
      return attempt(action);
    }
    Context caller = Vertx.currentContext();
    Promise<T> outcome = Promise.promise();
    context.runOnContext(
        ignored ->
            attempt(action)
                .onComplete(
                    done -> {
                      if (caller == null) {
                        outcome.handle(done);
                      } else {
                        caller.runOnContext(back -> outcome.handle(done));
                      }
                    }));
    return outcome.future();
  }

  /** What an action leads to, also if it throws. */
  static <T> Future<T> attempt(Supplier<Future<T>> action) {
    try {
      return action.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** The outcome of a future that completes on another loop, brought to this one. */
  <T> Future<T> here(Future<T> elsewhere) {
    Promise<T> outcome = Promise.promise();
    elsewhere.onComplete(done -> run(() -> outcome.handle(done)));
    return outcome.future();
  }

  /**
   * The outcome of a future of this loop, or a failure if there is none by then. The future itself is
   * left alone. Call it on the loop.
   */
  <T> Future<T> within(long limitMs, Future<T> awaited, Supplier<Throwable> late) {
    if (awaited.isComplete()) {
      return awaited;
    }
    Promise<T> outcome = Promise.promise();
    long timer = after(limitMs, () -> outcome.tryFail(late.get()));
    awaited.onComplete(
        done -> {
          cancel(timer);
          if (done.succeeded()) {
            outcome.tryComplete(done.result());
          } else {
            outcome.tryFail(done.cause());
          }
        });
    return outcome.future();
  }

  /** Runs what takes its time on a worker; the outcome is brought to this loop. */
  <T> Future<T> onWorker(Callable<T> action) {
    return here(vertx.executeBlocking(action, false));
  }

  /** Runs an action on the loop after a delay. Call it on the loop. Returns what {@link #cancel} takes. */
  long after(long delayMs, Runnable action) {
    long number = ++lastTimer;
    timers.put(
        number,
        context
            .nettyEventLoop()
            .schedule(
                () -> {
                  timers.remove(number);
                  run(action, context);
                },
                Math.max(1, delayMs),
                TimeUnit.MILLISECONDS));
    return number;
  }

  /** Runs an action on the loop again and again. Call it on the loop. */
  long every(long intervalMs, Runnable action) {
    long number = ++lastTimer;
    timers.put(
        number,
        context
            .nettyEventLoop()
            .scheduleAtFixedRate(
                () -> run(action, context), intervalMs, intervalMs, TimeUnit.MILLISECONDS));
    return number;
  }

  /** On the event loop's thread: as the context does it, which hears of what is thrown. */
  private static void run(Runnable action, ContextInternal on) {
    on.emit(ignored -> action.run());
  }

  /** Cancels a timer, if it is still to come. Call it on the loop. */
  void cancel(long timer) {
    ScheduledFuture<?> scheduled = timers.remove(timer);
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }

  /** Cancels all timers. Call it on the loop. */
  void cancelAll() {
    timers.values().forEach(each -> each.cancel(false));
    timers.clear();
  }
}
