package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.Api;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** A transaction over HTTP outlives questions that nobody can answer, and the broker's death. */
@ExtendWith(OutputOnFailure.class)
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason =
        "the original puts a half message anew at each question, and forgets its place")
class GatewayTransactionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void itsTokenIsGoodAfterTwoQuestionsAndARestart() {
    Map<String, String> soon =
        Map.of(
            "transactionTimeOut", "500",
            "transactionCheckInterval", "500",
            "transactionCheckMax", "1000");
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, soon);
        GatewayProcess gateway = GatewayProcess.start(cluster.namesrvAddr())) {
      Api api = gateway.api();
      api.put("/v1/topics/kept", new JsonObject().put("queues", 1));
      String token =
          api.post("/v1/topics/kept/transactions", new JsonObject().put("text", "kept"))
              .json()
              .getString("transaction");
      Awaitility.await().atMost(PATIENCE).until(() -> checks(api) >= 2);
      int before = checks(api);
      cluster.broker().kill();
      cluster.broker().start();
      Awaitility.await().atMost(PATIENCE).until(() -> checks(api) > before);
      Api.Reply committed = api.post("/v1/transactions/" + token + "/commit");
      assertThat(committed.status()).as(committed.body()).isEqualTo(204);
      JsonArray seen = api.get("/v1/topics/kept/messages").json().getJsonArray("messages");
      assertThat(seen.getJsonObject(0).getString("text")).isEqualTo("kept");
    }
  }

  /** How often the producers of the only transaction were asked; -1 while nobody tells. */
  private static int checks(Api api) {
    Api.Reply reply = api.get("/v1/transactions");
    JsonArray open =
        reply.status() == 200 ? reply.json().getJsonArray("transactions") : new JsonArray();
    return open.isEmpty() ? -1 : open.getJsonObject(0).getInteger("checks");
  }
}
