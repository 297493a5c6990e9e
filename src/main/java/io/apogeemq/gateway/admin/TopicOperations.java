package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One topic: look at it, create or change it, delete it. */
public final class TopicOperations implements OperationFamily {
  private static final int MAX_QUEUES = 1_024;
  private static final int USUAL_QUEUES = 8;
  private static final String MESSAGE_TYPE = "message.type";
  private static final Set<String> TYPES =
      Set.of("NORMAL", "FIFO", "DELAY", "TRANSACTION", "MIXED", "UNSPECIFIED");

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "getTopic", TopicDetail::get,
        "topicGroups", TopicGroups::list,
        "putTopic", this::put,
        "deleteTopic", this::delete);
  }

  private Future<Answer> put(Call call) {
    String topic = call.text("topic");
    return call.json()
        .compose(
            body ->
                targets(call.client(), Fields.text(body, "broker", ""))
                    .compose(
                        addresses ->
                            InTurn.each(
                                addresses,
                                1,
                                address -> change(call.client(), address, topic, body))))
        .compose(
            changed -> {
              call.client().changed();
              return Future.all(changed).map(Answer.noContent());
            });
  }

  /** The masters that are to have it: all, or the one of that name. */
  private static Future<List<String>> targets(GatewayClient client, String broker) {
    if (broker.isEmpty()) {
      return client.admin().masters();
    }
    return client
        .admin()
        .clusterInfo()
        .map(
            cluster -> {
              BrokerData found = cluster.brokerAddrTable().get(broker);
              String master = found == null ? null : found.brokerAddrs().get(BrokerData.MASTER_ID);
              if (master == null) {
                throw Problem.badField(
                    "broker",
                    "names no master: " + broker,
                    "Give one of " + new TreeSet<>(cluster.brokerAddrTable().keySet()) + ".");
              }
              return List.of(master);
            });
  }

  /** What the body does not name stays as it is at this broker. */
  private static Future<Void> change(
      GatewayClient client, String address, String topic, JsonObject body) {
    requireValid(body);
    return known(client, address, topic)
        .compose(known -> client.admin().updateTopic(address, wanted(topic, known, body)));
  }

  private static void requireValid(JsonObject body) {
    for (String each : List.of("queues", "readQueues", "writeQueues")) {
      if (body.containsKey(each)) {
        Fields.integer(body, each, 1, 1, MAX_QUEUES);
      }
    }
    Permission.bits(Fields.text(body, "permission", "rw"));
    if (!TYPES.contains(Fields.text(body, "type", "NORMAL"))) {
      throw Problem.badField("type", "can't be that", "Give one of " + new TreeSet<>(TYPES) + ".");
    }
  }

  /** The settings that a broker has of a topic, or those of a new one. */
  private static Future<TopicConfig> known(GatewayClient client, String address, String topic) {
    return Brokers.orElse(
        client.inspection().topic(address, topic),
        TopicConfig.of(topic, USUAL_QUEUES, TopicConfig.READ | TopicConfig.WRITE));
  }

  private static TopicConfig wanted(String topic, TopicConfig known, JsonObject body) {
    Integer queues =
        body.containsKey("queues") ? Fields.integer(body, "queues", 1, 1, MAX_QUEUES) : null;
    String permission = Fields.text(body, "permission", "");
    String type = Fields.text(body, "type", "");
    return new TopicConfig(
        type.isEmpty() ? null : Map.of(MESSAGE_TYPE, type), // of the others none is changed
        Fields.flag(body, "ordered", known.order()),
        permission.isEmpty() ? known.perm() : Permission.bits(permission),
        Fields.integer(
            body, "readQueues", queues == null ? known.readQueueNums() : queues, 1, MAX_QUEUES),
        known.topicFilterType(),
        topic,
        known.topicSysFlag(),
        Fields.integer(
            body, "writeQueues", queues == null ? known.writeQueueNums() : queues, 1, MAX_QUEUES));
  }

  /** With {@code dryRun} what would go. Deleting what is not there would be a success: that is 404. */
  private Future<Answer> delete(Call call) {
    String topic = call.text("topic");
    return call.client()
        .admin()
        .route(topic)
        .compose(
            route ->
                call.flag("dryRun")
                    ? whatGoes(call.client(), topic, route)
                    : call.client()
                        .admin()
                        .deleteTopic(topic)
                        .onComplete(ignored -> call.client().changed())
                        .map(Answer.noContent()));
  }

  private static Future<Answer> whatGoes(GatewayClient client, String topic, TopicRoute route) {
    Future<Long> messages =
        client
            .admin()
            .topicStats(topic)
            .map(
                ends ->
                    ends.values().stream()
                        .mapToLong(each -> each.maxOffset() - each.minOffset())
                        .sum());
    Future<List<String>> groups = Brokers.orElse(client.admin().groupsOf(topic), List.of());
    return Future.all(messages, groups)
        .map(
            ignored ->
                Answer.ok(
                    new JsonObject()
                        .put("dryRun", true)
                        .put("topic", topic)
                        .put("brokers", brokers(route))
                        .put("messages", messages.result())
                        .put("groups", new JsonArray(new ArrayList<>(groups.result())))));
  }

  private static JsonArray brokers(TopicRoute route) {
    return new JsonArray(
        route.brokerDatas().stream().map(BrokerData::brokerName).sorted().distinct().toList());
  }
}
