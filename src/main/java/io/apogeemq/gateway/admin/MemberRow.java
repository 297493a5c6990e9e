package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.protocol.body.ConnectedClients.Subscription;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.protocol.body.SubscriptionData;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One member of a group, by client id.
 *
 * @param client its connections
 * @param subscriptions what it asked for itself; null if neither broker nor client tells
 * @param info what it says of itself; null if it was not asked or did not answer
 */
record MemberRow(
    ClientRow client,
    @Nullable List<Subscription> subscriptions,
    @Nullable ConsumerRunningInfo info) {

  /** The member with what it said. */
  MemberRow with(ConsumerRunningInfo said) {
    return new MemberRow(client, subscriptions == null ? subscriptions(said) : subscriptions, said);
  }

  private static List<Subscription> subscriptions(ConsumerRunningInfo said) {
    List<Subscription> all = new ArrayList<>();
    for (SubscriptionData each : said.subscriptionSet()) {
      all.add(new Subscription(each.topic(), each.expressionType(), each.subString()));
    }
    all.sort(Comparator.comparing(Subscription::topic));
    return all;
  }

  /** What it asked for of a topic, as people write it; null if that is unknown or nothing. */
  @Nullable String wants(String topic) {
    if (subscriptions != null) {
      for (Subscription each : subscriptions) {
        if (each.topic().equals(topic)) {
          return each.type() + " " + (each.expression() == null ? "*" : each.expression());
        }
      }
    }
    return null;
  }

  JsonObject json() {
    JsonObject whole = client.json();
    return new JsonObject()
        .put("clientId", client.clientId())
        .put("language", whole.getValue("language"))
        .put("version", whole.getValue("version"))
        .put("connections", whole.getValue("connections"))
        .put("duplicate", client.isDuplicate())
        .put("subscriptions", subscriptions == null ? null : json(subscriptions))
        .put("queues", info == null ? null : queues(info));
  }

  static JsonArray json(List<Subscription> subscriptions) {
    JsonArray all = new JsonArray();
    subscriptions.forEach(
        each ->
            all.add(
                new JsonObject()
                    .put("topic", each.topic())
                    .put("type", each.type())
                    .put("expression", each.expression())));
    return all;
  }

  /** The queues that a client has, pulled and popped ones. */
  static JsonArray queues(ConsumerRunningInfo info) {
    TreeMap<MessageQueue, JsonObject> all = new TreeMap<>();
    info.mqTable()
        .forEach(
            (queue, held) -> {
              if (!held.droped()) {
                put(all, queue)
                    .put("locked", held.locked())
                    .put("cachedMessages", held.cachedMsgCount())
                    .put("lastPulledAt", held.lastPullTimestamp())
                    .put("lastConsumedAt", held.lastConsumeTimestamp());
              }
            });
    info.mqPopTable()
        .forEach(
            (queue, held) -> {
              if (!held.droped()) {
                put(all, queue)
                    .put("unacknowledged", held.waitAckCount())
                    .put("lastPulledAt", held.lastPopTimestamp());
              }
            });
    return new JsonArray(new ArrayList<>(all.values()));
  }

  private static JsonObject put(
      TreeMap<MessageQueue, JsonObject> all, io.apogeemq.protocol.body.MessageQueue queue) {
    return all.computeIfAbsent(
        new MessageQueue(queue.topic(), queue.brokerName(), queue.queueId()),
        key ->
            new JsonObject()
                .put("topic", key.topic())
                .put("broker", key.brokerName())
                .put("queueId", key.queueId()));
  }
}
