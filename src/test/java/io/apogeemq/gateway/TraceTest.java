package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What became of one message, as brokers and clients tell it. */
class TraceTest {
  private final Api api = SharedNode.api();

  @Test
  void aGroupIsFollowedFromWaitingToItsDeadLetter() {
    String topic = "gw-trace";
    String id = send(topic, new JsonObject().put("text", "a").put("tag", "t"));
    JsonObject before = trace(topic, id);
    assertThat(before.getJsonArray("stored")).hasSize(1);
    assertThat(before.getJsonArray("waiting")).isEmpty();
    assertThat(before.getJsonArray("stored").getJsonObject(0).getString("broker"))
        .isEqualTo("broker-a");
    String group = "gw-trace-group";
    JsonObject message =
        api.post("/v1/topics/" + topic + "/groups/" + group + "/receive?waitMs=20000")
            .json()
            .getJsonArray("messages")
            .getJsonObject(0);
    JsonObject receipts =
        new JsonObject().put("receipts", new JsonArray().add(message.getString("receipt")));
    assertThat(api.post("/v1/groups/" + group + "/dead-letter", receipts).status()).isEqualTo(200);
    Awaitility.await()
        .untilAsserted(
            () -> {
              JsonObject told = group(trace(topic, id), group);
              assertThat(told.getString("state")).isEqualTo("dead");
              assertThat(told.getJsonArray("deadLetters")).hasSize(1);
            });
  }

  @Test
  void aRetryIsSeenWithItsAttempt() {
    String topic = "gw-trace-retry";
    String id = send(topic, new JsonObject().put("text", "a"));
    String path = "/v1/topics/" + topic + "/groups/gw-trace-again/receive?waitMs=20000";
    JsonObject first =
        api.post(path + "&invisibleMs=1000").json().getJsonArray("messages").getJsonObject(0);
    assertThat(first.getInteger("attempt")).isEqualTo(1);
    // It comes again when its time is over; then it lies in the group's retry topic.
    JsonObject second = api.post(path).json().getJsonArray("messages").getJsonObject(0);
    assertThat(second.getInteger("attempt")).isEqualTo(2);
    Awaitility.await()
        .untilAsserted(
            () -> {
              JsonObject told = group(trace(topic, id), "gw-trace-again");
              assertThat(told.getString("state")).startsWith("retr");
              JsonObject retry = told.getJsonArray("retries").getJsonObject(0);
              assertThat(retry.getInteger("attempt")).isEqualTo(2);
              assertThat(retry.getString("topic")).startsWith("%RETRY%gw-trace-again");
            });
  }

  @Test
  void aMessageForLaterIsFoundWhereItWaits() {
    String topic = "gw-trace-later";
    String timer = send(topic, new JsonObject().put("text", "a").put("delayMs", 5_000_000));
    String level = send(topic, new JsonObject().put("text", "a").put("delayLevel", 18));
    JsonObject ofTimer = trace(topic, timer);
    assertThat(ofTimer.getJsonArray("stored")).isEmpty();
    JsonObject waiting = ofTimer.getJsonArray("waiting").getJsonObject(0);
    assertThat(waiting.getLong("dueAt")).isGreaterThan(System.currentTimeMillis());
    assertThat(trace(topic, level).getJsonArray("waiting").getJsonObject(0).getInteger("level"))
        .isEqualTo(18);
    assertThat(api.get("/v1/topics/" + topic + "/messages/x/trace").status()).isEqualTo(404);
  }

  /** The records are written as the official client writes them. */
  @Test
  void whatClientsHaveWrittenStandsBesideIt() {
    String topic = "gw-trace-client";
    String id = send(topic, new JsonObject().put("text", "a"));
    String sent =
        record(
            "Pub",
            "1700000000000",
            "r",
            "makers",
            topic,
            id,
            "",
            "",
            "h",
            "1",
            "12",
            "0",
            "o",
            "true",
            "10.0.0.1");
    String taken =
        record("SubBefore", "1700000000100", "r", "takers", "q1", id, "0", "", "10.0.0.2");
    String done = record("SubAfter", "q1", id, "7", "false", "", "0", "1700000000107", "takers");
    send(
        "RMQ_SYS_TRACE_TOPIC",
        new JsonObject()
            .put("text", sent + taken + done + "Pub\u0001x\u0002")
            .put("keys", new JsonArray().add(id)));
    Awaitility.await()
        .untilAsserted(() -> assertThat(trace(topic, id).getJsonArray("clientTrace")).hasSize(3));
    JsonArray told = trace(topic, id).getJsonArray("clientTrace");
    assertThat(told.getJsonObject(0).getString("group")).isEqualTo("makers");
    assertThat(told.getJsonObject(0).getInteger("costMs")).isEqualTo(12);
    assertThat(told.getJsonObject(1).getString("host")).isEqualTo("10.0.0.2");
    assertThat(told.getJsonObject(2).getBoolean("success")).isFalse();
  }

  private static String record(String... fields) {
    return String.join("\u0001", fields) + "\u0002";
  }

  private static JsonObject group(JsonObject trace, String name) {
    return trace.getJsonArray("groups").stream()
        .map(JsonObject.class::cast)
        .filter(each -> name.equals(each.getString("group")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no group " + name + " in " + trace));
  }

  /** The trace, as soon as the message is indexed. */
  private JsonObject trace(String topic, String id) {
    Api.Reply[] last = new Api.Reply[1];
    Awaitility.await()
        .until(
            () -> {
              last[0] = api.get("/v1/topics/" + topic + "/messages/" + id + "/trace");
              return last[0].status() == 200;
            });
    return last[0].json();
  }

  /** The message's id. */
  private String send(String topic, JsonObject message) {
    Api.Reply reply = api.post("/v1/topics/" + topic + "/messages", message);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.result(0).getString("messageId");
  }
}
