package io.apogeemq.remoting;

import io.netty.channel.EventLoop;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A node's port without a socket, for clients of the same process that were given it ({@link
 * LoopbackTransport}). What a {@link RemotingServer} serves on a listening port, it serves here as well,
 * to the same handlers on the same event loops.
 *
 * <p>Nothing is encoded, so neither limits of frames nor TLS have a meaning here: there are no bytes that
 * could be foreign, seen or changed. Access is checked as everywhere. A client counts as calling from the
 * address that it dialled, which is what a socket between two ends of one machine shows; so whoever comes
 * through a gateway of this process has no rights here that he would not have through its socket.
 *
 * <p>Safe to use from any thread.
 */
public final class Loopback {
  private final Map<String, InetSocketAddress> addresses;
  private final List<Desk> desks = new CopyOnWriteArrayList<>();

  /**
   * @param addresses under which the node is dialled, as clients write them ({@code host:port}), resolved;
   *     all of this machine
   */
  public Loopback(Map<String, InetSocketAddress> addresses) {
    this.addresses = Map.copyOf(addresses);
  }

  /** Whether this node is dialled under it. */
  public boolean isAddress(String address) {
    return addresses.containsKey(address);
  }

  /** Serves on an event loop until the verticle ends whose context this is. */
  void open(Context context, Dispatcher dispatcher) {
    Desk desk = new Desk((ContextInternal) context, dispatcher);
    desks.add(desk);
    desk.context.addCloseHook(desk);
  }

  /**
   * Connects a client: to its own event loop's handlers if there are some, so that no other thread takes
   * part, else to another's. Null if nobody serves.
   *
   * @param caller the client's context
   * @param requests answers what the node asks
   */
  @Nullable Connection connect(String address, Context caller, Dispatcher requests) {
    InetSocketAddress dialled = addresses.get(address);
    ContextInternal context = (ContextInternal) caller;
    Desk desk = nearest(context.nettyEventLoop());
    if (dialled == null || desk == null) {
      return null;
    }
    InetSocketAddress from = new InetSocketAddress(dialled.getAddress(), 0);
    LoopbackConnection client = new LoopbackConnection(context, dialled, from, requests);
    LoopbackConnection server =
        new LoopbackConnection(desk.context, from, dialled, desk.dispatcher);
    client.joins(server);
    desk.admit(server);
    return client;
  }

  private @Nullable Desk nearest(EventLoop loop) {
    Desk any = null;
    for (Desk each : desks) {
      if (each.context.nettyEventLoop() == loop) {
        return each;
      }
      any = each;
    }
    return any;
  }

  /** What serves on one event loop. */
  private final class Desk implements Closeable {
    private final ContextInternal context;
    private final Dispatcher dispatcher;

    /** Like what follows it, of the loop. */
    private final Set<LoopbackConnection> connections = new HashSet<>();

    private boolean closed;

    Desk(ContextInternal context, Dispatcher dispatcher) {
      this.context = context;
      this.dispatcher = dispatcher;
    }

    void admit(LoopbackConnection connection) {
      onLoop(
          () -> {
            if (closed) {
              connection.end();
            } else {
              connections.add(connection);
              connection.closed().onComplete(ended -> connections.remove(connection));
            }
          });
    }

    /** Vert.x calls this when the verticle is undeployed. */
    @Override
    public void close(io.vertx.core.Completable<Void> done) {
      desks.remove(this);
      onLoop(
          () -> {
            closed = true;
            Set.copyOf(connections).forEach(LoopbackConnection::end);
            done.succeed();
          });
    }

    private void onLoop(Runnable task) {
      if (context.nettyEventLoop().inEventLoop()) {
        task.run();
      } else {
        context.nettyEventLoop().execute(task);
      }
    }
  }
}
