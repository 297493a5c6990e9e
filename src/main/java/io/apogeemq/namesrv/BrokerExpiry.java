package io.apogeemq.namesrv;

import io.apogeemq.remoting.Connection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices that a broker is gone: at once when its connection is, and by its silence otherwise (a
 * broker that was stopped or cut off without a word keeps its connection). Safe to share.
 */
final class BrokerExpiry {
  private final RouteTable table;

  /** Connections that tell us of their end; a broker registers every 30 s on the same one. */
  private final Set<Connection> watched = ConcurrentHashMap.newKeySet();

  BrokerExpiry(RouteTable table) {
    this.table = table;
  }

  /**
   * Takes out what is registered on this connection when it ends. Call it after registering: then a
   * connection that has ended meanwhile is noticed, too.
   */
  void watch(Connection connection) {
    if (watched.add(connection)) {
      connection
          .closed()
          .onComplete(
              ended -> {
                watched.remove(connection);
                table.connectionLost(connection);
              });
    }
  }

  /** Looks for brokers that have been silent for too long. Call it every few seconds. */
  void scan() {
    table.expire();
  }
}
