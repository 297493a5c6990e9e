package io.apogeemq.gateway.trace;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.SubscriptionData;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What one group has made of one message.
 *
 * <pre>
 *   waiting    its offset is not beyond the message
 *   passed     it is
 *   filtered   it is, and its members don't subscribe to the message's tag
 *   retrying   the message was handed back and is to come again, or waits in the retry topic
 *   retried    it came again, and the group is beyond that too
 *   dead       it is in the dead-letter topic
 * </pre>
 */
final class GroupTrace {
  private final GatewayClient client;
  private final String topic;
  private final String group;
  private final String messageId;
  private final ReceivedMessage message;

  /** A copy of the message for this group. {@code passed}: the group is beyond it. */
  private record Copy(String topic, ReceivedMessage record, boolean passed, boolean waits) {}

  GroupTrace(
      GatewayClient client, String topic, String group, String messageId, ReceivedMessage message) {
    this.client = client;
    this.topic = topic;
    this.group = group;
    this.messageId = messageId;
    this.message = message;
  }

  /** A group of which nothing could be learnt. */
  static JsonObject untold(String group) {
    return new JsonObject()
        .put("group", group)
        .put("state", "waiting")
        .put("retries", new JsonArray())
        .put("deadLetters", new JsonArray());
  }

  Future<JsonObject> run() {
    MessageQueue queue = new MessageQueue(topic, message.brokerName(), message.queueId());
    Future<OptionalLong> committed = client.reader(group).committed(queue);
    Future<Optional<ConsumerConnection>> members =
        client.groups().members(group).map(Optional::of).recover(GroupTrace::noneIfRefused);
    Future<List<Copy>> retries = retries();
    Future<List<Copy>> dead = copies(Names.dlqTopic(group));
    return Future.all(committed, members, retries, dead)
        .map(
            ignored -> json(committed.result(), members.result(), retries.result(), dead.result()));
  }

  private static Future<Optional<ConsumerConnection>> noneIfRefused(Throwable failure) {
    return failure instanceof RequestRefused // nobody is online
        ? Future.succeededFuture(Optional.empty())
        : Future.failedFuture(failure);
  }

  /** Retries of consumers that pull, of those that pop (in both forms of their topic), and delayed ones. */
  private Future<List<Copy>> retries() {
    String own = Names.retryTopic(group);
    List<Future<List<Copy>>> asked = new ArrayList<>();
    for (String each : List.of(own, own + "_" + topic, own + "+" + topic)) {
      asked.add(copies(each));
    }
    asked.add(
        Parked.in(client, Parked.SCHEDULE, own, messageId, topic)
            .map(all -> all.stream().map(each -> new Copy(own, each, false, true)).toList()));
    return Future.all(asked)
        .map(
            ignored -> {
              List<Copy> all = new ArrayList<>();
              asked.forEach(one -> all.addAll(one.result()));
              // What waited and came is one retry, not two.
              all.removeIf(
                  each ->
                      each.waits()
                          && all.stream()
                              .anyMatch(
                                  other ->
                                      !other.waits()
                                          && Parked.isOf(each.record(), other.record())));
              all.sort(Comparator.comparingLong(each -> each.record().storeTimestampMs()));
              return all;
            });
  }

  private Future<List<Copy>> copies(String in) {
    return client
        .messages()
        .asStored()
        .byMessageId(in, messageId)
        .compose(
            all -> {
              List<Future<Copy>> copies = new ArrayList<>();
              for (ReceivedMessage each : all) {
                MessageQueue queue = new MessageQueue(in, each.brokerName(), each.queueId());
                copies.add(
                    client
                        .reader(group)
                        .committed(queue)
                        .map(at -> new Copy(in, each, at.orElse(0) > each.queueOffset(), false)));
              }
              return Future.all(copies)
                  .map(ignored -> copies.stream().map(Future::result).toList());
            })
        .recover(
            e ->
                e instanceof RequestRefused // the group has no such topic
                    ? Future.succeededFuture(List.of())
                    : Future.failedFuture(e));
  }

  private JsonObject json(
      OptionalLong committed,
      Optional<ConsumerConnection> members,
      List<Copy> retries,
      List<Copy> dead) {
    JsonObject json = new JsonObject().put("group", group);
    committed.ifPresent(offset -> json.put("committed", offset));
    json.put("members", members.map(each -> each.connectionSet().size()).orElse(0));
    SubscriptionData subscription =
        members.map(each -> each.subscriptionTable().get(topic)).orElse(null);
    if (subscription != null && subscription.subString() != null) {
      json.put("subscription", subscription.subString());
    }
    boolean passed = committed.isPresent() && committed.getAsLong() > message.queueOffset();
    return json.put("state", state(passed, subscription, retries, dead))
        .put("retries", records(retries))
        .put("deadLetters", records(dead));
  }

  private String state(
      boolean passed,
      @Nullable SubscriptionData subscription,
      List<Copy> retries,
      List<Copy> dead) {
    if (!dead.isEmpty()) {
      return "dead";
    }
    if (!retries.isEmpty()) {
      Copy last = retries.get(retries.size() - 1);
      return last.waits() || !last.passed() ? "retrying" : "retried";
    }
    if (!passed) {
      return "waiting";
    }
    return subscription != null && leavesOut(subscription) ? "filtered" : "passed";
  }

  private boolean leavesOut(SubscriptionData subscription) {
    return subscription.expressionType().equals("TAG")
        && !subscription.tagsSet().isEmpty()
        && !subscription.tagsSet().contains(String.valueOf(message.tag()));
  }

  private static JsonArray records(List<Copy> copies) {
    JsonArray all = new JsonArray();
    for (Copy each : copies) {
      ReceivedMessage record = each.record();
      JsonObject json =
          new JsonObject()
              .put("topic", each.topic())
              .put("broker", record.brokerName())
              .put("storedAt", record.storeTimestampMs())
              .put("attempt", record.reconsumeTimes() + 1)
              .put("offsetMessageId", record.offsetMsgId());
      if (each.waits()) {
        json.put("waits", true);
      } else {
        json.put("queueId", record.queueId())
            .put("offset", record.queueOffset())
            .put("passed", each.passed());
      }
      all.add(json);
    }
    return all;
  }
}
