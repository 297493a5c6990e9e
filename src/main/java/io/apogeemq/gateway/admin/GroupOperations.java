package io.apogeemq.gateway.admin;

import io.apogeemq.client.GroupProgress;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** Groups: list, look at, create, delete, and how far they are behind. */
public final class GroupOperations implements OperationFamily {

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "listGroups", this::list,
        "getGroup", this::get,
        "putGroup", this::put,
        "deleteGroup", this::delete,
        "groupLag", this::lag);
  }

  private Future<Answer> list(Call call) {
    String contains = call.text("q");
    return call.client()
        .groups()
        .groups()
        .map(
            all ->
                Page.of(
                    call,
                    "groups",
                    all.keySet().stream().filter(each -> each.contains(contains)).toList()));
  }

  private Future<Answer> get(Call call) {
    String group = call.text("group");
    return call.client()
        .groups()
        .groups()
        .compose(
            all -> {
              SubscriptionGroupConfig config = all.get(group);
              if (config == null) {
                throw new Problem(
                    ProblemKind.GROUP_NOT_FOUND, "No broker has a group " + group + ".");
              }
              return members(call, group).map(members -> Answer.ok(json(config, members)));
            });
  }

  /** Members that are connected; none is no failure. Those who take messages by receipts are none. */
  private static Future<JsonArray> members(Call call, String group) {
    return call.client()
        .groups()
        .members(group)
        .map(GroupOperations::members)
        .recover(
            e ->
                e instanceof RequestRefused refused
                        && (refused.code() == ResponseCode.CONSUMER_NOT_ONLINE
                            || refused.code() == ResponseCode.TOPIC_NOT_EXIST)
                    ? Future.succeededFuture(new JsonArray())
                    : Future.failedFuture(e));
  }

  private static JsonArray members(ConsumerConnection connection) {
    JsonArray all = new JsonArray();
    for (ClientConnection each : connection.connectionSet()) {
      all.add(
          new JsonObject()
              .put("clientId", each.clientId())
              .put("address", each.clientAddr())
              .put("language", String.valueOf(each.language())));
    }
    return all;
  }

  private static JsonObject json(SubscriptionGroupConfig config, JsonArray members) {
    return new JsonObject()
        .put("group", config.groupName())
        .put("consumeEnabled", config.consumeEnable())
        .put("maxRetries", config.retryMaxTimes())
        .put("members", members);
  }

  private Future<Answer> put(Call call) {
    return call.json()
        .compose(
            body -> {
              SubscriptionGroupConfig usual = SubscriptionGroupConfig.of(call.text("group"));
              return call.client()
                  .groups()
                  .createGroup(
                      new SubscriptionGroupConfig(
                          usual.attributes(),
                          usual.brokerId(),
                          usual.consumeBroadcastEnable(),
                          usual.consumeEnable(),
                          usual.consumeFromMinEnable(),
                          usual.consumeMessageOrderly(),
                          usual.consumeTimeoutMinute(),
                          usual.groupName(),
                          usual.groupRetryPolicy(),
                          usual.groupSysFlag(),
                          usual.notifyConsumerIdsChangedEnable(),
                          Fields.integer(body, "maxRetries", usual.retryMaxTimes(), 0, 1_000),
                          usual.retryQueueNums(),
                          usual.subscriptionDataSet(),
                          usual.whichBrokerWhenConsumeSlowly()));
            })
        .map(ignored -> Answer.noContent());
  }

  private Future<Answer> delete(Call call) {
    String group = call.text("group");
    return call.client()
        .groups()
        .groups()
        .compose(
            all -> {
              if (!all.containsKey(group)) {
                throw new Problem(
                    ProblemKind.GROUP_NOT_FOUND, "No broker has a group " + group + ".");
              }
              return call.client().groups().deleteGroup(group, true);
            })
        .map(ignored -> Answer.noContent());
  }

  private Future<Answer> lag(Call call) {
    String group = call.text("group");
    String topic = call.textOrNull("topic");
    Future<GroupProgress> progress =
        topic == null
            ? call.client().groups().progress(group)
            : call.client().groups().progress(group, topic);
    return progress.map(all -> Answer.ok(json(group, all)));
  }

  private static JsonObject json(String group, GroupProgress progress) {
    JsonArray queues = new JsonArray();
    for (Map.Entry<MessageQueue, ConsumeStats.OffsetWrapper> each : progress.queues().entrySet()) {
      MessageQueue queue = each.getKey();
      ConsumeStats.OffsetWrapper offsets = each.getValue();
      queues.add(
          new JsonObject()
              .put("topic", queue.topic())
              .put("broker", queue.brokerName())
              .put("queueId", queue.queueId())
              .put("committed", offsets.consumerOffset())
              .put("end", offsets.brokerOffset())
              .put("lag", offsets.brokerOffset() - offsets.consumerOffset())
              .put("lastConsumedAt", offsets.lastTimestamp()));
    }
    JsonObject byTopic = new JsonObject();
    progress.lagByTopic().forEach(byTopic::put);
    return new JsonObject()
        .put("group", group)
        .put("lag", progress.lag())
        .put("consumedPerSecond", progress.consumeTps())
        .put("topics", byTopic)
        .put("queues", queues);
  }
}
