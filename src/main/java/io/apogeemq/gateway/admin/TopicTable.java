package io.apogeemq.gateway.admin;

import io.apogeemq.client.Inspection;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * All topics of the cluster with what is known of them. Our brokers tell all in one answer. RocketMQ's
 * tell the settings so, but figures topic by topic: those are asked for the rows that are shown.
 *
 * @param rows in the order of names
 * @param nodes topics that bear the names of clusters and brokers
 */
record TopicTable(List<TopicRow> rows, Set<String> nodes) {
  private static final int AT_ONCE = 16;

  /** So many topics without figures are asked one by one to sort them. */
  private static final int MAX_ASKED = 300;

  /** At most a second old. */
  static Future<TopicTable> of(GatewayClient client) {
    return client.recent(TopicTable.class, () -> ask(client));
  }

  private static Future<TopicTable> ask(GatewayClient client) {
    Future<Set<String>> nodes = client.admin().clusterInfo().map(SystemNames::nodes);
    return Brokers.all(client, address -> ofBroker(client, address))
        .compose(
            all ->
                all.complete()
                    ? Future.succeededFuture(merged(all.answers(), List.of()))
                    : client.admin().topics().map(names -> merged(all.answers(), names)))
        .compose(rows -> nodes.map(names -> new TopicTable(rows, names)));
  }

  private static Future<List<TopicRow>> ofBroker(GatewayClient client, String address) {
    return client
        .inspection()
        .topics(address)
        .map(rows -> rows.stream().map(TopicRow::of).toList())
        .recover(
            e ->
                Inspection.isUnsupported(e)
                    ? client
                        .admin()
                        .topicConfigs(address)
                        .map(all -> all.values().stream().map(TopicRow::of).toList())
                    : Future.failedFuture(e));
  }

  /**
   * @param names that name servers know besides
   */
  private static List<TopicRow> merged(List<List<TopicRow>> brokers, Collection<String> names) {
    TreeMap<String, TopicRow> all = new TreeMap<>();
    brokers.forEach(rows -> rows.forEach(each -> all.merge(each.topic(), each, TopicRow::plus)));
    names.forEach(each -> all.computeIfAbsent(each, TopicRow::unknown));
    return List.copyOf(all.values());
  }

  /** Whether brokers keep a topic for themselves. */
  boolean isInternal(String topic) {
    return SystemNames.isTopic(topic, nodes);
  }

  /** Whether each of these rows has its figures, or few enough have not. */
  static boolean canComplete(List<TopicRow> rows) {
    return rows.size() <= MAX_ASKED || rows.stream().allMatch(each -> each.figures() != null);
  }

  /** The rows with their figures; what the brokers can't tell stays unknown. */
  static Future<List<TopicRow>> completed(GatewayClient client, List<TopicRow> rows) {
    List<TopicRow> lacking = rows.stream().filter(each -> each.figures() == null).toList();
    if (lacking.isEmpty()) {
      return Future.succeededFuture(rows);
    }
    return InTurn.each(lacking, AT_ONCE, each -> figures(client, each))
        .map(
            asked -> {
              TreeMap<String, TopicRow> known = new TreeMap<>();
              asked.stream()
                  .filter(Future::succeeded)
                  .map(Future::result)
                  .forEach(each -> known.put(each.topic(), each));
              List<TopicRow> all = new ArrayList<>();
              rows.forEach(
                  each -> all.add(Objects.requireNonNullElse(known.get(each.topic()), each)));
              return all;
            });
  }

  private static Future<TopicRow> figures(GatewayClient client, TopicRow row) {
    Future<TreeMap<MessageQueue, TopicStatsTable.TopicOffset>> stats =
        client.admin().topicStats(row.topic());
    Future<List<String>> groups = client.admin().groupsOf(row.topic());
    return Future.join(stats, groups)
        .transform(
            ignored ->
                stats.failed()
                    ? Future.failedFuture(stats.cause())
                    : Future.succeededFuture(
                        row.with(
                            new TopicRow.Figures(
                                stored(stats.result().values()),
                                null,
                                null,
                                groups.succeeded() ? groups.result().size() : null))));
  }

  private static long stored(Collection<TopicStatsTable.TopicOffset> queues) {
    return queues.stream().mapToLong(each -> each.maxOffset() - each.minOffset()).sum();
  }
}
