package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.gateway.consume.Browse;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A group's offsets in a topic: read, write, move, and take over another group's; which can be tried. */
public final class OffsetOperations implements OperationFamily {
  private static final int MAX_QUEUES = 1_000;

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "getOffsets",
        this::get,
        "putOffsets",
        this::put,
        "seek",
        this::seek,
        "cloneOffsets",
        this::copy);
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
    return call.json(Call.LIST_BYTES)
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
              Future<TreeMap<MessageQueue, TopicStatsTable.TopicOffset>> ends =
                  call.client().admin().topicStats(call.text("topic"));
              return ItemResults.of(all, each -> commit(call, ends, each)).map(ItemResults::answer);
            });
  }

  private static Future<JsonObject> commit(
      Call call, Future<TreeMap<MessageQueue, TopicStatsTable.TopicOffset>> ends, Object item) {
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
        .compose(
            known ->
                ends.map(
                    all -> {
                      SeekTarget.checkWithinEnds(known, offset, all.get(known), "offset");
                      return known;
                    }))
        .compose(known -> call.client().groups().commit(call.text("group"), known, offset))
        .map(ignored -> json(queue).put("offset", offset));
  }

  private Future<Answer> seek(Call call) {
    String topic = call.text("topic");
    return call.json(Call.LIST_BYTES)
        .compose(body -> SeekTarget.of(call.client(), topic, body))
        .compose(
            target ->
                preview(call, call.text("group"), target.offsets())
                    .compose(
                        queues ->
                            (call.flag("dryRun")
                                    ? Future.<Void>succeededFuture()
                                    : new Seek(call.client(), call.text("group"), topic)
                                        .to(target)
                                        .onComplete(ignored -> call.client().changed()))
                                .map(ignored -> answer(call, queues))));
  }

  private static Answer answer(Call call, JsonArray queues) {
    return Answer.ok(new JsonObject().put("dryRun", call.flag("dryRun")).put("queues", queues));
  }

  /** For each queue where the group is and would be; a positive change leaves messages out. */
  private static Future<JsonArray> preview(
      Call call, String group, Map<MessageQueue, Long> targets) {
    PullConsumer reader = call.client().reader(group);
    return committed(reader, List.copyOf(targets.keySet()))
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
            });
  }

  /** Takes over another group's offsets. */
  private Future<Answer> copy(Call call) {
    String group = call.text("group");
    String topic = call.text("topic");
    return call.json()
        .compose(
            body -> {
              String from = Fields.text(body, "from", "");
              if (from.isEmpty() || from.equals(group)) {
                throw Problem.badField("from", "names no other group", "Give the group to follow.");
              }
              return offsets(call.client().reader(from), topic)
                  .compose(
                      offsets ->
                          preview(call, group, offsets)
                              .compose(
                                  queues ->
                                      (call.flag("dryRun") || offsets.isEmpty()
                                              ? Future.<Void>succeededFuture()
                                              : call.client()
                                                  .groups()
                                                  .cloneOffsets(from, group, topic)
                                                  .onComplete(ignored -> call.client().changed()))
                                          .map(ignored -> answer(call, queues))));
            });
  }

  private static Future<Map<MessageQueue, Long>> offsets(PullConsumer reader, String topic) {
    return reader
        .queues(topic)
        .compose(
            queues ->
                committed(reader, queues)
                    .map(
                        all -> {
                          Map<MessageQueue, Long> offsets = new TreeMap<>();
                          for (int i = 0; i < queues.size(); i++) {
                            Long offset = all.get(i).getLong("offset");
                            if (offset != null) {
                              offsets.put(queues.get(i), offset);
                            }
                          }
                          return offsets;
                        }));
  }
}
