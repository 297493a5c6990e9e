package io.apogeemq.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A producer as a stream to write messages to. It is full while too many sends wait for an answer, so
 * that {@code source.pipeTo(sink)} goes no faster than brokers store. Made by {@link Producer#sink};
 * handlers are called on the context that it was made on. Ending it leaves the producer open.
 */
public final class MessageSink implements WriteStream<Message> {
  private static final int DEFAULT_MAX = 1_000;

  private final Producer producer;
  private final Context context;
  private final AtomicInteger pending = new AtomicInteger();
  private final Promise<Void> drained = Promise.promise();
  private volatile int max;
  private volatile boolean ended;
  private volatile @Nullable Handler<Void> drainHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;

  MessageSink(Producer producer, Context elsewhere) {
    this.producer = producer;
    Context caller = Vertx.currentContext();
    context = caller == null ? elsewhere : caller;
    max = Math.min(DEFAULT_MAX, Math.max(1, producer.options().getMaxPendingSends() / 2));
  }

  /** Completes when the message is stored. */
  @Override
  public Future<Void> write(Message message) {
    if (ended) {
      return Future.failedFuture(new IllegalStateException("the sink has ended"));
    }
    pending.incrementAndGet();
    Promise<Void> stored = Promise.promise();
    producer
        .send(message)
        .onComplete(done -> context.runOnContext(ignored -> answered(done.cause(), stored)));
    return stored.future();
  }

  private void answered(@Nullable Throwable failure, Promise<Void> stored) {
    int left = pending.decrementAndGet();
    if (failure == null) {
      stored.complete();
    } else {
      stored.fail(failure);
      Handler<Throwable> handler = exceptionHandler;
      if (handler != null) {
        handler.handle(failure);
      }
    }
    Handler<Void> drain = drainHandler;
    if (drain != null && left <= max / 2) {
      drainHandler = null;
      drain.handle(null);
    }
    if (ended && left == 0) {
      drained.tryComplete();
    }
  }

  /** Takes no more messages. Completes when all that were written have their answers, good or bad. */
  @Override
  public Future<Void> end() {
    ended = true;
    if (pending.get() == 0) {
      drained.tryComplete();
    }
    return drained.future();
  }

  @Override
  public MessageSink setWriteQueueMaxSize(int maxPending) {
    max = OptionRules.atLeast(1, maxPending, "writeQueueMaxSize");
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return pending.get() >= max;
  }

  @Override
  public MessageSink drainHandler(@Nullable Handler<Void> handler) {
    drainHandler = handler;
    return this;
  }

  @Override
  public MessageSink exceptionHandler(@Nullable Handler<Throwable> handler) {
    exceptionHandler = handler;
    return this;
  }
}
