package io.apogeemq.gateway.admin;

import io.apogeemq.client.GroupProgress;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.QueryConsumeTimeSpan;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How far a group is behind, in messages and in time: how long the next message of a queue has waited. */
final class GroupLag {
  private static final int AT_ONCE = 8;

  /** Topics beyond these are not asked for times. */
  private static final int MAX_TIMED = 100;

  private GroupLag() {}

  /** The operation. */
  static Future<Answer> get(Call call) {
    String group = call.text("group");
    String topic = call.textOrNull("topic");
    GatewayClient client = call.client();
    return asked(client, group, topic)
        .compose(
            brokers -> {
              GroupProgress all = sum(brokers);
              Future<JsonObject> json =
                  call.flag("times")
                      ? timed(client, group, all)
                      : Future.succeededFuture(json(group, all, Map.of()));
              return json.map(body -> Answer.ok(body.put("complete", brokers.complete())));
            });
  }

  /** In all topics, of the brokers that answer. */
  static Future<GroupProgress> progress(GatewayClient client, String group) {
    return asked(client, group, null).map(GroupLag::sum);
  }

  /** Of the group's messages those that it gets again, as it pulls or pops. */
  static long retries(GroupProgress progress) {
    return progress.lagByTopic().entrySet().stream()
        .filter(each -> each.getKey().startsWith(Names.RETRY))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static GroupProgress sum(Brokers<GroupProgress> brokers) {
    return brokers.answers().stream()
        .reduce(GroupProgress::plus)
        .orElse(new GroupProgress(0, new TreeMap<>()));
  }

  /** What the brokers of the topic say, or else all; a topic that nobody knows fails with code 17. */
  private static Future<Brokers<GroupProgress>> asked(
      GatewayClient client, String group, @Nullable String topic) {
    if (topic == null) {
      return Brokers.all(client, address -> client.inspection().progress(address, group, null));
    }
    return client
        .admin()
        .route(topic)
        .compose(
            route ->
                InTurn.each(
                    TopicDetail.addresses(route),
                    AT_ONCE,
                    address -> client.inspection().progress(address, group, topic)))
        .compose(Brokers::outcome);
  }

  private static Future<JsonObject> timed(
      GatewayClient client, String group, GroupProgress progress) {
    List<String> topics = progress.lagByTopic().keySet().stream().limit(MAX_TIMED).toList();
    Future<Long> dead = GroupTable.stored(client, Names.dlqTopic(group));
    return InTurn.each(topics, AT_ONCE, each -> client.inspection().timeSpans(group, each))
        .compose(
            asked -> {
              Map<MessageQueue, QueryConsumeTimeSpan.QueueTimeSpan> spans = new TreeMap<>();
              asked.stream().filter(Future::succeeded).forEach(each -> spans.putAll(each.result()));
              spans.values().removeIf(each -> !isKnown(each));
              JsonObject json = json(group, progress, spans).put("waitingMs", longest(spans));
              return Future.join(List.of(dead))
                  .transform(
                      ignored ->
                          Future.succeededFuture(
                              json.put("deadLetters", dead.succeeded() ? dead.result() : null)));
            });
  }

  /** RocketMQ takes the store time of a message that is gone for -1, and the delay for half a century. */
  private static boolean isKnown(QueryConsumeTimeSpan.QueueTimeSpan span) {
    return span.delayTime() >= 0 && span.delayTime() < System.currentTimeMillis() / 2;
  }

  /** Null if no broker could tell. */
  private static @Nullable Long longest(
      Map<MessageQueue, QueryConsumeTimeSpan.QueueTimeSpan> spans) {
    return spans.isEmpty()
        ? null
        : Long.valueOf(
            spans.values().stream()
                .mapToLong(QueryConsumeTimeSpan.QueueTimeSpan::delayTime)
                .max()
                .orElse(0));
  }

  private static JsonObject json(
      String group,
      GroupProgress progress,
      Map<MessageQueue, QueryConsumeTimeSpan.QueueTimeSpan> spans) {
    JsonArray queues = new JsonArray();
    for (Map.Entry<MessageQueue, ConsumeStats.OffsetWrapper> each : progress.queues().entrySet()) {
      MessageQueue queue = each.getKey();
      ConsumeStats.OffsetWrapper offsets = each.getValue();
      JsonObject json =
          new JsonObject()
              .put("topic", queue.topic())
              .put("broker", queue.brokerName())
              .put("queueId", queue.queueId())
              .put("committed", offsets.consumerOffset())
              .put("end", offsets.brokerOffset())
              .put("lag", GroupProgress.lag(offsets))
              .put("lastConsumedAt", offsets.lastTimestamp());
      if (offsets.pullOffset() != null) {
        json.put("handedOut", offsets.pullOffset());
      }
      QueryConsumeTimeSpan.QueueTimeSpan span = spans.get(queue);
      if (span != null) {
        json.put("waitingMs", span.delayTime());
      }
      queues.add(json);
    }
    JsonObject byTopic = new JsonObject();
    progress.lagByTopic().forEach(byTopic::put);
    return new JsonObject()
        .put("group", group)
        .put("lag", progress.lag())
        .put("retries", retries(progress))
        .put("consumedPerSecond", progress.consumeTps())
        .put("topics", byTopic)
        .put("queues", queues);
  }
}
