package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.OpenTransaction;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.compat.Ports;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every answer that openapi.yaml describes is given, and looks as it says ({@link Described}). */
class ContractTest {
  private static final JsonObject TEXT = new JsonObject().put("text", "a");
  private static final JsonObject NONE = new JsonObject();

  /** Not to be had of ours; compat.GatewayTest has them of Apache's 4.9. */
  private static final Set<String> OF_OLD_BROKERS = Set.of("publish 501", "receive 501");

  private final Api api = SharedNode.api();
  private final Api known =
      api.with("Authorization", "Basic YTpi"); // a:b; the broker checks nobody

  @Test
  void everyAnswerIsGiven() throws Exception {
    service();
    sessions();
    GuessTest.everyOperationMakesWait();
    cluster();
    publishAndConsume();
    requestAndReply();
    transactions();
    topicsAndGroups();
    deadLetters();
    pending();
    withoutCluster();
    nothingThere();
    Refusals.each();
    Set<String> missing = new TreeSet<>(Described.answers());
    missing.removeAll(Described.seen());
    missing.removeAll(OF_OLD_BROKERS);
    assertThat(missing).isEmpty();
  }

  private void service() {
    for (String each :
        List.of(
            "/openapi.yaml",
            "/openapi.json",
            "/docs",
            "/livez",
            "/readyz",
            "/version",
            "/metrics")) {
      assertThat(api.get(each).status()).as(each).isEqualTo(200);
    }
    assertThat(api.with("Authorization", "Digest x").get("/metrics").status()).isEqualTo(401);
    for (String each : List.of("/v1/tokens", "/v1/tickets")) {
      assertThat(api.post(each).status()).isEqualTo(401);
      assertThat(known.post(each).status()).isEqualTo(201);
    }
  }

  private void sessions() {
    assertThat(api.get("/v1/session").status()).isEqualTo(200);
    JsonObject account = new JsonObject().put("accessKey", "a").put("secretKey", "b");
    assertThat(api.post("/v1/session", account).status()).isEqualTo(201);
    assertThat(api.post("/v1/session", NONE).status()).isEqualTo(400);
    assertThat(api.post("/v1/session", "text/plain", "{}").status()).isEqualTo(415);
    assertThat(api.delete("/v1/session").status()).isEqualTo(204);
  }

  private void cluster() {
    assertThat(api.get("/v1/overview").status()).isEqualTo(200);
    assertThat(api.get("/v1/overview?range=1y").status()).isEqualTo(400);
    assertThat(api.get("/v1/brokers").status()).isEqualTo(200);
    assertThat(api.get("/v1/warnings").status()).isEqualTo(200);
    String config = "/v1/brokers/broker-a/config";
    assertThat(api.get(config).status()).isEqualTo(200);
    assertThat(api.get("/v1/brokers/nobody/config").status()).isEqualTo(404);
    JsonObject change = new JsonObject().put("fileReservedTime", 48);
    JsonObject changes = new JsonObject().put("changes", change);
    assertThat(api.patch(config + "?dryRun", changes).status()).isEqualTo(200);
    assertThat(api.patch(config, NONE).status()).isEqualTo(400);
  }

  private void publishAndConsume() {
    String messages = "/v1/topics/gw-contract/messages";
    JsonObject two = new JsonObject().put("messages", new JsonArray().add(TEXT).add(NONE));
    assertThat(api.post(messages, TEXT).status()).isEqualTo(200);
    assertThat(api.post(messages, two).status()).isEqualTo(207);
    assertThat(api.post(messages, NONE).status()).isEqualTo(400);
    assertThat(api.post(messages, "application/x-ndjson", TEXT.encode()).status()).isEqualTo(200);
    assertThat(api.get(messages).status()).isEqualTo(200);
    assertThat(api.get(messages + "?max=0").status()).isEqualTo(400);
    String id = api.post(messages, TEXT).result(0).getString("messageId");
    Awaitility.await()
        .untilAsserted(() -> assertThat(api.get(messages + "/" + id).status()).isEqualTo(200));
    assertThat(api.get(messages + "/x").status()).isEqualTo(404);
    assertThat(api.get(messages + "/" + id + "/trace").status()).isEqualTo(200);
    assertThat(api.get(messages + "/x/trace").status()).isEqualTo(404);
    assertThat(api.get("/v1/topics/gw-contract/search?key=k").status()).isEqualTo(200);
    assertThat(api.get("/v1/topics/gw-contract/search").status()).isEqualTo(400);
    String group = "/v1/topics/gw-contract/groups/gw-contract-group";
    String receipt = receive(group);
    String other = receive(group);
    assertThat(api.post(group + "/receive?max=0").status()).isEqualTo(400);
    assertThat(api.get(group + "/subscribe").status()).isEqualTo(400);
    Frames.open(api, group + "/subscribe").close();
    assertThat(api.get("/v1/topics/gw-contract/tail?as=x").status()).isEqualTo(400);
    Events.open(api, "/v1/topics/gw-contract/tail?from=first").close();
    String late = "/v1/topics/gw-contract/groups/gw-late/receive?as=raw&from=last";
    int status = api.post(late).status(); // at most the last message of each queue
    for (int i = 0; i < 8 && status == 200; i++) {
      status = api.post(late).status();
    }
    assertThat(status).isEqualTo(204);
    for (String each : List.of("extend", "nack", "ack", "dead-letter")) {
      String path = "/v1/groups/gw-contract-group/" + each;
      // What is acknowledged can't be given up any more.
      JsonObject good = receipts(each, each.equals("dead-letter") ? other : receipt);
      Api.Reply settled = api.post(path, good);
      assertThat(settled.status()).as(settled.body()).isEqualTo(200);
      receipt = settled.result(0).getString("newReceipt", receipt);
      assertThat(api.post(path, receipts(each, "x")).status()).isEqualTo(207);
      assertThat(api.post(path, NONE).status()).isEqualTo(400);
    }
  }

  /** Takes a message; returns what it is acknowledged by. */
  private String receive(String group) {
    Api.Reply received = api.post(group + "/receive?max=1&waitMs=5000");
    assertThat(received.status()).isEqualTo(200);
    return received.json().getJsonArray("messages").getJsonObject(0).getString("receipt");
  }

  /** The consumer that replies is our own client. */
  private void requestAndReply() throws Exception {
    String topic = "gw-contract-ask";
    assertThat(api.post("/v1/topics/" + topic + "/requests?timeoutMs=0", TEXT).status())
        .isEqualTo(400);
    JsonObject withKey = TEXT.copy().put("idempotencyKey", "k");
    assertThat(api.post("/v1/topics/" + topic + "/requests", withKey).status()).isEqualTo(400);
    Vertx vertx = Vertx.vertx();
    try {
      ApogeeClient client =
          ApogeeClient.create(vertx, ClientOptions.of(SharedNode.get().nameServer()));
      Producer answering = client.producer("gw-contract-answers");
      PushConsumer consumer =
          client.pushConsumer(
              ConsumerOptions.of("gw-contract-asked").subscribe(topic, "*"),
              delivery ->
                  answering
                      .reply(delivery.messages().get(0), "yes".getBytes(StandardCharsets.UTF_8))
                      .mapEmpty());
      api.put("/v1/topics/" + topic, NONE);
      await(consumer.start());
      Api.Reply reply = api.post("/v1/topics/" + topic + "/requests?timeoutMs=20000", TEXT);
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      assertThat(reply.json().getJsonObject("reply").getString("text")).isEqualTo("yes");
      members(client.clientId());
      inOrder(client, topic);
      await(client.close());
    } finally {
      await(vertx.close());
    }
  }

  /** The consumer above is a member that says what it does. */
  private void members(String clientId) {
    String path = "/v1/groups/gw-contract-asked/members";
    JsonObject member = api.get(path + "?details").json().getJsonArray("members").getJsonObject(0);
    assertThat(member.getString("clientId")).isEqualTo(clientId);
    assertThat(member.getJsonArray("queues")).isNotEmpty();
    Api.Reply said = api.get(path + "/" + encoded(clientId) + "?threads");
    assertThat(said.status()).as(said.body()).isEqualTo(200);
    assertThat(said.json().getString("threads")).contains("TID: ");
    assertThat(api.get("/v1/clients?fields=all&group=gw-contract-asked").json().getLong("total"))
        .isEqualTo(1);
  }

  /** A group whose retry topic can't be used takes no dead letters back. */
  private void inOrder(ApogeeClient client, String topic) throws Exception {
    await(
        client
            .pushConsumer(
                ConsumerOptions.of("gw-contract-ordered").setOrderly(true).subscribe(topic, "*"),
                delivery -> Future.succeededFuture())
            .start());
    String letters = "/v1/groups/gw-contract-ordered/dead-letters";
    JsonObject place =
        new JsonObject().put("broker", "broker-a").put("queueId", 0).put("offset", 0);
    JsonObject one = new JsonObject().put("messages", new JsonArray().add(place));
    Awaitility.await().until(() -> api.post(letters + "/replay", one).status() == 409);
    assertThat(api.post(letters + "/replay-all", NONE).status()).isEqualTo(409);
  }

  private void nothingThere() {
    String topic = "/v1/topics/gw-not-there";
    String group = "/v1/groups/gw-not-there";
    for (String each :
        List.of(
            topic + "/messages",
            topic + "/tail",
            topic + "/search?key=k",
            group + "/topics/gw-not-there/offsets",
            group + "/dead-letters")) {
      Api.Reply reply = api.get(each);
      assertThat(reply.status()).as(each + " " + reply.body()).isEqualTo(404);
    }
    assertThat(api.post(topic + "/groups/g/receive").status()).isEqualTo(404);
    JsonObject first = new JsonObject().put("to", "first");
    assertThat(api.post(group + "/topics/gw-not-there/seek", first).status()).isEqualTo(404);
    JsonObject other = new JsonObject().put("from", "g");
    assertThat(api.post(group + "/topics/gw-not-there/clone", other).status()).isEqualTo(404);
    assertThat(api.post(group + "/dead-letters/replay-all", NONE).status()).isEqualTo(404);
    api.put("/v1/topics/gw-contract-silent", NONE);
    Api.Reply unanswered = api.post("/v1/topics/gw-contract-silent/requests?timeoutMs=50", TEXT);
    assertThat(unanswered.status()).as(unanswered.body()).isEqualTo(504);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void transactions() {
    String path = "/v1/topics/gw-contract/transactions";
    assertThat(api.post(path, NONE).status()).isEqualTo(400);
    for (String each : List.of("commit", "rollback")) {
      Api.Reply begun = api.post(path, TEXT);
      assertThat(begun.status()).as(begun.body()).isEqualTo(201);
      String open = "/v1/transactions/" + begun.json().getString("transaction") + "/" + each;
      assertThat(api.post(open).status()).isEqualTo(204);
      Api.Reply late = api.post(open);
      assertThat(late.status()).as(late.body()).isEqualTo(409);
      assertThat(late.json().getString("detail")).contains("ended before");
      assertThat(api.post("/v1/transactions/x/" + each).status()).isEqualTo(400);
      String nameless = new OpenTransaction("gw-contract", "broker-a", 0, 0, "", null).toString();
      assertThat(api.post("/v1/transactions/" + nameless + "/" + each).status()).isEqualTo(400);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static JsonObject receipts(String operation, String receipt) {
    JsonObject body = new JsonObject().put("receipts", new JsonArray().add(receipt));
    return switch (operation) {
      case "extend" -> body.put("invisibleMs", 60_000);
      case "nack" -> body.put("delayMs", 60_000);
      default -> body;
    };
  }

  private void topicsAndGroups() {
    assertThat(api.get("/v1/topics").status()).isEqualTo(200);
    assertThat(api.get("/v1/topics?limit=0").status()).isEqualTo(400);
    String topic = "/v1/topics/gw-contract-made";
    assertThat(api.get(topic).status()).isEqualTo(404);
    assertThat(api.put(topic, new JsonObject().put("queues", 0)).status()).isEqualTo(400);
    assertThat(api.put(topic, NONE).status()).isEqualTo(204);
    assertThat(api.get(topic).status()).isEqualTo(200);
    assertThat(api.get(topic + "/groups").status()).isEqualTo(200);
    assertThat(api.get("/v1/topics/gw-not-there/groups").status()).isEqualTo(404);
    assertThat(api.delete(topic + "?dryRun").status()).isEqualTo(200);
    assertThat(api.delete(topic).status()).isEqualTo(204);
    assertThat(api.delete(topic).status()).isEqualTo(404);
    for (String each : List.of("/v1/topics", "/v1/groups", "/v1/clients")) {
      String rows = each + "?fields=all&q=gw-contract-nobody";
      Api.Reply page = api.get(rows);
      assertThat(page.status()).isEqualTo(200);
      String tag = page.whole().headers().firstValue("ETag").orElseThrow();
      assertThat(api.get(rows, "If-None-Match", tag).status()).isEqualTo(304);
      assertThat(api.get(each + "?sort=nothing").status()).isEqualTo(400);
    }

    assertThat(api.get("/v1/groups").status()).isEqualTo(200);
    assertThat(api.get("/v1/groups?limit=0").status()).isEqualTo(400);
    String group = "/v1/groups/gw-contract-made";
    assertThat(api.get(group).status()).isEqualTo(404);
    assertThat(api.put(group, new JsonObject().put("maxRetries", -1)).status()).isEqualTo(400);
    assertThat(api.put(group, NONE).status()).isEqualTo(204);
    assertThat(api.get(group).status()).isEqualTo(200);
    assertThat(api.get(group + "/lag?topic=gw-contract").status()).isEqualTo(200);
    assertThat(api.get(group + "/lag?topic=gw-contract&times").status()).isEqualTo(200);
    assertThat(api.get(group + "/members").status()).isEqualTo(200);
    assertThat(api.get(group + "/members?details=x").status()).isEqualTo(400);
    assertThat(api.get(group + "/members/nobody").status()).isEqualTo(404);
    assertThat(api.delete(group + "?dryRun").status()).isEqualTo(200);
    assertThat(api.get(group + "/lag?topic=gw-not-there").status()).isEqualTo(404);
    assertThat(api.delete(group).status()).isEqualTo(204);
    assertThat(api.delete(group).status()).isEqualTo(404);

    String place = "/v1/groups/gw-contract-group/topics/gw-contract";
    JsonObject queue =
        new JsonObject().put("broker", "broker-a").put("queueId", 0).put("offset", 0);
    JsonObject offsets = new JsonObject().put("offsets", new JsonArray().add(queue));
    assertThat(api.put(place + "/offsets", offsets).status()).isEqualTo(200);
    assertThat(api.get(place + "/offsets").status()).isEqualTo(200);
    assertThat(api.get("/v1/groups/g/topics/gw-not-there/offsets").status()).isEqualTo(404);
    assertThat(api.put(place + "/offsets", NONE).status()).isEqualTo(400);
    queue.put("queueId", "x");
    assertThat(api.put(place + "/offsets", offsets).status()).isEqualTo(207);
    assertThat(api.post(place + "/seek?dryRun", new JsonObject().put("to", "last")).status())
        .isEqualTo(200);
    assertThat(api.post(place + "/seek", NONE).status()).isEqualTo(400);
    JsonObject other = new JsonObject().put("from", "gw-contract-other");
    assertThat(api.post(place + "/clone?dryRun", other).status()).isEqualTo(200);
    assertThat(api.post(place + "/clone", NONE).status()).isEqualTo(400);
  }

  /** The message that was given up above. */
  private void deadLetters() {
    String path = "/v1/groups/gw-contract-group/dead-letters";
    Api.Reply dead = api.get(path);
    assertThat(dead.status()).as(dead.body()).isEqualTo(200);
    JsonObject message = dead.json().getJsonArray("messages").getJsonObject(0);
    assertThat(message.getString("text")).isEqualTo("a");
    assertThat(api.get(path + "?max=0").status()).isEqualTo(400);
    JsonObject place =
        new JsonObject()
            .put("broker", message.getString("broker"))
            .put("queueId", message.getInteger("queueId"))
            .put("offset", message.getLong("offset"));
    JsonObject one = new JsonObject().put("messages", new JsonArray().add(place));
    Api.Reply replayed = api.post(path + "/replay", one);
    assertThat(replayed.status()).as(replayed.body()).isEqualTo(200);
    assertThat(api.post(path + "/replay", NONE).status()).isEqualTo(400);
    assertThat(api.get("/v1/dead-letters").status()).isEqualTo(200);
    assertThat(api.get("/v1/dead-letters?limit=0").status()).isEqualTo(400);
    assertThat(api.post(path + "/replay-all?dryRun", NONE).status()).isEqualTo(200);
    assertThat(api.post(path + "/replay-all", new JsonObject().put("perSecond", 0)).status())
        .isEqualTo(400);
    place.put("offset", 1_000_000);
    assertThat(api.post(path + "/replay", one).status()).isEqualTo(207);
  }

  private void pending() throws Exception {
    JsonObject later = new JsonObject().put("text", "a").put("delayMs", 4_000_000);
    assertThat(api.post("/v1/topics/gw-contract-later/messages", later).status()).isEqualTo(200);
    Awaitility.await().until(() -> delayed() != null);
    JsonObject message = delayed();
    JsonObject order =
        new JsonObject()
            .put("broker", message.getString("broker"))
            .put("topic", message.getString("topic"))
            .put("handle", message.getString("handle"));
    assertThat(api.post("/v1/delayed/cancel", order).status()).isEqualTo(204);
    assertThat(api.post("/v1/delayed/cancel", NONE).status()).isEqualTo(400);
    assertThat(api.get("/v1/delayed?limit=0").status()).isEqualTo(400);
    assertThat(api.get("/v1/transactions").status()).isEqualTo(200);
    assertThat(api.get("/v1/transactions?limit=0").status()).isEqualTo(400);
    new PendingTest().followTransactions("gw-open-contract");
  }

  private @Nullable JsonObject delayed() {
    return api.get("/v1/delayed?limit=100").json().getJsonArray("messages").stream()
        .map(JsonObject.class::cast)
        .filter(each -> "gw-contract-later".equals(each.getString("topic")))
        .findFirst()
        .orElse(null);
  }

  /** A gateway whose name server is not there lives, and says that it isn't ready. */
  private static void withoutCluster() throws Exception {
    Vertx vertx = Vertx.vertx();
    int port = Ports.one();
    try {
      await(
          new Gateway(
                  vertx,
                  new GatewayOptions(
                      "127.0.0.1", port, "127.0.0.1:1", 1024, false, List.of(), 0, 10),
                  1,
                  "test")
              .deploy());
      Api alone = new Api(port);
      assertThat(alone.get("/livez").status()).isEqualTo(200);
      Api.Reply ready = alone.get("/readyz");
      assertThat(ready.status()).as(ready.body()).isEqualTo(503);
      assertThat(ready.json().getString("cure")).isNotBlank();
      assertThat(alone.get("/v1/brokers").status()).isEqualTo(503);
      assertThat(alone.get("/v1/warnings").status()).isEqualTo(503);
    } finally {
      await(vertx.close());
    }
  }
}
