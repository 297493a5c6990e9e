package io.apogeemq.gateway.admin;

import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.consume.Browse;
import io.apogeemq.gateway.consume.Places;
import io.apogeemq.gateway.consume.QueueReader;
import io.apogeemq.gateway.consume.Wanted;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A group's dead letters: looking at them, and sending them again. */
public final class DeadLetterOperations implements OperationFamily {
  private static final int MAX_REPLAYS = 100;

  /** Letters that are in memory at once on one event loop, each with up to 16 MiB of unpacked body. */
  private static final int REPLAYS_AT_ONCE = 4;

  /** To whom dead letters are sent again. */
  private static final String TO_GROUP = "group";

  private static final String TO_TOPIC = "topic";

  /** Before a replay tries again what the cluster can't do now. */
  private static final long RETRY_MS = 1_000;

  private final Vertx vertx;
  private final Turns replays = new Turns(REPLAYS_AT_ONCE);

  public DeadLetterOperations(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "deadLetterGroups", this::groups,
        "deadLetters", this::deadLetters,
        "replay", this::replay,
        "replayAll", this::replayAll);
  }

  /** Dead letters are in topics of their own, one for each group. */
  private Future<Answer> groups(Call call) {
    return call.client()
        .admin()
        .topics()
        .compose(
            all -> {
              Page.Names page =
                  Page.cut(
                      call,
                      all.stream()
                          .filter(each -> each.startsWith(Names.DLQ))
                          .map(each -> each.substring(Names.DLQ.length()))
                          .filter(each -> each.contains(call.text("q")))
                          .toList());
              return ItemResults.of(new JsonArray(page.names()), each -> count(call, each))
                  .map(found -> Answer.ok(json(page, found.json().getJsonArray("results"))));
            });
  }

  private static Future<JsonObject> count(Call call, Object group) {
    String topic = Names.dlqTopic(group.toString());
    return call.client()
        .admin()
        .topicStats(topic)
        .map(
            stats -> {
              long messages = 0;
              long last = 0;
              for (TopicStatsTable.TopicOffset each : stats.values()) {
                messages += each.maxOffset() - each.minOffset();
                last = Math.max(last, each.lastUpdateTimestamp());
              }
              return new JsonObject().put("messages", messages).put("lastWrittenAt", last);
            });
  }

  /** Groups whose dead letters have gone by now are left out; those that can't be told say why. */
  private static JsonObject json(Page.Names page, JsonArray counts) {
    JsonArray groups = new JsonArray();
    for (int i = 0; i < page.names().size(); i++) {
      JsonObject counted = counts.getJsonObject(i);
      if (counted.getLong("messages", 1L) > 0) {
        String group = page.names().get(i);
        groups.add(
            new JsonObject()
                .put("group", group)
                .put("topic", Names.dlqTopic(group))
                .mergeIn(counted));
      }
    }
    JsonObject json = new JsonObject().put("groups", groups);
    return page.next() == null ? json : json.put("next", page.next());
  }

  private Future<Answer> replayAll(Call call) {
    return call.json(call.options().maxBodyBytes())
        .compose(
            body -> {
              String topic = topic(body);
              int perSecond = Fields.integer(body, "perSecond", 100, 1, 1_000);
              String position = position(call, body);
              DeadLetterReplay.Plan plan =
                  new DeadLetterReplay.Plan(
                      Wanted.of(call), topic, call.flag("dryRun"), perSecond, RETRY_MS);
              return sender(call, body, topic)
                  .compose(sender -> replayAll(call, position, plan, sender));
            });
  }

  /** Who gets what is sent again: the group, or everybody who consumes a topic. */
  private Future<DeadLetterReplay.Sender> sender(
      Call call, JsonObject body, @Nullable String topic) {
    String to = Fields.text(body, "to", topic == null ? TO_GROUP : TO_TOPIC);
    if (!to.equals(TO_GROUP) && !to.equals(TO_TOPIC)) {
      throw Problem.badField("to", "can't be '" + to + "'", "Give group or topic.");
    }
    if (to.equals(TO_TOPIC)) {
      return Future.succeededFuture(dead -> toTopic(call, dead, topic));
    }
    if (topic != null) {
      throw Problem.badField(
          "topic", "stands together with to: group", "A topic's messages go to all its groups.");
    }
    return GroupRetry.of(vertx, call.client(), call.text("group")).map(retry -> retry);
  }

  private Future<String> toTopic(Call call, ReceivedMessage dead, @Nullable String topic) {
    return DeadLetter.revive(vertx, dead, topic)
        .compose(alive -> call.client().producer().send(alive))
        .map(SendResult::msgId)
        .recover(call.client()::explained);
  }

  private static @Nullable String topic(JsonObject body) {
    String topic = body.containsKey("topic") ? Fields.text(body, "topic", "") : null;
    String flaw = topic == null ? null : Names.flawOfTopic(topic);
    if (flaw != null) {
      throw Problem.badField("topic", "can't be that: " + flaw, "Give a topic's name.");
    }
    return topic;
  }

  /** In the body there is room for one of any length. */
  private static @Nullable String position(Call call, JsonObject body) {
    String position = call.textOrNull("position");
    if (!body.containsKey("position")) {
      return position;
    }
    if (position != null) {
      throw Problem.badField("position", "stands in the URL too", "Give it once.");
    }
    return Fields.text(body, "position", "");
  }

  private Future<Answer> replayAll(
      Call call,
      @Nullable String position,
      DeadLetterReplay.Plan plan,
      DeadLetterReplay.Sender sender) {
    PullConsumer reader = call.client().reader(Browse.READER).asStored();
    String dlq = Names.dlqTopic(call.text("group"));
    Places none = new Places(new TreeMap<>(), new TreeMap<>());
    var from =
        Browse.starts(reader, dlq, position, call.text("from"))
            .recover(failure -> orNone(call, failure, none));
    var ends =
        Browse.starts(reader, dlq, null, "last").recover(failure -> orNone(call, failure, none));
    return Future.all(from, ends)
        .compose(
            ignored ->
                call.request().response().closed()
                    ? Future.succeededFuture()
                    : new DeadLetterReplay(
                            vertx,
                            plan,
                            QueueReader.of(reader),
                            sender,
                            JsonLines.of(call.request().response()),
                            from.result().all(),
                            ends.result().present())
                        .run())
        .map(Answer.WRITTEN);
  }

  private Future<Answer> deadLetters(Call call) {
    return Browse.page(call, vertx, Names.dlqTopic(call.text("group")), Wanted.of(call))
        .recover(failure -> orNone(call, failure, Answer.ok(Browse.nothing())));
  }

  /** A group that never had dead letters has no topic of them; one that nobody knows is 404. */
  private static <R> Future<R> orNone(Call call, Throwable failure, R none) {
    if (!(failure instanceof RequestRefused refused)
        || refused.code() != ResponseCode.TOPIC_NOT_EXIST) {
      return Future.failedFuture(failure);
    }
    String group = call.text("group");
    return call.client()
        .groups()
        .groups()
        .compose(
            all ->
                all.containsKey(group)
                    ? Future.succeededFuture(none)
                    : Future.failedFuture(
                        new Problem(
                            ProblemKind.GROUP_NOT_FOUND, "No broker has a group " + group + ".")));
  }

  private Future<Answer> replay(Call call) {
    return call.json(Call.LIST_BYTES)
        .compose(
            body -> {
              if (!(body.getValue("messages") instanceof JsonArray all)
                  || all.isEmpty()
                  || all.size() > MAX_REPLAYS) {
                throw Problem.badField(
                    "messages",
                    "is no array of 1 to " + MAX_REPLAYS + " messages",
                    "Give [{\"broker\": …, \"queueId\": …, \"offset\": …}] of dead letters.");
              }
              return sender(call, body, topic(body))
                  .compose(
                      sender ->
                          ItemResults.of(
                              all, each -> replays.take(() -> replayOne(call, each, sender))))
                  .map(ItemResults::answer);
            });
  }

  private static Future<JsonObject> replayOne(
      Call call, Object item, DeadLetterReplay.Sender sender) {
    if (!(item instanceof JsonObject json)
        || !(json.getValue("broker") instanceof String broker)
        || !(json.getValue("queueId") instanceof Integer queueId)
        || !(json.getValue("offset") instanceof Number offset)) {
      throw Problem.badField(
          "messages", "lacks broker, queueId or offset", "Give those of a dead letter.");
    }
    MessageQueue queue = new MessageQueue(Names.dlqTopic(call.text("group")), broker, queueId);
    PullConsumer reader = call.client().reader(Browse.READER).asStored();
    return Browse.existing(reader, queue)
        .compose(known -> reader.pull(known, Filter.ALL, offset.longValue(), 1, 0))
        .compose(
            result -> {
              if (result.messages().isEmpty()) {
                throw Problem.badField(
                    "messages",
                    "names a dead letter that is not there: " + json,
                    "Browse them anew.");
              }
              return sender.send(result.messages().get(0));
            })
        .map(messageId -> json.copy().put("messageId", messageId))
        .recover(call.client()::explained);
  }
}
