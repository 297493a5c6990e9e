package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that is known of one topic: its queues, its settings at each broker, who consumes it, its rates. */
final class TopicDetail {
  private final GatewayClient client;
  private final String topic;

  private TopicDetail(GatewayClient client, String topic) {
    this.client = client;
    this.topic = topic;
  }

  /** The operation. An unknown topic fails with code 17; what only newer brokers know may be null. */
  static Future<Answer> get(Call call) {
    return new TopicDetail(call.client(), call.text("topic")).answer();
  }

  private Future<Answer> answer() {
    return client
        .admin()
        .route(topic)
        .compose(
            route -> {
              List<String> addresses = addresses(route);
              Future<ClusterInfo> cluster = client.admin().clusterInfo();
              Future<List<Future<Map<MessageQueue, TopicStatsTable.TopicOffset>>>> stats =
                  InTurn.each(
                      addresses,
                      addresses.size(),
                      each -> client.inspection().topicStats(each, topic));
              Future<List<String>> groups =
                  client.admin().groupsOf(topic).otherwise(List.<String>of());
              Future<List<Future<TopicConfig>>> settings =
                  InTurn.each(addresses, 1, each -> client.inspection().topic(each, topic));
              Future<List<Future<Double>>> in =
                  InTurn.each(
                      addresses,
                      addresses.size(),
                      each -> client.inspection().rate(each, "TOPIC_PUT_NUMS", topic));
              Future<@Nullable Double> out =
                  TopicTable.of(client).map(table -> out(table)).otherwise((Double) null);
              return Future.all(List.of(cluster, stats, groups, settings, in, out))
                  .compose(ignored -> Brokers.outcome(stats.result()))
                  .map(
                      ends ->
                          Answer.ok(
                              json(told(ends), groups.result())
                                  .mergeIn(settings(settings.result()))
                                  .put("complete", ends.complete())
                                  .put("inPerSecond", sum(in.result()))
                                  .put("outPerSecond", out.result())
                                  .put("orderConfig", route.orderTopicConf())
                                  .put("brokers", brokers(route, cluster.result()))));
            });
  }

  /** The queues of the brokers that have answered. */
  private static TreeMap<MessageQueue, TopicStatsTable.TopicOffset> told(
      Brokers<Map<MessageQueue, TopicStatsTable.TopicOffset>> brokers) {
    TreeMap<MessageQueue, TopicStatsTable.TopicOffset> all = new TreeMap<>();
    brokers.answers().forEach(all::putAll);
    return all;
  }

  /** Of each broker that has the topic its master, or a slave where there is none. */
  static List<String> addresses(TopicRoute route) {
    List<String> all = new ArrayList<>();
    for (BrokerData each : route.brokerDatas()) {
      each.brokerAddrs().values().stream().findFirst().ifPresent(all::add);
    }
    return all;
  }

  private @Nullable Double out(TopicTable table) {
    double out =
        table.rows().stream()
            .filter(each -> each.topic().equals(topic))
            .mapToDouble(TopicRow::out)
            .findFirst()
            .orElse(Double.NaN);
    return Double.isNaN(out) ? null : Double.valueOf(out);
  }

  private JsonObject json(
      Map<MessageQueue, TopicStatsTable.TopicOffset> stats, List<String> groups) {
    JsonArray queues = new JsonArray();
    long messages = 0;
    for (Map.Entry<MessageQueue, TopicStatsTable.TopicOffset> each : stats.entrySet()) {
      TopicStatsTable.TopicOffset ends = each.getValue();
      messages += ends.maxOffset() - ends.minOffset();
      queues.add(
          new JsonObject()
              .put("broker", each.getKey().brokerName())
              .put("queueId", each.getKey().queueId())
              .put("minOffset", ends.minOffset())
              .put("maxOffset", ends.maxOffset())
              .put("lastWrittenAt", ends.lastUpdateTimestamp()));
    }
    return new JsonObject()
        .put("topic", topic)
        .put("messages", messages)
        .put("groups", new JsonArray(List.copyOf(groups)))
        .put("queues", queues);
  }

  /** Those of the first broker that told any. */
  private static JsonObject settings(List<Future<TopicConfig>> asked) {
    JsonObject json = new JsonObject();
    asked.stream()
        .filter(Future::succeeded)
        .map(Future::result)
        .findFirst()
        .ifPresent(
            config ->
                json.put("ordered", config.order())
                    .put("type", TopicRow.type(config))
                    .put(
                        "attributes",
                        config.attributes() == null
                            ? null
                            : new JsonObject(new HashMap<>(config.attributes()))));
    return json;
  }

  private static @Nullable Double sum(List<Future<Double>> rates) {
    return rates.stream().allMatch(Future::succeeded)
        ? Double.valueOf(rates.stream().mapToDouble(Future::result).sum())
        : null;
  }

  /** Every broker of the cluster, whether it has the topic or not. */
  private static JsonArray brokers(TopicRoute route, ClusterInfo cluster) {
    Map<String, QueueData> having = new HashMap<>();
    route.queueDatas().forEach(each -> having.put(each.brokerName(), each));
    JsonArray all = new JsonArray();
    new TreeMap<>(cluster.brokerAddrTable())
        .forEach(
            (name, broker) -> {
              QueueData queues = having.get(name);
              JsonObject json =
                  new JsonObject()
                      .put("broker", name)
                      .put("cluster", broker.cluster())
                      .put("address", broker.brokerAddrs().get(BrokerData.MASTER_ID))
                      .put("hasTopic", queues != null);
              if (queues != null) {
                json.put("permission", Permission.name(queues.perm()))
                    .put("readQueues", queues.readQueueNums())
                    .put("writeQueues", queues.writeQueueNums());
              }
              all.add(json);
            });
    return all;
  }
}
