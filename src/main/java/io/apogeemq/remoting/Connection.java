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

  /** Sends a request and completes with the response; fails after the time-out or a lost connection. */
  Future<RemotingCommand> request(RemotingCommand command, long timeoutMs);

  /** Sends a request that nobody answers. Completes when it was handed to the socket. */
  Future<Void> oneway(RemotingCommand command);

  /** Completes when the connection is gone, for whatever reason. */
  Future<Void> closed();

  boolean isOpen();

  void close();
}
