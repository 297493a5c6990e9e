package io.apogeemq.namesrv;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Liveness;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;

/** The other end of a connection without a socket: it asks, and it can go away. */
final class Peer implements Connection {
  private final Promise<Void> closed = Promise.promise();
  private final Liveness liveness = new Liveness();

  @Override
  public InetSocketAddress remoteAddress() {
    return new InetSocketAddress("127.0.0.1", 40_000);
  }

  @Override
  public InetSocketAddress localAddress() {
    return new InetSocketAddress("127.0.0.1", 9876);
  }

  @Override
  public Future<RemotingCommand> request(RemotingCommand command, long timeoutMs) {
    return Future.failedFuture(new ClosedChannelException());
  }

  @Override
  public void send(RemotingCommand command) {
    command.release();
  }

  @Override
  public Future<Void> closed() {
    return closed.future();
  }

  @Override
  public boolean isOpen() {
    return !closed.future().isComplete();
  }

  @Override
  public Liveness liveness() {
    return liveness;
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void close() {
    liveness.ended();
    closed.tryComplete();
  }
}
