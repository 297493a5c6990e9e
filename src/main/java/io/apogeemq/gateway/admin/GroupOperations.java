package io.apogeemq.gateway.admin;

import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One group: look at it, create or change it, delete it, and how far it is behind. */
public final class GroupOperations implements OperationFamily {

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "getGroup", this::get,
        "putGroup", this::put,
        "deleteGroup", this::delete,
        "groupLag", GroupLag::get);
  }

  private Future<Answer> get(Call call) {
    String group = call.text("group");
    return config(call.client(), group)
        .compose(
            config ->
                Members.connections(call.client(), group)
                    .map(all -> Answer.ok(json(known(group, config), Members.most(all)))));
  }

  /** Those who take messages by receipts over HTTP are no members. */
  private static JsonObject json(
      SubscriptionGroupConfig config, @Nullable ConsumerConnection online) {
    JsonArray members = new JsonArray();
    if (online != null) {
      for (ClientConnection each : online.connectionSet()) {
        members.add(
            new JsonObject()
                .put("clientId", each.clientId())
                .put("address", each.clientAddr())
                .put("language", String.valueOf(each.language())));
      }
    }
    return new JsonObject()
        .put("group", config.groupName())
        .put("consumeEnabled", config.consumeEnable())
        .put("broadcastEnabled", config.consumeBroadcastEnable())
        .put("ordered", Boolean.TRUE.equals(config.consumeMessageOrderly()))
        .put("maxRetries", config.retryMaxTimes())
        .put("retryQueues", config.retryQueueNums())
        .put("members", members);
  }

  /** The group's settings at the first broker that has it; null if none has. */
  private static Future<@Nullable SubscriptionGroupConfig> config(
      GatewayClient client, String group) {
    return client.groups().groups().map(all -> all.get(group));
  }

  private static SubscriptionGroupConfig known(
      String group, @Nullable SubscriptionGroupConfig config) {
    if (config == null) {
      throw new Problem(ProblemKind.GROUP_NOT_FOUND, "No broker has a group " + group + ".");
    }
    return config;
  }

  private Future<Answer> put(Call call) {
    String group = call.text("group");
    return call.json()
        .compose(
            body ->
                config(call.client(), group)
                    .compose(
                        config ->
                            call.client()
                                .groups()
                                .createGroup(
                                    wanted(
                                        config == null ? SubscriptionGroupConfig.of(group) : config,
                                        body))))
        .map(
            ignored -> {
              call.client().changed();
              return Answer.noContent();
            });
  }

  /** What the body does not name stays as it is. */
  private static SubscriptionGroupConfig wanted(SubscriptionGroupConfig known, JsonObject body) {
    return new SubscriptionGroupConfig(
        known.attributes(),
        known.brokerId(),
        Fields.flag(body, "broadcastEnabled", known.consumeBroadcastEnable()),
        Fields.flag(body, "consumeEnabled", known.consumeEnable()),
        known.consumeFromMinEnable(),
        body.containsKey("ordered")
            ? Boolean.valueOf(Fields.flag(body, "ordered", false))
            : known.consumeMessageOrderly(),
        known.consumeTimeoutMinute(),
        known.groupName(),
        known.groupRetryPolicy(),
        known.groupSysFlag(),
        known.notifyConsumerIdsChangedEnable(),
        Fields.integer(body, "maxRetries", known.retryMaxTimes(), 0, 1_000),
        Fields.integer(body, "retryQueues", known.retryQueueNums(), 1, 1_000),
        known.subscriptionDataSet(),
        known.whichBrokerWhenConsumeSlowly());
  }

  /** With {@code dryRun} what would go. */
  private Future<Answer> delete(Call call) {
    String group = call.text("group");
    return config(call.client(), group)
        .compose(
            config -> {
              known(group, config);
              return call.flag("dryRun")
                  ? whatGoes(call.client(), group)
                  : call.client()
                      .groups()
                      .deleteGroup(group, true)
                      .onComplete(ignored -> call.client().changed())
                      .map(Answer.noContent());
            });
  }

  private static Future<Answer> whatGoes(GatewayClient client, String group) {
    Future<List<ConsumerConnection>> members = Members.connections(client, group);
    Future<JsonObject> lag =
        Brokers.orElse(
            GroupLag.progress(client, group)
                .map(
                    progress -> {
                      JsonObject topics = new JsonObject();
                      progress.lagByTopic().forEach(topics::put);
                      return topics;
                    }),
            new JsonObject());
    Future<Long> dead = GroupTable.stored(client, Names.dlqTopic(group));
    return Future.all(members, lag, dead)
        .map(
            ignored -> {
              ConsumerConnection most = Members.most(members.result());
              return Answer.ok(
                  new JsonObject()
                      .put("dryRun", true)
                      .put("group", group)
                      .put("members", most == null ? 0 : most.connectionSet().size())
                      .put("topics", lag.result())
                      .put("deadLetters", dead.result()));
            });
  }
}
