package io.apogeemq.remoting;

import io.apogeemq.protocol.remoting.RemotingCommand;
import io.vertx.core.Context;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one node of this process without a socket, and to all others over another transport; to this
 * one as well while it does not serve. One connection for all addresses of the node, opened on first use,
 * anew after it was lost. Safe to use from any thread.
 */
public final class LoopbackTransport implements Transport {
  private final Loopback node;
  private final Context context;
  private final Dispatcher requests;
  private final Transport others;
  private volatile @Nullable Connection open;
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
    Connection present = open;
    return present != null && present.isOpen() ? present : connected(address);
  }

  private synchronized @Nullable Connection connected(String address) {
    Connection present = open;
    if (!closed && (present == null || !present.isOpen())) {
      present = node.connect(address, context, requests);
      open = present;
    }
    return closed ? null : present;
  }

  @Override
  public synchronized Future<Void> close() {
    closed = true;
    Connection present = open;
    if (present == null) {
      return others.close();
    }
    present.close();
    return others.close().eventually(present::closed);
  }
}
