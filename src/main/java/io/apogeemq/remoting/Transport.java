package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Future;

/**
 * Calls to other nodes by address ({@code host:port}). Connections are opened on first use and kept.
 */
public interface Transport {
  /**
   * Sends a request and completes with the response, which is the caller's to release. Fails with a
   * {@code ConnectException}, a {@code TimeoutException} or a {@code ClosedChannelException}.
   */
  Future<RemotingCommand> request(String address, RemotingCommand command, long timeoutMs);

  /** Sends a one-way request; completes when it was handed to the socket. */
  Future<Void> oneway(String address, RemotingCommand command);

  /** The connection to an address, dialled if there is none. */
  Future<Connection> connect(String address);

  Future<Void> close();
}
