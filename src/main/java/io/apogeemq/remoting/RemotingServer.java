package io.apogeemq.remoting;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A listening port for remoting frames. Started on the context of a verticle; several verticles that
 * start the same port share it, and Vert.x spreads the connections over their event loops.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class RemotingServer {
  /** The original closes a connection after so much silence; clients send heartbeats more often. */
  private static final int IDLE_SECONDS = 120;

  private static final int ACCEPT_BACKLOG = 1024;

  private final Vertx vertx;
  private final String portName;
  private final Dispatcher dispatcher;
  private final NetServer server;

  /**
   * @param host address to listen on
   * @param port 0 for any free one
   * @param portName how people call this port, e.g. "the broker port 10911"
   */
  public RemotingServer(
      Vertx vertx, String host, int port, String portName, Dispatcher dispatcher) {
    this.vertx = vertx;
    this.portName = portName;
    this.dispatcher = dispatcher;
    server =
        vertx.createNetServer(
            new NetServerOptions()
                .setHost(host)
                .setPort(port)
                .setTcpNoDelay(true)
                .setReuseAddress(true)
                .setAcceptBacklog(ACCEPT_BACKLOG)
                // Of the reads only: watching the writes would cost a promise for each of them.
                .setReadIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS));
  }

  /** Completes with the port listened on; fails, naming it, if it is taken. */
  public Future<Integer> start() {
    return server
        .connectHandler(
            socket ->
                new FrameChannel(
                    vertx,
                    socket,
                    portName,
                    request ->
                        dispatcher.dispatch(new Exchange(request.from(), request.command()))))
        .listen()
        .recover(
            cause ->
                Future.failedFuture(
                    new IOException(portName + " can't be opened: " + cause.getMessage(), cause)))
        .map(NetServer::actualPort);
  }

  /** Stops listening and closes this instance's connections. */
  public Future<Void> stop() {
    return server.close();
  }
}
