package io.apogeemq.gateway.admin;

import io.apogeemq.client.Inspection;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConnectedClients;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ProducerTableInfo;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The producers and consumers of the cluster, by client id. Our brokers tell all in one answer.
 * RocketMQ's tell all producers so, but consumers group by group.
 *
 * @param rows in the order of ids
 * @param complete false: a broker has more groups than were asked for, or can't tell its producers
 */
record ClientDirectory(List<ClientRow> rows, boolean complete) {
  private static final int AT_ONCE = 8;
  private static final int MAX_GROUPS = 300;

  /** What one broker tells. */
  private record Told(String broker, List<ConnectedClients.Row> clients, boolean complete) {}

  /** At most a second old. */
  static Future<ClientDirectory> of(GatewayClient client) {
    return client.recent(
        ClientDirectory.class,
        () -> Brokers.all(client, address -> ofBroker(client, address)).map(ClientDirectory::all));
  }

  private static ClientDirectory all(Brokers<Told> brokers) {
    TreeMap<String, ClientRow> rows = new TreeMap<>();
    boolean complete = brokers.complete();
    for (Told told : brokers.answers()) {
      complete &= told.complete;
      for (ConnectedClients.Row each : told.clients) {
        ClientRow row = rows.computeIfAbsent(each.clientId(), ClientRow::empty);
        row.add(connection(told.broker, each));
        row.producerGroups().addAll(each.producerGroups());
        each.memberships().forEach(one -> row.consumerGroups().add(one.group()));
      }
    }
    return new ClientDirectory(List.copyOf(rows.values()), complete);
  }

  /** A connection as a broker tells of it. */
  static ClientRow.Connection connection(String broker, ConnectedClients.Row row) {
    return new ClientRow.Connection(
        broker,
        row.address(),
        row.language(),
        row.version(),
        row.lastSeenMs() == 0 ? null : row.lastSeenMs());
  }

  private static Future<Told> ofBroker(GatewayClient client, String address) {
    return client
        .inspection()
        .clients(address, null)
        .map(clients -> new Told(address, clients, true))
        .recover(
            e ->
                Inspection.isUnsupported(e)
                    ? askedSingly(client, address)
                    : Future.failedFuture(e));
  }

  private static Future<Told> askedSingly(GatewayClient client, String address) {
    Future<Map<String, List<ProducerTableInfo.Producer>>> producers =
        client.inspection().producers(address);
    return client
        .inspection()
        .groupConfigs(address)
        .compose(
            groups -> {
              List<String> asked = groups.keySet().stream().limit(MAX_GROUPS).toList();
              boolean all = asked.size() == groups.size();
              return InTurn.each(
                      asked,
                      AT_ONCE,
                      each ->
                          client
                              .inspection()
                              .members(address, each)
                              .map(members -> Map.entry(each, members)))
                  .compose(
                      members ->
                          Future.join(List.of(producers))
                              .transform(
                                  ignored ->
                                      Future.succeededFuture(
                                          new Told(
                                              address,
                                              rows(producers, members),
                                              all && producers.succeeded()))));
            });
  }

  private static List<ConnectedClients.Row> rows(
      Future<Map<String, List<ProducerTableInfo.Producer>>> producers,
      List<Future<Map.Entry<String, ConsumerConnection>>> members) {
    List<ConnectedClients.Row> rows = new ArrayList<>();
    if (producers.succeeded()) {
      producers
          .result()
          .forEach((group, all) -> all.forEach(each -> rows.add(producer(group, each))));
    }
    for (Future<Map.Entry<String, ConsumerConnection>> each : members) {
      if (each.succeeded()) { // else nobody is online
        for (ClientConnection one : each.result().getValue().connectionSet()) {
          rows.add(member(each.result().getKey(), one));
        }
      }
    }
    return rows;
  }

  private static ConnectedClients.Row producer(String group, ProducerTableInfo.Producer each) {
    return new ConnectedClients.Row(
        each.clientId(),
        each.remoteIP().startsWith("/") ? each.remoteIP().substring(1) : each.remoteIP(),
        each.language(),
        each.version(),
        each.lastUpdateTimestamp(),
        List.of(group),
        List.of());
  }

  private static ConnectedClients.Row member(String group, ClientConnection each) {
    return row(each, List.of(new ConnectedClients.Membership(group, List.of())));
  }

  /** A connection of which nothing more is known than that it is there. */
  static ConnectedClients.Row row(ClientConnection each) {
    return row(each, List.of());
  }

  private static ConnectedClients.Row row(
      ClientConnection each, List<ConnectedClients.Membership> memberships) {
    return new ConnectedClients.Row(
        each.clientId(),
        String.valueOf(each.clientAddr()),
        each.language(),
        each.version(),
        0,
        List.of(),
        memberships);
  }
}
