package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests of many messages that are sent again under their idempotency key. */
class SentAgainTest {
  private static final int MESSAGES = 3;

  private final Api api = SharedNode.api();

  @Test
  void aBatchIsStoredOnce() {
    JsonArray all = new JsonArray();
    texts().forEach(each -> all.add(new JsonObject().put("text", each)));
    JsonObject batch = new JsonObject().put("messages", all);
    assertStoredOnce("gw-again-batch", "application/json", batch.encode());
    // What brings its own key keeps it: the second of these is the first once more.
    JsonObject own = new JsonObject().put("text", "own").put("idempotencyKey", "own");
    JsonObject twice = new JsonObject().put("messages", new JsonArray().add(own).add(own));
    assertThat(publish("gw-again-own", "application/json", twice.encode()).status()).isEqualTo(200);
    assertThat(stored("gw-again-own")).containsExactly("own");
  }

  @Test
  void eventsOfABatchAreStoredOnce() {
    JsonArray all = new JsonArray();
    for (String each : texts()) {
      all.add(
          new JsonObject()
              .put("specversion", "1.0")
              .put("id", each)
              .put("source", "/test")
              .put("type", "again")
              .put("datacontenttype", "text/plain")
              .put("data", each));
    }
    assertStoredOnce("gw-again-events", "application/cloudevents-batch+json", all.encode());
  }

  @Test
  void linesOfAStreamAreStoredOnce() {
    StringBuilder lines = new StringBuilder();
    texts().forEach(each -> lines.append(new JsonObject().put("text", each)).append('\n'));
    assertStoredOnce("gw-again-lines", "application/x-ndjson", lines.toString());
  }

  private void assertStoredOnce(String topic, String type, String body) {
    for (int i = 0; i < 2; i++) {
      Api.Reply reply = publish(topic, type, body);
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      assertThat(reply.body()).doesNotContain("problem");
    }
    assertThat(stored(topic)).containsExactlyInAnyOrderElementsOf(texts());
  }

  private Api.Reply publish(String topic, String type, String body) {
    return api.post("/v1/topics/" + topic + "/messages", type, body, "Idempotency-Key", "all");
  }

  private List<String> stored(String topic) {
    JsonArray messages =
        api.get("/v1/topics/" + topic + "/messages").json().getJsonArray("messages");
    return messages.stream().map(each -> ((JsonObject) each).getString("text")).toList();
  }

  private static List<String> texts() {
    return IntStream.range(0, MESSAGES).mapToObj(each -> "m" + each).toList();
  }
}
