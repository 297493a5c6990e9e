package io.apogeemq.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group's messages as a stream to read, with back-pressure to the broker: while the stream
 * is paused, or {@link ConsumerOptions#setMaxInFlight} messages wait for their acknowledgement, nothing
 * more is delivered, and what is cached is bounded. Made by {@link ApogeeClient#stream}; its handlers
 * are called on the context that it was made on, where its methods should be called, too.
 *
 * <p>Each message is acknowledged when its handler returns, or by hand if the options say so ({@link
 * ConsumerOptions#setAutoAck}).
 */
public final class MessageStream implements ReadStream<StreamedMessage> {
  private final PushConsumer consumer;
  private final Context context;
  private final boolean autoAck;

  // What follows belongs to the context.
  private final Deque<StreamedMessage> waiting = new ArrayDeque<>();
  private long demand = Long.MAX_VALUE;
  private boolean emitting;
  private boolean closed;
  private @Nullable Handler<StreamedMessage> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;

  MessageStream(ConsumerOptions options, ApogeeClient client) {
    Context caller = Vertx.currentContext();
    context = caller == null ? client.calls().loop().context() : caller;
    autoAck = options.isAutoAck();
    // What a paused stream holds is not late.
    ConsumerOptions one = new ConsumerOptions(options).setBatchSize(1).setConsumeTimeoutMs(0);
    consumer = client.pushConsumer(one, this::take);
    consumer.onStopped(() -> here(this::stopped));
  }

  /** Joins the group: messages come from now on, if there is a handler. */
  public Future<Void> start() {
    return consumer.start();
  }

  /** The consumer below: its queues, and moving to other offsets. */
  public PushConsumer consumer() {
    return consumer;
  }

  /** Called on the context. */
  private Future<Void> take(Delivery delivery) {
    Promise<Void> outcome = Promise.promise();
    waiting.add(new StreamedMessage(delivery.messages().get(0), delivery.queue(), outcome));
    emit();
    return outcome.future();
  }

  private void emit() {
    if (emitting) {
      return; // a handler led back here; the loop below goes on
    }
    emitting = true;
    try {
      while (demand > 0 && !waiting.isEmpty() && !closed) {
        Handler<StreamedMessage> present = handler;
        if (present == null) {
          return;
        }
        if (demand != Long.MAX_VALUE) {
          demand--;
        }
        emit(waiting.remove(), present);
      }
    } finally {
      emitting = false;
    }
  }

  private void emit(StreamedMessage message, Handler<StreamedMessage> to) {
    try {
      to.handle(message);
      if (autoAck) {
        message.ack();
      }
    } catch (Throwable e) { // an Error as well: the message comes again, and others go on
      message.retry(e);
      Handler<Throwable> told = exceptionHandler;
      if (told != null) {
        told.handle(e);
      }
    }
  }

  /** What no handler has seen holds the close up for nothing. */
  private void abandonWaiting() {
    waiting.forEach(each -> each.retry(new IllegalStateException("the stream was closed")));
    waiting.clear();
  }

  private void here(Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(ignored -> action.run());
    }
  }

  @Override
  public MessageStream handler(@Nullable Handler<StreamedMessage> newHandler) {
    here(
        () -> {
          handler = newHandler;
          emit();
        });
    return this;
  }

  @Override
  public MessageStream pause() {
    here(() -> demand = 0);
    return this;
  }

  @Override
  public MessageStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public MessageStream fetch(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("can't fetch " + amount + " messages");
    }
    here(
        () -> {
          demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
          emit();
        });
    return this;
  }

  /** Called with what a handler threw; the message comes again. */
  @Override
  public MessageStream exceptionHandler(@Nullable Handler<Throwable> newHandler) {
    here(() -> exceptionHandler = newHandler);
    return this;
  }

  @Override
  public MessageStream endHandler(@Nullable Handler<Void> newHandler) {
    here(() -> endHandler = newHandler);
    return this;
  }

  /**
   * Leaves the group and ends the stream, as closing the client does. What was not acknowledged is
   * delivered to others.
   */
  public Future<Void> close() {
    here(() -> closed = true);
    return consumer.close();
  }

  private void stopped() {
    closed = true;
    abandonWaiting();
    Handler<Void> end = endHandler;
    endHandler = null;
    if (end != null) {
      end.handle(null);
    }
  }
}
