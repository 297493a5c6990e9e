package io.apogeemq.gateway.admin;

import io.apogeemq.client.GroupProgress;
import io.apogeemq.client.Inspection;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * All consumer groups of the cluster with what is known of them. Our brokers tell all in one answer; of
 * RocketMQ's the figures are asked for group by group, for the rows that are shown.
 *
 * @param rows by name, in that order
 */
record GroupTable(TreeMap<String, GroupRow> rows) {
  private static final int AT_ONCE = 8;

  /** So many groups without figures are asked one by one to sort them. */
  private static final int MAX_ASKED = 200;

  /** At most a second old. */
  static Future<GroupTable> of(GatewayClient client) {
    return client.recent(
        GroupTable.class,
        () ->
            Brokers.all(client, address -> ofBroker(client, address))
                .map(
                    all -> {
                      TreeMap<String, GroupRow> rows = new TreeMap<>();
                      all.answers()
                          .forEach(
                              each ->
                                  each.forEach(
                                      row -> rows.merge(row.group(), row, GroupRow::plus)));
                      return new GroupTable(rows);
                    }));
  }

  private static Future<List<GroupRow>> ofBroker(GatewayClient client, String address) {
    return client
        .inspection()
        .groups(address)
        .map(rows -> rows.stream().map(GroupRow::of).toList())
        .recover(
            e ->
                Inspection.isUnsupported(e)
                    ? client
                        .inspection()
                        .groupConfigs(address)
                        .map(all -> all.values().stream().map(GroupTable::row).toList())
                    : Future.failedFuture(e));
  }

  private static GroupRow row(SubscriptionGroupConfig config) {
    return new GroupRow(config.groupName(), config.consumeEnable(), null);
  }

  /** The row of a group, one without figures if no broker knows it. */
  GroupRow find(String group) {
    return Objects.requireNonNullElse(rows.get(group), new GroupRow(group, true, null));
  }

  /** Whether each of these rows has its figures, or few enough have not. */
  static boolean canComplete(List<GroupRow> rows) {
    return rows.size() <= MAX_ASKED || rows.stream().allMatch(each -> each.figures() != null);
  }

  /** The rows with their figures; what the brokers can't tell stays unknown. */
  static Future<List<GroupRow>> completed(GatewayClient client, List<GroupRow> rows) {
    List<GroupRow> lacking = rows.stream().filter(each -> each.figures() == null).toList();
    if (lacking.isEmpty()) {
      return Future.succeededFuture(rows);
    }
    return InTurn.each(lacking, AT_ONCE, each -> figures(client, each))
        .map(
            asked -> {
              Map<String, GroupRow> known = new TreeMap<>();
              asked.forEach(each -> known.put(each.result().group(), each.result()));
              List<GroupRow> all = new ArrayList<>();
              rows.forEach(
                  each -> all.add(Objects.requireNonNullElse(known.get(each.group()), each)));
              return all;
            });
  }

  /** Members, lag and dead letters, each null if it can't be had; never fails. */
  private static Future<GroupRow> figures(GatewayClient client, GroupRow row) {
    Future<List<ConsumerConnection>> members = Members.connections(client, row.group());
    Future<GroupProgress> progress = GroupLag.progress(client, row.group());
    Future<Long> dead = stored(client, Names.dlqTopic(row.group()));
    return Future.join(members, progress, dead)
        .transform(
            ignored -> {
              ConsumerConnection most = members.succeeded() ? Members.most(members.result()) : null;
              boolean behind = progress.succeeded();
              return Future.succeededFuture(
                  row.with(
                      new GroupRow.Figures(
                          members.failed() ? null : most == null ? 0 : most.connectionSet().size(),
                          most == null ? null : most.consumeType(),
                          most == null ? null : most.messageModel(),
                          behind ? Integer.valueOf(progress.result().lagByTopic().size()) : null,
                          behind ? Long.valueOf(progress.result().lag()) : null,
                          behind ? Long.valueOf(GroupLag.retries(progress.result())) : null,
                          dead.succeeded() ? dead.result() : null,
                          behind ? Double.valueOf(progress.result().consumeTps()) : null,
                          false,
                          most != null && Members.hasDuplicates(most))));
            });
  }

  /** Messages that are stored of a topic; 0 if there is no such topic. */
  static Future<Long> stored(GatewayClient client, String topic) {
    return Brokers.orElse(
        client
            .admin()
            .topicStats(topic)
            .map(
                ends ->
                    ends.values().stream()
                        .mapToLong(each -> each.maxOffset() - each.minOffset())
                        .sum()),
        0L);
  }
}
