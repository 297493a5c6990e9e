package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a group is to be moved, in each queue of a topic. Exactly one member of the body says it:
 *
 * <pre>
 *   { "to": "first" | "last" }
 *   { "timestamp": ms }                                   the first message stored then or later
 *   { "messageId": "…" }                                  that message; the others by its store time
 *   { "queues": [ { "broker": …, "queueId": …, "offset": … } ] }     only these, within their ends
 * </pre>
 *
 * @param timestampMs the time that all queues are moved to; negative the end; null: to the offsets
 * @param offsets by queue
 */
record SeekTarget(@Nullable Long timestampMs, TreeMap<MessageQueue, Long> offsets) {
  private static final long TO_END = -1;
  private static final int MAX_QUEUES = 1_000;
  private static final List<String> WAYS = List.of("to", "timestamp", "messageId", "queues");

  static Future<SeekTarget> of(GatewayClient client, String topic, JsonObject body) {
    if (WAYS.stream().filter(body::containsKey).count() != 1) {
      throw Problem.badField("to", "is lacking, or not alone", "Give one of " + WAYS + ".");
    }
    if (body.containsKey("queues")) {
      return byOffset(client, topic, body);
    }
    if (body.containsKey("messageId")) {
      return byMessage(client, topic, Fields.text(body, "messageId", ""));
    }
    long timestampMs = time(body);
    return client
        .groups()
        .offsetsAt(topic, timestampMs)
        .map(offsets -> new SeekTarget(timestampMs, offsets));
  }

  private static long time(JsonObject body) {
    if (body.containsKey("timestamp")) {
      return Fields.number(body, "timestamp", null, 0, Long.MAX_VALUE);
    }
    return switch (Fields.text(body, "to", "")) {
      case "first" -> 0;
      case "last" -> TO_END;
      default ->
          throw Problem.badField(
              "to", "is neither first nor last", "Give to, or timestamp in ms since 1970.");
    };
  }

  private static Future<SeekTarget> byOffset(GatewayClient client, String topic, JsonObject body) {
    if (!(body.getValue("queues") instanceof JsonArray all)
        || all.isEmpty()
        || all.size() > MAX_QUEUES) {
      throw Problem.badField(
          "queues",
          "is no array of 1 to " + MAX_QUEUES + " queues",
          "Give [{\"broker\": …, \"queueId\": …, \"offset\": …}].");
    }
    TreeMap<MessageQueue, Long> wanted = new TreeMap<>();
    for (Object each : all) {
      if (!(each instanceof JsonObject json)) {
        throw Problem.badField("queues", "holds what is no object", "Give objects.");
      }
      wanted.put(
          new MessageQueue(
              topic,
              Fields.text(json, "broker", ""),
              Fields.integer(json, "queueId", -1, 0, Integer.MAX_VALUE)),
          Fields.number(json, "offset", null, 0, Long.MAX_VALUE));
    }
    return client
        .admin()
        .topicStats(topic)
        .map(
            ends -> {
              wanted.forEach(
                  (queue, offset) -> checkWithinEnds(queue, offset, ends.get(queue), "queues"));
              return new SeekTarget(null, wanted);
            });
  }

  /**
   * Refuses an offset that its queue doesn't have.
   *
   * @param ends null if there is no such queue
   * @param field that named it
   */
  static void checkWithinEnds(
      MessageQueue queue, long offset, TopicStatsTable.@Nullable TopicOffset ends, String field) {
    if (ends == null) {
      throw new Problem(
          ProblemKind.NOT_FOUND,
          "The topic has no queue " + queue.queueId() + " at " + queue.brokerName(),
          "GET /v1/topics/" + queue.topic() + " lists its queues.");
    }
    if (offset < ends.minOffset() || offset > ends.maxOffset()) {
      throw Problem.badField(
          field,
          "moves queue " + queue.queueId() + " of " + queue.brokerName() + " to " + offset,
          "Give an offset from " + ends.minOffset() + " to " + ends.maxOffset() + ".");
    }
  }

  private static Future<SeekTarget> byMessage(
      GatewayClient client, String topic, String messageId) {
    return client
        .messages()
        .byMessageId(topic, messageId)
        .compose(
            found -> {
              if (found.isEmpty()) {
                throw new Problem(
                    ProblemKind.NOT_FOUND,
                    "The topic " + topic + " has no message " + messageId + ".",
                    "It may be too old, or not indexed yet; seek to a time instead.");
              }
              ReceivedMessage first = found.get(0);
              Future<@Nullable String> broker =
                  client.admin().route(topic).map(route -> brokerOf(route, first.storeHost()));
              return client
                  .groups()
                  .offsetsAt(topic, first.storeTimestampMs())
                  .compose(offsets -> broker.map(name -> at(offsets, name, first)));
            });
  }

  private static SeekTarget at(
      TreeMap<MessageQueue, Long> offsets, @Nullable String broker, ReceivedMessage message) {
    offsets.replaceAll(
        (queue, offset) ->
            queue.brokerName().equals(broker) && queue.queueId() == message.queueId()
                ? Long.valueOf(message.queueOffset())
                : offset);
    return new SeekTarget(null, offsets);
  }

  /** The broker that stored a message; null if it was known by another address: then its time counts. */
  private static @Nullable String brokerOf(TopicRoute route, InetSocketAddress storeHost) {
    String address = storeHost.getAddress().getHostAddress() + ":" + storeHost.getPort();
    return route.brokerDatas().stream()
        .filter(each -> each.brokerAddrs().containsValue(address))
        .map(BrokerData::brokerName)
        .findFirst()
        .orElse(null);
  }
}
