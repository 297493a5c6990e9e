package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.util.collection.IntObjectHashMap;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the row of a request, has the gate check its caller, reads its header record, calls its
 * handler, and turns every outcome into exactly one answer (none for a one-way request). Immutable: one instance may serve all loops,
 * each call runs on the loop of its connection.
 */
public final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  private final IntObjectHashMap<Route<?>> routes = new IntObjectHashMap<>();
  private final @Nullable Gate gate;

  /** Serves whoever can connect. */
  public Dispatcher(Collection<? extends RequestFamily> families) {
    this(families, null);
  }

  /**
   * All rows of the families. Two rows of one code are a mistake of ours.
   *
   * @param gate whom every request has to pass; null serves whoever can connect
   */
  public Dispatcher(Collection<? extends RequestFamily> families, @Nullable Gate gate) {
    this.gate = gate;
    for (RequestFamily family : families) {
      for (Route<?> route : family.routes()) {
        if (routes.put(route.code(), route) != null) {
          throw new IllegalArgumentException(
              "two rows for request code " + RequestCode.name(route.code()));
        }
      }
    }
  }

  public Dispatcher(RequestFamily... families) {
    this(List.of(families));
  }

  /** The rows by code, for documents and tests. */
  public Collection<Route<?>> routes() {
    TreeMap<Integer, Route<?>> sorted = new TreeMap<>();
    for (Route<?> each : routes.values()) {
      sorted.put(each.code(), each);
    }
    return sorted.values();
  }

  /** Answers a request on its own connection, and releases it when the answer has been given. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void dispatch(Exchange exchange) {
    RemotingCommand request = exchange.request();
    Future<Reply> outcome = answer(exchange);
    if (outcome.succeeded()) { // the common case: no callback, no allocation
      finish(exchange, outcome.result());
      return;
    }
    outcome.onComplete(
        done ->
            finish(exchange, done.succeeded() ? done.result() : failure(request, done.cause())));
  }

  private static void finish(Exchange exchange, Reply reply) {
    RemotingCommand request = exchange.request();
    try {
      if (request.isOneway()) {
        reply.body().release();
      } else {
        exchange.connection().send(reply.toResponse(request));
      }
    } finally {
      request.release();
    }
  }

  /**
   * The reply to a request, without sending it. Never throws; what a handler's future fails with becomes
   * an answer in {@link #dispatch}.
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  public Future<Reply> answer(Exchange exchange) {
    Route<?> route = routes.get(exchange.request().code());
    try {
      Caller caller = gate == null ? null : gate.identify(exchange);
      return route == null ? unknown(exchange.request()) : call(route, exchange, caller);
    } catch (Throwable e) { // an Error as well: whoever asked gets an answer
      return failure(exchange.request(), e).now();
    }
  }

  private static Future<Reply> unknown(RemotingCommand request) {
    return Reply.of(
            ResponseCode.REQUEST_CODE_NOT_SUPPORTED,
            " request type " + request.code() + " not supported")
        .now();
  }

  private static <H extends Record> Future<Reply> call(
      Route<H> route, Exchange exchange, @Nullable Caller caller) {
    H header = route.reader().apply(exchange.request().ext());
    if (caller == null) {
      return route.handler().handle(exchange, header);
    }
    route.check(caller, header, exchange.request());
    return route
        .handler()
        .handle(new Exchange(exchange.connection(), exchange.request(), caller), header);
  }

  private static Reply failure(RemotingCommand request, @Nullable Throwable cause) {
    if (cause instanceof Refused refused) {
      return refused.reply();
    }
    if (cause instanceof MalformedRequest) {
      return Reply.of(ResponseCode.SYSTEM_ERROR, cause.getMessage());
    }
    log.error("request {} failed", RequestCode.name(request.code()), cause);
    return Reply.of(ResponseCode.SYSTEM_ERROR, String.valueOf(cause));
  }
}
