package io.apogeemq.gateway.admin;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected as a member of a group, as any broker tells it (code 203). A member has a connection to
 * each broker of its topics, but for those that it has not found yet.
 */
final class Members {
  private Members() {}

  /** What each master that knows members says. */
  static Future<List<ConsumerConnection>> connections(GatewayClient client, String group) {
    return Brokers.all(client, address -> ofBroker(client, address, group))
        .map(
            all -> all.answers().stream().filter(each -> !each.connectionSet().isEmpty()).toList());
  }

  /** Nobody is there, or the broker does not know the group: both say no more than that. */
  private static Future<ConsumerConnection> ofBroker(
      GatewayClient client, String address, String group) {
    return client
        .inspection()
        .members(address, group)
        .recover(
            e ->
                e instanceof RequestRefused && !Brokers.isDenied(e)
                    ? Future.succeededFuture(
                        new ConsumerConnection(Set.of(), null, null, null, Map.of()))
                    : Future.failedFuture(e));
  }

  /** The one with most members; null if there is none. */
  static @Nullable ConsumerConnection most(List<ConsumerConnection> all) {
    return all.stream()
        .max(Comparator.comparingInt(each -> each.connectionSet().size()))
        .orElse(null);
  }

  /** Whether a broker has two connections with one client id. */
  static boolean hasDuplicates(ConsumerConnection connections) {
    Set<String> seen = new HashSet<>();
    return connections.connectionSet().stream()
        .map(ClientConnection::clientId)
        .anyMatch(each -> !seen.add(each));
  }
}
