package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Figures of the cluster, measured while messages go in and out. */
class FiguresTest {
  private final Api api = SharedNode.api();

  @Test
  void whatGoesInAndStaysUnreadIsSeen() {
    JsonArray batch = new JsonArray();
    for (int i = 0; i < 100; i++) {
      batch.add(new JsonObject().put("text", "m" + i));
    }
    JsonObject messages = new JsonObject().put("messages", batch);
    // A member makes the group known, and takes what there is: nothing.
    api.put("/v1/topics/gw-figures", new JsonObject());
    api.post("/v1/topics/gw-figures/groups/gw-figures-group/receive?from=first");
    api.get("/v1/overview");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              api.post("/v1/topics/gw-figures/messages", messages);
              JsonObject now = api.get("/v1/overview").json().getJsonObject("now");
              return now.getDouble("messagesInPerSecond") != null
                  && now.getDouble("messagesInPerSecond") > 0
                  && now.getDouble("putP99Ms") != null
                  && now.getDouble("lag") != null;
            });
    JsonObject overview = api.get("/v1/overview?range=5m").json();
    assertThat(overview.getInteger("brokers")).isEqualTo(1);
    assertThat(overview.getInteger("unreachable")).isZero();
    assertThat(overview.getJsonObject("now").getDouble("memoryBytes")).isPositive();
    JsonObject points = overview.getJsonObject("points");
    assertThat(points.getJsonArray("times")).isNotEmpty();
    assertThat(points.getJsonArray("messagesInPerSecond"))
        .hasSameSizeAs(points.getJsonArray("times"));
    assertThat(
            api.get("/v1/overview?since=" + overview.getLong("at"))
                .json()
                .getJsonObject("points")
                .getJsonArray("times")
                .size())
        .isLessThan(5);
  }

  @Test
  void howLongReadsForConsumersTakeIsMeasuredWithoutTheirWaiting() {
    JsonObject message = new JsonObject().put("text", "m");
    String topic = "/v1/topics/gw-reads";
    api.put(topic, new JsonObject().put("queues", 1));
    // This one waits for its message, far longer than it takes to read it.
    CompletableFuture<Api.Reply> waiting =
        api.sending("POST", topic + "/groups/gw-reads-group/receive?waitMs=20000");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              api.post(topic + "/messages", message);
              api.post(topic + "/groups/gw-reads-group/receive?max=32");
              JsonObject now = api.get("/v1/overview").json().getJsonObject("now");
              JsonObject broker =
                  api.get("/v1/brokers").json().getJsonArray("brokers").getJsonObject(0);
              Double worst = broker.getDouble("pullP99Ms");
              return now.getDouble("pullP50Ms") != null
                  && worst != null
                  && worst >= 0
                  && worst < 15_000;
            });
    assertThat(waiting.join().status()).isEqualTo(200);
  }

  @Test
  void brokersTellWhatTheyAre() {
    JsonObject broker = api.get("/v1/brokers").json().getJsonArray("brokers").getJsonObject(0);
    assertThat(broker.getString("broker")).isEqualTo("broker-a");
    assertThat(broker.getString("role")).isEqualTo("master");
    assertThat(broker.getString("flushDiskType")).isEqualTo("ASYNC_FLUSH");
    assertThat(broker.getString("apogeeVersion")).isNotBlank();
    assertThat(broker.getDouble("diskUsedRatio")).isBetween(0.0, 1.0);
    assertThat(broker.getLong("topics")).isPositive();
  }

  @Test
  void whoMayNotAskTheBrokersSeesNoFigures() {
    assertThat(AccountNode.api().get("/v1/overview").status()).isEqualTo(401);
  }
}
