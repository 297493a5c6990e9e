package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.consume.Browse;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A group's offsets in a topic: read, write, and move to a time, which can be tried before. */
public final class OffsetOperations implements OperationFamily {
  private static final int MAX_QUEUES = 1_000;
  private static final long TO_END = -1;

  @Override
  public Map<String, Handling> operations() {
    return Map.of("getOffsets", this::get, "putOffsets", this::put, "seek", this::seek);
  }

  private Future<Answer> get(Call call) {
    String topic = call.text("topic");
    PullConsumer reader = call.client().reader(call.text("group"));
    return reader
        .queues(topic)
        .compose(queues -> committed(reader, queues))
        .map(
            all -> Answer.ok(new JsonObject().put("offsets", new JsonArray(new ArrayList<>(all)))));
  }

  private static Future<List<JsonObject>> committed(
      PullConsumer reader, List<MessageQueue> queues) {
    List<Future<OptionalLong>> offsets = queues.stream().map(reader::committed).toList();
    return Future.all(offsets)
        .map(
            ignored -> {
              List<JsonObject> all = new ArrayList<>();
              for (int i = 0; i < queues.size(); i++) {
                JsonObject json = json(queues.get(i));
                offsets.get(i).result().ifPresent(offset -> json.put("offset", offset));
                all.add(json);
              }
              return all;
            });
  }

  private static JsonObject json(MessageQueue queue) {
    return new JsonObject().put("broker", queue.brokerName()).put("queueId", queue.queueId());
  }

  private Future<Answer> put(Call call) {
    return call.json()
        .compose(
            body -> {
              if (!(body.getValue("offsets") instanceof JsonArray all)
                  || all.isEmpty()
                  || all.size() > MAX_QUEUES) {
                throw Problem.badField(
                    "offsets",
                    "is no array of 1 to " + MAX_QUEUES + " queues",
                    "Give [{\"broker\": …, \"queueId\": …, \"offset\": …}].");
              }
              return ItemResults.of(all, each -> commit(call, each)).map(ItemResults::answer);
            });
  }

  private static Future<JsonObject> commit(Call call, Object item) {
    if (!(item instanceof JsonObject json)) {
      throw Problem.badField("offsets", "holds what is no object", "Give objects.");
    }
    MessageQueue queue =
        new MessageQueue(
            call.text("topic"),
            Fields.text(json, "broker", ""),
            Fields.integer(json, "queueId", -1, 0, Integer.MAX_VALUE));
    long offset = Fields.number(json, "offset", null, 0, Long.MAX_VALUE);
    return Browse.existing(call.client().reader(call.text("group")), queue)
        .compose(known -> call.client().groups().commit(call.text("group"), known, offset))
        .map(ignored -> json(queue).put("offset", offset));
  }

  /**
   * Moves a group. Brokers of 4.9 can't move one that is offline by time; then the offsets that the
   * preview told are committed.
   */
  private Future<Answer> seek(Call call) {
    String topic = call.text("topic");
    String group = call.text("group");
    return call.json()
        .compose(
            body -> {
              long timestampMs = target(body);
              return preview(call, timestampMs)
                  .compose(
                      queues ->
                          call.flag("dryRun")
                              ? Future.succeededFuture(queues)
                              : move(call, group, topic, timestampMs, queues).map(queues))
                  .map(
                      queues ->
                          Answer.ok(
                              new JsonObject()
                                  .put("dryRun", call.flag("dryRun"))
                                  .put("queues", queues)));
            });
  }

  private static long target(JsonObject body) {
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

  /** For each queue where the group is and would be; a positive change leaves messages out. */
  private static Future<JsonArray> preview(Call call, long timestampMs) {
    PullConsumer reader = call.client().reader(call.text("group"));
    return call.client()
        .groups()
        .offsetsAt(call.text("topic"), timestampMs)
        .compose(
            targets ->
                committed(reader, List.copyOf(targets.keySet()))
                    .map(
                        now -> {
                          JsonArray all = new JsonArray();
                          int i = 0;
                          for (Map.Entry<MessageQueue, Long> each : targets.entrySet()) {
                            JsonObject json = json(each.getKey());
                            Long from = now.get(i++).getLong("offset");
                            if (from != null) {
                              json.put("from", from).put("change", each.getValue() - from);
                            }
                            all.add(json.put("to", each.getValue()));
                          }
                          return all;
                        }));
  }

  private static Future<Void> move(
      Call call, String group, String topic, long timestampMs, JsonArray queues) {
    return call.client()
        .groups()
        .resetTo(group, topic, timestampMs)
        .<Void>mapEmpty()
        .recover(
            e ->
                e instanceof RequestRefused refused
                        && refused.code() == ResponseCode.CONSUMER_NOT_ONLINE
                    ? commitAll(call, group, topic, queues)
                    : Future.failedFuture(e));
  }

  private static Future<Void> commitAll(Call call, String group, String topic, JsonArray queues) {
    List<Future<Void>> all = new ArrayList<>();
    for (Object each : queues) {
      JsonObject json = (JsonObject) each;
      MessageQueue queue =
          new MessageQueue(topic, json.getString("broker"), json.getInteger("queueId"));
      all.add(call.client().groups().commit(group, queue, json.getLong("to")));
    }
    return Future.all(all).mapEmpty();
  }
}
