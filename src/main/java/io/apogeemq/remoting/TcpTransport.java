package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.tls.ClientTls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls over TCP: one connection per address, dialled on first use, shared by all callers, dialled
 * anew after it was lost. Safe to use from any thread; the sockets live on the event loop of the
 * context that the transport was made on, which must not be a worker's.
 */
public final class TcpTransport implements Transport {
  private static final int CONNECT_TIMEOUT_MS = 3000;

  private final Vertx vertx;
  private final Dispatcher requests;
  private final Context context;
  private final NetClient client;
  private final @Nullable ClientTls tls;
  private final Map<String, Future<Connection>> connections = new ConcurrentHashMap<>();

  /** Calls in plain text. */
  public TcpTransport(Vertx vertx, Dispatcher requests) {
    this(vertx, requests, null);
  }

  /**
   * @param requests answers what the other end asks on our connections (a broker's change notices)
   * @param tls how TLS is spoken on all connections; null for plain text
   */
  public TcpTransport(Vertx vertx, Dispatcher requests, @Nullable ClientTls tls) {
    this(vertx, vertx.getOrCreateContext(), requests, tls);
  }

  /** The same on an event loop of the caller's choice. */
  public TcpTransport(Vertx vertx, Context context, Dispatcher requests, @Nullable ClientTls tls) {
    this.vertx = vertx;
    this.context = context;
    this.tls = tls;
    this.requests = requests;
    client =
        vertx.createNetClient(
            new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS).setTcpNoDelay(true));
  }

  @Override
  public Future<RemotingCommand> request(String address, RemotingCommand command, long timeoutMs) {
    return connect(address)
        .onFailure(ignored -> command.release())
        .compose(connection -> connection.request(command, timeoutMs));
  }

  @Override
  public Future<Void> oneway(String address, RemotingCommand command) {
    return connect(address)
        .onFailure(ignored -> command.release())
        .map(
            connection -> {
              connection.send(command.oneway());
              return null;
            });
  }

  @Override
  public Future<Connection> connect(String address) {
    Future<Connection> known = connections.get(address);
    if (known != null && isUsable(known)) {
      return known;
    }
    Promise<Connection> fresh = Promise.promise();
    Future<Connection> winner =
        connections.compute(
            address,
            (key, present) -> present != null && isUsable(present) ? present : fresh.future());
    if (winner == fresh.future()) {
      // Forgotten when it fails or closes, so that dead addresses don't pile up.
      fresh
          .future()
          .onFailure(e -> connections.remove(address, winner))
          .onSuccess(
              connection ->
                  connection.closed().onComplete(ended -> connections.remove(address, winner)));
      context.runOnContext(ignored -> dial(address).onComplete(fresh));
    }
    return winner;
  }

  private static boolean isUsable(Future<Connection> dialled) {
    return !dialled.isComplete() || (dialled.succeeded() && dialled.result().isOpen());
  }

  private Future<Connection> dial(String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      return Future.failedFuture(new ConnectException("'" + address + "' is not host:port"));
    }
    String host = address.substring(0, colon);
    int port;
    try {
      port = Integer.parseInt(address.substring(colon + 1));
    } catch (NumberFormatException e) {
      return Future.failedFuture(new ConnectException("'" + address + "' has no port number"));
    }
    return client
        .connect(SocketAddress.inetSocketAddress(port, host))
        .compose(socket -> opened(address, socket));
  }

  private Future<Connection> opened(String address, NetSocket socket) {
    String name = "a connection to " + address;
    FrameChannel channel =
        new FrameChannel(
            vertx,
            socket,
            name,
            true,
            remote -> FirstBytes.dialled(vertx, name, remote),
            RemotingServer.IDLE_MS,
            request -> requests.dispatch(new Exchange(request.from(), request.command())));
    if (tls == null) {
      return Future.succeededFuture(channel);
    }
    return channel
        .startTls(tls.context())
        .map((Connection) channel)
        .recover(
            cause -> {
              channel.close();
              return Future.failedFuture(
                  new ConnectException(
                      "no TLS with "
                          + address
                          + ": "
                          + cause.getMessage()
                          + "; is TLS switched off there (tls.server.mode=disabled), or a"
                          + " certificate not trusted?"));
            });
  }

  @Override
  public Future<Void> close() {
    List<Future<Connection>> all = new ArrayList<>(connections.values());
    connections.clear();
    for (Future<Connection> each : all) {
      each.onSuccess(Connection::close);
    }
    return client.close();
  }
}
