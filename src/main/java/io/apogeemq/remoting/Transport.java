package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Future;

/**
 * Calls to other nodes by address ({@code host:port}). Connections are opened on first use and kept.
 * A response given to the caller is the caller's to release.
 */
public interface Transport {
  /** Fails with a {@code ConnectException}, a {@code TimeoutException} or a {@code ClosedChannelException}. */
  Future<RemotingCommand> request(String address, RemotingCommand command, long timeoutMs);

  Future<Void> oneway(String address, RemotingCommand command);

  Future<Void> close();
}
