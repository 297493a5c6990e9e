package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told to be wrong with a cluster of two brokers. */
class WarningsTest {
  private static final JsonObject NONE = new JsonObject();

  @RegisterExtension static final TestPair PAIR = new TestPair();

  private static Api api() {
    return PAIR.api();
  }

  @Test
  void aTopicThatOneBrokerLacksIsTold() {
    assertThat(api().put("/v1/topics/warn-both", NONE).status()).isEqualTo(204);
    JsonObject one = new JsonObject().put("broker", "broker-b");
    assertThat(api().put("/v1/topics/warn-one", one).status()).isEqualTo(204);
    List<JsonObject> told = warnings("topic-on-some-brokers");
    assertThat(told).hasSize(1);
    assertThat(told.get(0).getString("level")).isEqualTo("warning");
    assertThat(told.get(0).getJsonObject("values"))
        .isEqualTo(
            new JsonObject()
                .put("topic", "warn-one")
                .put("on", "broker-b")
                .put("missing", "broker-a"));
    assertThat(told.get(0).getString("cure")).contains("PUT /v1/topics/warn-one");
    assertThat(api().put("/v1/topics/warn-one", NONE).status()).isEqualTo(204);
    assertThat(warnings("topic-on-some-brokers")).isEmpty();
  }

  /** On neither broker alone it is far behind. */
  @Test
  void aGroupThatIsFarBehindWithoutMembersIsTold() {
    String topic = "/v1/topics/warn-lag";
    assertThat(api().put(topic, new JsonObject().put("queues", 1)).status()).isEqualTo(204);
    assertThat(api().post(topic + "/groups/warn-lag-group/receive?from=first").status())
        .isEqualTo(200);
    JsonArray batch = new JsonArray();
    for (int i = 0; i < 600; i++) {
      batch.add(new JsonObject().put("text", "m"));
    }
    JsonObject messages = new JsonObject().put("messages", batch);
    for (int i = 0; i < 2; i++) {
      assertThat(api().post(topic + "/messages", messages).status()).isEqualTo(200);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(warnings("nobody-consumes")).hasSize(1));
    JsonObject values = warnings("nobody-consumes").get(0).getJsonObject("values");
    assertThat(values.getString("group")).isEqualTo("warn-lag-group");
    assertThat(Long.parseLong(values.getString("lag"))).isBetween(1_000L, 1_200L);
    assertThat(api().delete("/v1/groups/warn-lag-group").status()).isEqualTo(204);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(warnings("nobody-consumes")).isEmpty());
  }

  private static List<JsonObject> warnings(String kind) {
    Api.Reply reply = api().get("/v1/warnings");
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json().getJsonArray("warnings").stream()
        .map(JsonObject.class::cast)
        .filter(each -> kind.equals(each.getString("kind")))
        .toList();
  }
}
