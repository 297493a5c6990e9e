package io.apogeemq.gateway.admin;

import io.apogeemq.protocol.remoting.LanguageCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All connections with one client id. Brokers see one of each client; two at one broker are two programs
 * that can't be told apart, or one that has come back before its old connection was given up.
 *
 * @param connections by broker and address
 */
record ClientRow(
    String clientId,
    List<Connection> connections,
    Set<String> producerGroups,
    Set<String> consumerGroups) {
  /**
   * One connection.
   *
   * @param broker address of the broker that tells of it
   * @param version as in the client's frames
   * @param lastSeenMs when its last heartbeat came; null if the broker does not say
   */
  record Connection(
      String broker,
      String address,
      @Nullable LanguageCode language,
      int version,
      @Nullable Long lastSeenMs) {}

  static ClientRow empty(String clientId) {
    return new ClientRow(clientId, new ArrayList<>(), new TreeSet<>(), new TreeSet<>());
  }

  /** Adds a connection unless it is known: as a producer and as a consumer a client has one. */
  void add(Connection connection) {
    for (Connection each : connections) {
      if (each.broker.equals(connection.broker) && each.address.equals(connection.address)) {
        return;
      }
    }
    connections.add(connection);
  }

  boolean isDuplicate() {
    Set<String> brokers = new HashSet<>();
    return connections.stream().anyMatch(each -> !brokers.add(each.broker));
  }

  /** Whether its id, an address or a group holds the text, in small letters. */
  boolean contains(String text) {
    return Listing.contains(clientId, text)
        || connections.stream().anyMatch(each -> Listing.contains(each.address, text))
        || producerGroups.stream().anyMatch(each -> Listing.contains(each, text))
        || consumerGroups.stream().anyMatch(each -> Listing.contains(each, text));
  }

  double version() {
    return connections.isEmpty() ? Double.NaN : connections.get(0).version;
  }

  double groups() {
    return producerGroups.size() + consumerGroups.size();
  }

  double duplicates() {
    return isDuplicate() ? 1 : 0;
  }

  JsonObject json() {
    JsonArray all = new JsonArray();
    connections.stream()
        .sorted(Comparator.comparing(Connection::broker).thenComparing(Connection::address))
        .forEach(
            each ->
                all.add(
                    new JsonObject()
                        .put("broker", each.broker)
                        .put("address", each.address)
                        .put("lastSeenAt", each.lastSeenMs)));
    Connection first = connections.isEmpty() ? null : connections.get(0);
    return new JsonObject()
        .put("clientId", clientId)
        .put("language", first == null || first.language == null ? null : first.language.name())
        .put("version", first == null ? null : Kinds.version(first.version))
        .put("producerGroups", new JsonArray(List.copyOf(producerGroups)))
        .put("consumerGroups", new JsonArray(List.copyOf(consumerGroups)))
        .put("connections", all)
        .put("duplicate", isDuplicate());
  }
}
