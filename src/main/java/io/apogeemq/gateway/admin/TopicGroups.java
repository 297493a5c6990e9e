package io.apogeemq.gateway.admin;

import io.apogeemq.client.GroupProgress;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The groups that consume a topic, each with what it has not consumed of it. */
final class TopicGroups {
  private static final int AT_ONCE = 8;

  private TopicGroups() {}

  /** The operation; a page in the order of names. */
  static Future<Answer> list(Call call) {
    String topic = call.text("topic");
    int limit = (int) call.number("limit");
    String after = call.text("after");
    return call.client()
        .admin()
        .groupsOf(topic)
        .compose(
            all -> {
              List<String> rest = all.stream().filter(each -> each.compareTo(after) > 0).toList();
              List<String> page = rest.subList(0, Math.min(limit, rest.size()));
              return GroupTable.of(call.client())
                  .compose(
                      table ->
                          InTurn.each(
                              page, AT_ONCE, each -> row(call.client(), table, topic, each)))
                  .map(
                      rows -> {
                        JsonArray groups = new JsonArray();
                        rows.forEach(each -> groups.add(each.result()));
                        JsonObject json =
                            new JsonObject().put("groups", groups).put("total", all.size());
                        if (page.size() < rest.size()) {
                          json.put("next", page.get(page.size() - 1));
                        }
                        return Answer.ok(json);
                      });
            });
  }

  /** What can't be told is null; never fails. */
  private static Future<JsonObject> row(
      GatewayClient client, GroupTable table, String topic, String group) {
    GroupRow known = table.find(group);
    return client
        .groups()
        .progress(group, topic)
        .map(
            progress ->
                json(group, known)
                    .put("lag", ofTopic(progress, topic))
                    .put("consumedPerSecond", progress.consumeTps()))
        .otherwise(json(group, known).putNull("lag").putNull("consumedPerSecond"));
  }

  private static long ofTopic(GroupProgress progress, String topic) {
    return progress.lagByTopic().getOrDefault(topic, 0L);
  }

  private static JsonObject json(String group, GroupRow known) {
    return new JsonObject()
        .put("group", group)
        .put("members", known.figures() == null ? null : known.figures().members());
  }
}
