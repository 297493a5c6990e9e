package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a connection within this process: what is sent is put into the other end's inbox, the command
 * itself with its fields and its body's reference. It is taken from there by a task of the other end's
 * event loop, never within the sender's call, and in order.
 *
 * <pre>
 *   client ── request ──> inbox ──> handler        both ends are alike; usually of one event loop,
 *   inFlight <── inbox <── answer ── handler       which then is all that takes part
 * </pre>
 *
 * <p>Everything mutable belongs to the end's event loop; calls from other threads are handed over.
 */
final class LoopbackConnection implements Connection {
  private static final Logger log = LoggerFactory.getLogger(LoopbackConnection.class);

  /** Requests and as many answers; an end that lets more wait is cut off. */
  private static final int MAX_WAITING = 2 * InFlight.MAX;

  /** So many commands are taken before the sockets of the loop must have had their turn. */
  private static final int BETWEEN_SOCKETS = 64;

  private final ContextInternal context;
  private final EventLoop loop;
  private final InetSocketAddress remote;
  private final InetSocketAddress local;
  private final Dispatcher requests;
  private final Promise<Void> closed = Promise.promise();
  private final Liveness liveness = new Liveness();
  private final InFlight inFlight;
  private final Deque<RemotingCommand> inbox = new ArrayDeque<>();
  private final Runnable look = this::look;

  /** Set once, before the connection is used; itself means: not yet. */
  private LoopbackConnection other = this;

  private boolean planned;
  private int leftBeforeSockets = BETWEEN_SOCKETS;
  private boolean paused;
  private boolean otherHasEnded;

  /** {@code requests}: answers what the other end asks. */
  LoopbackConnection(
      ContextInternal context,
      InetSocketAddress remote,
      InetSocketAddress local,
      Dispatcher requests) {
    this.context = context;
    this.loop = context.nettyEventLoop();
    this.remote = remote;
    this.local = local;
    this.requests = requests;
    inFlight =
        new InFlight(
            (delayMs, task) ->
                loop.schedule(
                    () -> context.emit(ignored -> task.run()), delayMs, TimeUnit.MILLISECONDS));
  }

  /** Makes this and another end one connection. */
  void joins(LoopbackConnection end) {
    other = end;
    end.other = this;
  }

  @Override
  public Future<RemotingCommand> request(RemotingCommand command, long timeoutMs) {
    if (loop.inEventLoop()) {
      return ask(command, timeoutMs);
    }
    Promise<RemotingCommand> answer = Promise.promise();
    loop.execute(() -> ask(command, timeoutMs).onComplete(answer));
    return answer.future();
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private Future<RemotingCommand> ask(RemotingCommand command, long timeoutMs) {
    if (!isOpen()) {
      command.release();
      return Future.failedFuture(new ClosedChannelException());
    }
    if (inFlight.isFull()) {
      command.release();
      return Future.failedFuture(InFlight.full(this));
    }
    command.opaque(InFlight.nextOpaque());
    Future<RemotingCommand> answer = inFlight.add(command.opaque(), command.code(), timeoutMs);
    give(command);
    return answer;
  }

  @Override
  public void send(RemotingCommand command) {
    onLoop(
        () -> {
          if (!isOpen()) {
            command.release();
            return;
          }
          if (command.isOneway()) {
            command.opaque(InFlight.nextOpaque());
          }
          give(command);
        });
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  /** Hands a command over to the other end. */
  private void give(RemotingCommand command) {
    LoopbackConnection end = other;
    end.onLoop(() -> end.put(command));
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void put(RemotingCommand command) {
    if (!isOpen()) {
      command.release();
    } else if (inbox.size() >= MAX_WAITING) {
      log.warn("closing the connection to {}: {} commands wait in this process", this, MAX_WAITING);
      command.release();
      end();
    } else {
      inbox.add(command);
      plan();
    }
  }

  /** Has the inbox looked into soon, but not before the caller has returned. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private void plan() {
    if (planned || paused || !isOpen()) {
      return;
    }
    planned = true;
    if (leftBeforeSockets > 0) {
      loop.execute(look);
    } else { // a task with a time, if only zero, waits for the next turn of the loop
      leftBeforeSockets = BETWEEN_SOCKETS;
      loop.schedule(look, 0, TimeUnit.MILLISECONDS);
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void look() {
    planned = false;
    while (!paused && leftBeforeSockets > 0 && !inbox.isEmpty()) {
      leftBeforeSockets--;
      context.emit(inbox.remove(), this::take);
    }
    if (!inbox.isEmpty()) {
      plan();
    } else if (otherHasEnded) {
      end();
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void take(RemotingCommand command) {
    if (command.isResponse()) {
      inFlight.answered(command);
    } else {
      requests.dispatch(new Exchange(this, command));
    }
  }

  /** Gives up what waits here, at once. What was given to the other end before, it still takes. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void end() {
    if (!isOpen()) {
      return;
    }
    liveness.ended();
    inbox.forEach(RemotingCommand::release);
    inbox.clear();
    other.onLoop(other::otherEnds);
    context.emit(
        ignored -> {
          inFlight.connectionLost();
          closed.tryComplete();
        });
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  private void otherEnds() {
    otherHasEnded = true;
    plan();
  }

  @Override
  public void close() {
    loop.execute(this::end);
  }

  @Override
  public void pause() {
    onLoop(() -> paused = true);
  }

  @Override
  public void resume() {
    onLoop(
        () -> {
          paused = false;
          plan();
        });
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public Future<Void> closed() {
    return closed.future();
  }

  @Override
  public boolean isOpen() {
    return liveness.isOpen();
  }

  @Override
  public Liveness liveness() {
    return liveness;
  }

  @Override
  public String toString() {
    return remote.getAddress().getHostAddress() + " in this process";
  }
}
