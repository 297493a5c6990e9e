package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one node of this process without a socket, and to all others over another transport; to this
 * one as well while it does not serve. One connection for each address of the node, opened on first use,
 * anew after it was lost. Safe to use from any thread.
 */
public final class LoopbackTransport implements Transport {
  private final Loopback node;
  private final Context context;
  private final Dispatcher requests;
  private final Transport others;
  private final Map<String, Connection> open = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * @param context of the client, on whose event loop answers arrive
   * @param requests answers what the node asks on our connection
   */
  public LoopbackTransport(Loopback node, Context context, Dispatcher requests, Transport others) {
    this.node = node;
    this.context = context;
    this.requests = requests;
    this.others = others;
  }

  @Override
  public Future<RemotingCommand> request(String address, RemotingCommand command, long timeoutMs) {
    Connection here = here(address);
    return here == null
        ? others.request(address, command, timeoutMs)
        : here.request(command, timeoutMs);
  }

  @Override
  public Future<Void> oneway(String address, RemotingCommand command) {
    Connection here = here(address);
    if (here == null) {
      return others.oneway(address, command);
    }
    here.send(command.oneway());
    return Future.succeededFuture();
  }

  @Override
  public Future<Connection> connect(String address) {
    Connection here = here(address);
    return here == null ? others.connect(address) : Future.succeededFuture(here);
  }

  /** The connection to the node of this process; null if the address is another's, or it does not serve. */
  private @Nullable Connection here(String address) {
    if (!node.isAddress(address)) {
      return null;
    }
    Connection present = open.get(address);
    return present != null && present.isOpen() ? present : connected(address);
  }

  private synchronized @Nullable Connection connected(String address) {
    if (closed) {
      return null;
    }
    Connection present = open.get(address);
    if (present != null && present.isOpen()) {
      return present;
    }
    Connection made = node.connect(address, context, requests);
    if (made == null) {
      open.remove(address);
    } else {
      open.put(address, made);
    }
    return made;
  }

  @Override
  public synchronized Future<Void> close() {
    closed = true;
    List<Future<Void>> ends = new ArrayList<>();
    for (Connection each : open.values()) {
      each.close();
      ends.add(each.closed());
    }
    return others.close().eventually(() -> Future.join(ends));
  }
}
