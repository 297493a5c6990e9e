package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Future;
import java.net.InetSocketAddress;

/**
 * One peer, whichever end dialled. Safe to use from any thread; answers and callbacks arrive on the
 * connection's event loop. Two connections are the same only if they are the same object.
 */
public interface Connection {
  /** Address of the other end. */
  InetSocketAddress remoteAddress();

  /** Our address as this peer dialled it: what a route answer may name. */
  InetSocketAddress localAddress();

  /**
   * Sends a request and completes with the response, which is the caller's to release. Fails with a
   * {@code TimeoutException}, or a {@code ClosedChannelException} if the connection is or gets lost.
   */
  Future<RemotingCommand> request(RemotingCommand command, long timeoutMs);

  /** Sends a command that nobody answers: a one-way request, or a response. */
  void send(RemotingCommand command);

  /** Completes when the connection is gone, for whatever reason. */
  Future<Void> closed();

  boolean isOpen();

  /** What tells for ever whether this connection is open, without keeping it in memory. */
  Liveness liveness();

  /** Stops reading requests until {@link #resume}; what was read already is still handled. */
  void pause();

  void resume();

  void close();
}
