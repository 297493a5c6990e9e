package io.apogeemq.client;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Transport;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests of this client to other nodes. Answers come back on the client's loop; what the reader
 * functions return must not hold on to the response's body, which is released when they return.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Calls {
  private static final Logger log = LoggerFactory.getLogger(Calls.class);

  private final Loop loop;
  private final Transport transport;
  private final List<String> nameServers;
  private final long timeoutMs;

  /** Index of the name server that answered last. */
  private int current;

  Calls(Loop loop, Transport transport, ClientOptions options) {
    this.loop = loop;
    this.transport = transport;
    nameServers = options.getNameServers();
    timeoutMs = options.getRequestTimeoutMs();
  }

  Loop loop() {
    return loop;
  }

  /**
   * Completes when there is a connection to a node.
   *
   * @param limitMs fails with a {@code ConnectException} if there is none by then
   */
  Future<Void> connected(String address, long limitMs) {
    Future<Connection> dialled = transport.connect(address);
    return dialled.succeeded()
        ? Future.succeededFuture()
        : loop.within(
            limitMs,
            loop.here(dialled).mapEmpty(),
            () ->
                new ConnectException("no connection to " + address + " within " + limitMs + " ms"));
  }

  /** Asks a node and reads any response; fails only if there is none, or the reader throws. */
  <T> Future<T> any(
      String address, RemotingCommand request, long waitMs, Function<RemotingCommand, T> read) {
    return loop.here(transport.request(address, request, waitMs))
        .map(
            response -> {
              try {
                return read.apply(response);
              } finally {
                response.release();
              }
            });
  }

  /** Asks a node and reads the response if it is a success, else fails with {@link RequestRefused}. */
  <T> Future<T> ok(String address, RemotingCommand request, Function<RemotingCommand, T> read) {
    return any(address, request, timeoutMs, response -> read.apply(successful(response)));
  }

  /** The same for a question that may take longer than usual to answer. */
  <T> Future<T> ok(
      String address, RemotingCommand request, long waitMs, Function<RemotingCommand, T> read) {
    return any(address, request, waitMs, response -> read.apply(successful(response)));
  }

  /** Asks a node; only success matters. */
  Future<Void> ok(String address, RemotingCommand request) {
    return ok(address, request, response -> null);
  }

  /** Sends a request that nobody answers; a failure is logged, since nobody could act on it. */
  void oneway(String address, RemotingCommand request) {
    transport
        .oneway(address, request)
        .onFailure(e -> log.info("a one-way request to {} failed: {}", address, e.toString()));
  }

  Future<Void> onewayOrFail(String address, RemotingCommand request) {
    return loop.here(transport.oneway(address, request));
  }

  /**
   * Asks the name servers in turn, beginning with the one that answered last, until one responds at
   * all. A refusal is an answer: the others are not asked then.
   *
   * @param request makes the request anew for each try
   */
  <T> Future<T> nameServer(Supplier<RemotingCommand> request, Function<RemotingCommand, T> read) {
    return nameServer(request, read, 1);
  }

  private <T> Future<T> nameServer(
      Supplier<RemotingCommand> request, Function<RemotingCommand, T> read, int tries) {
    int asked = current;
    return any(nameServers.get(asked), request.get(), timeoutMs, r -> read.apply(successful(r)))
        .recover(
            e -> {
              if (e instanceof RequestRefused || tries >= nameServers.size()) {
                return Future.failedFuture(e);
              }
              log.info("name server {} does not answer: {}", nameServers.get(asked), e.toString());
              if (current == asked) {
                current = (asked + 1) % nameServers.size();
              }
              return nameServer(request, read, tries + 1);
            });
  }

  /** Asks all name servers; each must answer with success. */
  Future<Void> everyNameServer(Supplier<RemotingCommand> request) {
    List<Future<Void>> all = new ArrayList<>();
    for (String each : nameServers) {
      all.add(ok(each, request.get()));
    }
    return Future.all(all).mapEmpty();
  }

  private static RemotingCommand successful(RemotingCommand response) {
    if (response.code() != ResponseCode.SUCCESS) {
      throw new RequestRefused(response.code(), response.remark());
    }
    return response;
  }
}
