package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** Topics: list, look at, create or change, delete. */
public final class TopicOperations implements OperationFamily {
  private static final Map<String, Integer> PERMISSIONS =
      Map.of(
          "rw",
          TopicConfig.READ | TopicConfig.WRITE,
          "r",
          TopicConfig.READ,
          "w",
          TopicConfig.WRITE);

  private static final int MAX_QUEUES = 1_024;

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "listTopics", this::list,
        "getTopic", this::get,
        "putTopic", this::put,
        "deleteTopic", this::delete);
  }

  /** One page, in the order of names. */
  private Future<Answer> list(Call call) {
    String contains = call.text("q");
    boolean internal = call.flag("internal");
    return call.client()
        .admin()
        .topics()
        .map(
            all ->
                Page.of(
                    call,
                    "topics",
                    all.stream()
                        .filter(each -> internal || !isInternal(each))
                        .filter(each -> each.contains(contains))
                        .toList()));
  }

  private static boolean isInternal(String topic) {
    return topic.startsWith(Names.RETRY)
        || topic.startsWith(Names.DLQ)
        || topic.startsWith(Names.SYSTEM_PREFIX);
  }

  private Future<Answer> get(Call call) {
    String topic = call.text("topic");
    return call.client()
        .admin()
        .topicStats(topic)
        .compose(
            stats ->
                call.client()
                    .admin()
                    .groupsOf(topic)
                    .map(
                        groups -> {
                          JsonArray queues = new JsonArray();
                          long messages = 0;
                          for (Map.Entry<MessageQueue, TopicStatsTable.TopicOffset> each :
                              stats.entrySet()) {
                            messages += each.getValue().maxOffset() - each.getValue().minOffset();
                            queues.add(queue(each.getKey(), each.getValue()));
                          }
                          return Answer.ok(
                              new JsonObject()
                                  .put("topic", topic)
                                  .put("messages", messages)
                                  .put("groups", new JsonArray(List.copyOf(groups)))
                                  .put("queues", queues));
                        }));
  }

  private static JsonObject queue(MessageQueue queue, TopicStatsTable.TopicOffset ends) {
    return new JsonObject()
        .put("broker", queue.brokerName())
        .put("queueId", queue.queueId())
        .put("minOffset", ends.minOffset())
        .put("maxOffset", ends.maxOffset())
        .put("lastWrittenAt", ends.lastUpdateTimestamp());
  }

  private Future<Answer> put(Call call) {
    return call.json()
        .compose(
            body -> {
              int queues = Fields.integer(body, "queues", 8, 1, MAX_QUEUES);
              Integer permission = PERMISSIONS.get(Fields.text(body, "permission", "rw"));
              if (permission == null) {
                throw Problem.badField(
                    "permission", "can't be that", "Give one of rw, r (read), w (write).");
              }
              return call.client()
                  .admin()
                  .createTopic(TopicConfig.of(call.text("topic"), queues, permission));
            })
        .map(ignored -> Answer.noContent());
  }

  private Future<Answer> delete(Call call) {
    String topic = call.text("topic");
    return call.client()
        .admin()
        .route(topic) // deleting what is not there would be a success
        .compose(ignored -> call.client().admin().deleteTopic(topic))
        .map(ignored -> Answer.noContent());
  }
}
