package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What waits at our brokers: delayed messages and open transactions. */
class PendingTest {
  private final Api api = SharedNode.api();

  @Test
  void whatIsDeliveredLaterIsListedByTimePageByPage() {
    send("gw-later", new JsonObject().put("text", "level").put("delayLevel", 18)); // 2 h
    send("gw-later", new JsonObject().put("text", "far").put("delayMs", 9_000_000));
    send("gw-later", new JsonObject().put("text", "level").put("delayLevel", 17)); // 1 h
    send("gw-later", new JsonObject().put("text", "near").put("delayMs", 1_800_000));
    send("gw-later", new JsonObject().put("text", "level").put("delayLevel", 18));
    Awaitility.await().untilAsserted(() -> assertThat(mine("gw-later", 100)).hasSize(5));
    for (int limit : new int[] {1, 2, 100}) {
      List<JsonObject> all = mine("gw-later", limit);
      assertThat(all)
          .extracting(each -> each.getInteger("level"))
          .containsExactly(null, 17, 18, 18, null);
      assertThat(all).extracting(each -> each.getLong("dueAt")).isSorted();
      assertThat(all.get(0).getString("broker")).isEqualTo("broker-a");
    }
    JsonObject broker = api.get("/v1/delayed").json().getJsonArray("brokers").getJsonObject(0);
    assertThat(broker.getBoolean("told")).isTrue();
    assertThat(broker.getInteger("timers")).isGreaterThanOrEqualTo(2);
    assertThat(broker.getJsonArray("levels"))
        .anySatisfy(each -> assertThat(((JsonObject) each).getInteger("level")).isEqualTo(18));
    assertThat(api.get("/v1/delayed?after=x").status()).isEqualTo(400);
  }

  @Test
  void aMessageWithATimeOfItsOwnIsTakenBack() {
    send("gw-cancel", new JsonObject().put("text", "kept").put("delayMs", 7_000_000));
    send("gw-cancel", new JsonObject().put("text", "cancelled").put("delayMs", 6_000_000));
    Awaitility.await().untilAsserted(() -> assertThat(mine("gw-cancel", 100)).hasSize(2));
    JsonObject first = mine("gw-cancel", 100).get(0);
    JsonObject order =
        new JsonObject()
            .put("broker", first.getString("broker"))
            .put("topic", "gw-cancel")
            .put("handle", first.getString("handle"));
    assertThat(api.post("/v1/delayed/cancel", order).status()).isEqualTo(204);
    assertThat(mine("gw-cancel", 100)).hasSize(1);
    assertThat(mine("gw-cancel", 100).get(0).getLong("dueAt"))
        .isGreaterThan(first.getLong("dueAt"));
    assertThat(api.post("/v1/delayed/cancel", order.put("broker", "nobody")).status())
        .isEqualTo(404);
    assertThat(api.post("/v1/delayed/cancel", new JsonObject()).status()).isEqualTo(400);
  }

  @Test
  void openTransactionsAreListedAndAProducerIsAskedAtOnce() throws Exception {
    followTransactions("gw-open");
  }

  /** Leaves two transactions of the topic open. */
  void followTransactions(String topic) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      ApogeeClient client =
          ApogeeClient.create(vertx, ClientOptions.of(SharedNode.get().nameServer()));
      AtomicInteger asked = new AtomicInteger();
      api.put("/v1/topics/" + topic, new JsonObject());
      TransactionProducer producer =
          client.transactionProducer(
              ProducerOptions.of(topic + "-producers"),
              half ->
                  Future.succeededFuture(
                      asked.incrementAndGet() < 2
                          ? TransactionOutcome.UNKNOWN
                          : TransactionOutcome.COMMIT));
      for (int i = 0; i < 3; i++) {
        await(
            producer.send(
                Message.of(topic, "half" + i),
                sent -> Future.succeededFuture(TransactionOutcome.UNKNOWN)));
      }
      Awaitility.await().untilAsserted(() -> assertThat(open(topic, 100)).hasSize(3));
      assertThat(open(topic, 1)).hasSize(3);
      JsonObject oldest = open(topic, 100).get(0);
      assertThat(oldest.getString("group")).isEqualTo(topic + "-producers");
      assertThat(oldest.getInteger("producers")).isEqualTo(1);
      assertThat(oldest.getInteger("checks")).isZero();
      assertThat(oldest.getLong("nextCheckMs")).isPositive();
      JsonObject order =
          new JsonObject()
              .put("broker", "broker-a")
              .put("offsetMessageId", oldest.getString("offsetMessageId"));
      assertThat(api.post("/v1/transactions/check", order).status()).isEqualTo(204);
      Awaitility.await().untilAsserted(() -> assertThat(asked.get()).isEqualTo(1));
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(open(topic, 100).get(0).getInteger("checks")).isEqualTo(1));
      assertThat(api.post("/v1/transactions/check", order).status()).isEqualTo(204);
      Awaitility.await().untilAsserted(() -> assertThat(open(topic, 100)).hasSize(2));
      assertThat(api.post("/v1/transactions/check", order).status()).isEqualTo(409);
      assertThat(api.post("/v1/transactions/check", new JsonObject()).status()).isEqualTo(400);
      assertThat(api.get("/v1/transactions?after=x").status()).isEqualTo(400);
      await(client.close());
    } finally {
      await(vertx.close());
    }
  }

  private void send(String topic, JsonObject message) {
    Api.Reply reply = api.post("/v1/topics/" + topic + "/messages", message);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
  }

  /** The delayed messages of a topic, in as many pages as it takes; other tests have some as well. */
  private List<JsonObject> mine(String topic, int limit) {
    return pages("/v1/delayed", "messages", limit).stream()
        .filter(each -> topic.equals(each.getString("topic")))
        .toList();
  }

  private List<JsonObject> open(String topic, int limit) {
    return pages("/v1/transactions", "transactions", limit).stream()
        .filter(each -> topic.equals(each.getString("topic")))
        .toList();
  }

  private List<JsonObject> pages(String path, String what, int limit) {
    List<JsonObject> all = new ArrayList<>();
    String after = "";
    while (true) {
      Api.Reply reply = api.get(path + "?limit=" + limit + after);
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      JsonArray page = reply.json().getJsonArray(what);
      assertThat(page.size()).isLessThanOrEqualTo(limit);
      page.forEach(each -> all.add((JsonObject) each));
      if (!reply.json().containsKey("next")) {
        return all;
      }
      after = "&after=" + reply.json().getString("next");
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
