package io.apogeemq.remoting;

import io.apogeemq.remoting.tls.ServerTls;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A listening port for remoting frames. Started on the context of a verticle; several verticles that
 * start the same port share it, and Vert.x spreads the connections over their event loops.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class RemotingServer {
  /** Both sides of the original close a connection after so much silence. */
  static final long IDLE_MS = 120_000;

  private static final int ACCEPT_BACKLOG = 1024;

  private final Vertx vertx;
  private final String portName;
  private final Dispatcher dispatcher;
  private final ServerTls tls;
  private final long idleMs;
  private final NetServer server;
  private @Nullable Loopback loopback;

  /** A port that speaks plain text only. */
  public RemotingServer(
      Vertx vertx, String host, int port, String portName, Dispatcher dispatcher) {
    this(vertx, host, port, portName, dispatcher, ServerTls.OFF);
  }

  /**
   * @param host address to listen on
   * @param port 0 for any free one
   * @param portName how people call this port, e.g. "the broker port 10911"
   */
  public RemotingServer(
      Vertx vertx, String host, int port, String portName, Dispatcher dispatcher, ServerTls tls) {
    this(vertx, host, port, portName, dispatcher, tls, IDLE_MS);
  }

  /** {@code idleMs}: silent connections are closed after so long. */
  RemotingServer(
      Vertx vertx,
      String host,
      int port,
      String portName,
      Dispatcher dispatcher,
      ServerTls tls,
      long idleMs) {
    this.vertx = vertx;
    this.tls = tls;
    this.idleMs = idleMs;
    this.portName = portName;
    this.dispatcher = dispatcher;
    server =
        vertx.createNetServer(
            new NetServerOptions()
                .setHost(host)
                .setPort(port)
                .setTcpNoDelay(true)
                .setReuseAddress(true)
                .setAcceptBacklog(ACCEPT_BACKLOG));
  }

  /** Serves clients of this process without a socket as well, from the start to the verticle's end. */
  public RemotingServer also(@Nullable Loopback port) {
    loopback = port;
    return this;
  }

  /** Completes with the port listened on; fails, naming it, if it is taken. */
  public Future<Integer> start() {
    if (loopback != null) {
      loopback.open(vertx.getOrCreateContext(), dispatcher);
    }
    return server
        .connectHandler(
            socket ->
                new FrameChannel(
                    vertx,
                    socket,
                    portName,
                    false,
                    remote -> new FirstBytes(vertx, portName, remote, tls),
                    idleMs,
                    request ->
                        dispatcher.dispatch(new Exchange(request.from(), request.command()))))
        .listen()
        .recover(
            cause ->
                Future.failedFuture(
                    new IOException(portName + " can't be opened: " + cause.getMessage(), cause)))
        .map(NetServer::actualPort);
  }

  /** Stops listening and cuts this instance's connections. */
  public Future<Void> stop() {
    return server.close();
  }
}
