package io.apogeemq.gateway.trace;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of a message in the internal topics where it waits, or has waited: for a time, or for its transaction's end. */
final class Parked {
  static final String SCHEDULE = "SCHEDULE_TOPIC_XXXX";
  private static final String TIMER = "rmq_sys_wheel_timer";
  private static final String HALF = "RMQ_SYS_TRANS_HALF_TOPIC";
  private static final String REAL_TOPIC = "REAL_TOPIC";
  private static final String RECALL = "TIMER_DEL_UNIQKEY";

  private Parked() {}

  /** Those of a topic, by the id that the producer gave; oldest first within each. */
  static Future<List<ReceivedMessage>> of(GatewayClient client, String topic, String id) {
    List<Future<List<ReceivedMessage>>> asked = new ArrayList<>();
    for (String each : List.of(SCHEDULE, TIMER, HALF)) {
      asked.add(in(client, each, topic, id, topic));
    }
    return Future.all(asked)
        .map(
            ignored -> {
              List<ReceivedMessage> all = new ArrayList<>();
              asked.forEach(one -> all.addAll(one.result()));
              return all;
            });
  }

  /**
   * Those of one internal topic that go to {@code real}; none where nobody knows the topics.
   *
   * @param routed the brokers of this topic are asked
   */
  static Future<List<ReceivedMessage>> in(
      GatewayClient client, String internal, String real, String id, String routed) {
    return client
        .messages()
        .asStored()
        .byMessageId(internal, id, routed)
        .map(all -> all.stream().filter(each -> goesTo(each, real)).toList())
        .recover(
            e ->
                e instanceof RequestRefused
                    ? Future.succeededFuture(List.of())
                    : Future.failedFuture(e));
  }

  private static boolean goesTo(ReceivedMessage parked, String topic) {
    return topic.equals(parked.properties().get(REAL_TOPIC))
        && !parked.properties().containsKey(RECALL);
  }

  /** Whether this record was delivered as that message: it says so, or was stored before it. */
  static boolean isOf(ReceivedMessage parked, ReceivedMessage stored) {
    return stored.preparedPosition() - 1 == parked.logPosition()
        || stored.storeTimestampMs() >= parked.storeTimestampMs();
  }

  static JsonObject json(ReceivedMessage parked) {
    JsonObject json =
        new JsonObject()
            .put("topic", parked.topic())
            .put("storedAt", parked.storeTimestampMs())
            .put("offsetMessageId", parked.offsetMsgId());
    Long due = number(parked, "TIMER_OUT_MS");
    Long level = number(parked, "DELAY");
    if (due != null) {
      json.put("dueAt", due);
    } else if (level != null) {
      json.put("level", level);
    }
    return json;
  }

  private static @Nullable Long number(ReceivedMessage message, String property) {
    String text = message.properties().get(property);
    return text != null && text.matches("[0-9]{1,18}") ? Long.valueOf(text) : null;
  }
}
