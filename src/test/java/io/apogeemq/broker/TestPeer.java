package io.apogeemq.broker;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Liveness;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A client at the other end of a connection without a socket: keeps what it is sent, answers what it
 * is asked by a function, and can hang up.
 */
public final class TestPeer implements Connection {
  private final InetSocketAddress remote;
  private final Promise<Void> closed = Promise.promise();
  private final Liveness liveness = new Liveness();
  private final List<RemotingCommand> received = new CopyOnWriteArrayList<>();
  private final BlockingQueue<RemotingCommand> responses = new LinkedBlockingQueue<>();
  private volatile Function<RemotingCommand, Future<RemotingCommand>> answers =
      command -> Future.failedFuture("this peer answers nothing");

  public TestPeer(int port) {
    remote = new InetSocketAddress("127.0.0.1", port);
  }

  /** The one-way requests that it was sent. */
  public List<RemotingCommand> received() {
    return received;
  }

  /** The next response to what it asked. */
  public RemotingCommand response() throws InterruptedException {
    RemotingCommand response = responses.poll(10, TimeUnit.SECONDS);
    if (response == null) {
      throw new AssertionError("no response within 10 s");
    }
    return response;
  }

  public void answering(Function<RemotingCommand, Future<RemotingCommand>> function) {
    answers = function;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress localAddress() {
    return new InetSocketAddress("127.0.0.1", 10911);
  }

  @Override
  public Future<RemotingCommand> request(RemotingCommand command, long timeoutMs) {
    return answers.apply(command);
  }

  @Override
  public void send(RemotingCommand command) {
    if (command.isResponse()) {
      responses.add(command);
    } else {
      received.add(command);
    }
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
