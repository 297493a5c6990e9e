package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.gateway.Api;
import io.apogeemq.gateway.Events;
import io.apogeemq.gateway.Frames;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two gateways, each a process of its own, in front of one cluster of any vendor, with official clients
 * at its other side. Every answer is held against openapi.yaml. What is received and settled by receipts
 * needs POP, which brokers of 4.9 don't have: there it must be refused in words that help.
 */
@ExtendWith(OutputOnFailure.class)
class GatewayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final boolean POP = Vendor.underTest() != Vendor.APACHE49;
  private static final Cluster CLUSTER = Cluster.shared(Shape.TWO_PROCESSES);

  private static @Nullable GatewayProcess first;
  private static @Nullable GatewayProcess second;
  private static Api one;
  private static Api other;

  private final String topic = "Gateway" + System.nanoTime();
  private final String group = "G" + topic;
  private final String messages = "/v1/topics/" + topic + "/messages";
  private final String taking = "/v1/topics/" + topic + "/groups/" + group;

  @BeforeAll
  static void start() {
    first = GatewayProcess.start(CLUSTER.namesrvAddr());
    second = GatewayProcess.start(CLUSTER.namesrvAddr());
    one = first.api();
    other = second.api();
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
  }

  @Test
  void whatAnOfficialProducerSendsIsReceivedAtOneGatewayAndAcknowledgedAtTheOther() {
    assumeTrue(POP);
    try (ChildProcess producer =
        Program.start(Official.V5_5_0, CLUSTER.namesrvAddr(), "probe.Produce", "GP-" + topic)) {
      producer.awaitLine("STARTED"::equals, PATIENCE);
      producer.say("send " + topic + " 5 m");
      producer.awaitLine("DONE"::equals, PATIENCE);
    }
    Set<String> bodies = new TreeSet<>();
    for (JsonObject each : take(5, "&invisibleMs=8000")) {
      bodies.add(each.getString("text"));
      assertThat(each.getString("tag")).isEqualTo("TagA");
      settle(other, "ack", each);
    }
    assertThat(bodies).containsExactly("m0", "m1", "m2", "m3", "m4");
    // Past the time after which what is not acknowledged comes again.
    assertThat(one.post(taking + "/receive?waitMs=9000").json().getJsonArray("messages")).isEmpty();
  }

  @Test
  void whatAnOfficialProducerCompressesIsShownUnpackedFoundAndTraced() {
    try (ChildProcess producer =
        Program.start(Official.V5_5_0, CLUSTER.namesrvAddr(), "probe.Produce", "GP-" + topic)) {
      producer.awaitLine("STARTED"::equals, PATIENCE);
      for (String type : List.of("ZLIB", "LZ4", "ZSTD")) {
        producer.say("pack " + type);
        producer.say("send " + topic + " 1 " + type + " 20000");
      }
      producer.awaitCount(line -> line.startsWith("ACK "), 3, PATIENCE);
    }
    JsonArray all =
        one.get("/v1/topics/" + topic + "/messages?text=---&bodyLimit=8")
            .json()
            .getJsonArray("messages");
    assertThat(all).hasSize(3);
    Set<String> packed = new TreeSet<>();
    for (Object each : all) {
      JsonObject message = (JsonObject) each;
      packed.add(message.getString("compression"));
      assertThat(message.getString("text"))
          .startsWith(message.getString("compression").toUpperCase(Locale.ROOT));
      assertThat(message.getInteger("storedBytes")).isLessThan(2_000);
    }
    assertThat(packed).containsExactly("lz4", "zlib", "zstd");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                one.get("/v1/topics/" + topic + "/search?key=LZ40&bodyLimit=3")
                        .json()
                        .getJsonArray("messages")
                        .size()
                    == 1);
    String id = all.getJsonObject(0).getString("messageId");
    JsonObject trace = other.get("/v1/topics/" + topic + "/messages/" + id + "/trace").json();
    assertThat(trace.getJsonArray("stored")).hasSize(1);
    assertThat(trace.getJsonArray("groups")).isEmpty();
    // Only our brokers tell what waits at them.
    boolean ours = Vendor.underTest() == Vendor.APOGEE;
    for (String each : List.of("/v1/delayed", "/v1/transactions")) {
      assertThat(one.get(each).json().getJsonArray("brokers"))
          .isNotEmpty()
          .allMatch(broker -> ((JsonObject) broker).getBoolean("told") == ours);
    }
    if (POP) {
      for (JsonObject each : take(3, "")) {
        assertThat(each.getString("text")).as(each.encode()).endsWith("---");
        assertThat(each.containsKey("bodyFlaw")).isFalse();
      }
    }
  }

  @Test
  void whatAGatewayPublishesReachesAnOfficialConsumer() {
    JsonArray all = new JsonArray();
    for (int i = 0; i < 5; i++) {
      all.add(new JsonObject().put("text", "g" + i).put("tag", "TagG"));
    }
    done(200, one.post(messages, all.getJsonObject(0)));
    done(200, one.post(messages, new JsonObject().put("messages", all)));
    try (ChildProcess consumer =
        Program.start(
            Official.V4_9_8, CLUSTER.namesrvAddr(), "probe.Consume", group, topic, "TagG")) {
      consumer.awaitCount(line -> line.startsWith("GOT "), 6, PATIENCE);
    }
  }

  @Test
  void everyFormOfMessageIsPublishedAndFoundByBrowsing() {
    done(200, one.post(messages, text("json").put("keys", new JsonArray().add("k1"))));
    done(200, one.post(messages, "application/x-ndjson", "{\"text\":\"l1\"}\n{\"text\":\"l2\"}\n"));
    done(200, one.post(messages + "?tag=T&keys=k2", "text/plain", "raw", "X-Property-a", "1"));
    JsonObject event =
        new JsonObject()
            .put("specversion", "1.0")
            .put("id", "e1")
            .put("source", "/test")
            .put("type", "tested")
            .put("datacontenttype", "text/plain")
            .put("data", "event");
    done(200, one.post(messages, "application/cloudevents+json", event.encode()));
    String batch = new JsonArray().add(event.put("data", "event in a batch")).encode();
    done(200, one.post(messages, "application/cloudevents-batch+json", batch));
    done(
        200,
        one.post(
            messages,
            "text/plain",
            "binary event",
            "ce-specversion",
            "1.0",
            "ce-id",
            "e3",
            "ce-source",
            "/test",
            "ce-type",
            "tested"));
    done(200, one.post(messages, text("soon").put("delayLevel", 1)));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(browse(other, messages).stream().map(each -> each.getString("text")))
                    .containsExactlyInAnyOrder(
                        "json",
                        "l1",
                        "l2",
                        "raw",
                        "event",
                        "event in a batch",
                        "binary event",
                        "soon"));
    JsonObject raw = find("raw");
    assertThat(raw.getString("tag")).isEqualTo("T");
    assertThat(raw.getJsonObject("properties").getString("a")).isEqualTo("1");
    assertThat(find("event").getJsonObject("properties").getString("CE_id")).isEqualTo("e1");
    assertThat(one.post(messages, text("a").put("b", 1)).status()).isEqualTo(400);
  }

  private JsonObject find(String body) {
    return browse(one, messages).stream()
        .filter(each -> body.equals(each.getString("text")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aTransactionThatBeganAtOneGatewayEndsAtTheOther() {
    done(204, one.put("/v1/topics/" + topic, new JsonObject().put("queues", 1)));
    String begin = "/v1/topics/" + topic + "/transactions";
    Api.Reply kept = one.post(begin, text("kept"));
    Api.Reply dropped = one.post(begin, text("dropped"));
    done(201, kept);
    done(201, dropped);
    assertThat(browse(one, messages)).isEmpty();
    done(204, other.post(transaction(dropped) + "/rollback"));
    done(204, other.post(transaction(kept) + "/commit"));
    JsonObject delivered = awaited(one, messages, 1).get(0);
    assertThat(delivered.getString("text")).isEqualTo("kept");
    assertThat(delivered.getString("messageId")).isEqualTo(kept.json().getString("messageId"));
    assertThat(one.post(begin, text("later").put("delayMs", 1000)).status()).isEqualTo(400);
  }

  private static String transaction(Api.Reply begun) {
    return "/v1/transactions/" + begun.json().getString("transaction");
  }

  @Test
  void aTailGoesOnAtTheOtherGateway() {
    done(200, one.post(messages, text("before")));
    String id;
    try (Events events = Events.open(one, "/v1/topics/" + topic + "/tail?from=first")) {
      assertThat(events.next().getString("text")).isEqualTo("before");
      done(200, other.post(messages, text("live")));
      assertThat(events.next().getString("text")).isEqualTo("live");
      id = events.lastId();
    }
    done(200, one.post(messages, text("while away")));
    String path = "/v1/topics/" + topic + "/tail";
    try (Events events = Events.open(other, path, "Last-Event-ID", id)) {
      assertThat(events.next().getString("text")).isEqualTo("while away");
    }
  }

  @Test
  void anOfficialConsumerAnswersRequestsAndItsDeadLettersAreReplayed() {
    String letters = "/v1/groups/" + group + "/dead-letters";
    done(204, one.put("/v1/topics/" + topic, new JsonObject().put("queues", 1)));
    try (ChildProcess consumer =
        Program.start(Official.V4_9_8, CLUSTER.namesrvAddr(), "probe.Respond", group, topic)) {
      consumer.awaitLine("STARTED"::equals, PATIENCE);
      Api.Reply reply =
          one.post("/v1/topics/" + topic + "/requests?timeoutMs=20000", text("how much?"));
      done(200, reply);
      assertThat(reply.json().getJsonObject("reply").getString("text")).isEqualTo("re how much?");
      JsonArray members = one.get("/v1/groups/" + group).json().getJsonArray("members");
      assertThat(members.getJsonObject(0).getString("language")).isEqualTo("JAVA");
      done(200, one.post(messages, text("bad message")));
      consumer.awaitLine("GAVE-UP bad message"::equals, PATIENCE);
      Awaitility.await()
          .atMost(PATIENCE)
          .ignoreExceptions() // until there is a dead-letter topic
          .until(() -> !browse(other, letters).isEmpty());
    }
    JsonObject dead = browse(other, letters).get(0);
    assertThat(dead.getString("text")).isEqualTo("bad message");
    Api.Reply replayed =
        other.post(
            letters + "/replay",
            new JsonObject().put("to", "topic").put("messages", new JsonArray().add(place(dead))));
    done(200, replayed);
    assertThat(awaited(one, messages, 3).stream().map(each -> each.getString("text")))
        .containsExactlyInAnyOrder("how much?", "bad message", "bad message");
  }

  @Test
  void topicsGroupsAndOffsetsAreLookedAfter() {
    done(204, one.put("/v1/topics/" + topic, new JsonObject().put("queues", 2)));
    Awaitility.await().until(() -> other.get("/v1/topics/" + topic).status() == 200);
    done(200, one.post(messages, text("a")));
    done(200, one.post(messages, text("b")));
    awaited(other, messages, 2);
    JsonObject found = other.get("/v1/topics/" + topic).json();
    assertThat(found.getJsonArray("queues")).hasSize(2);
    assertThat(found.getLong("messages")).isEqualTo(2);
    assertThat(other.get("/v1/topics?q=" + topic).json().getJsonArray("topics"))
        .containsExactly(topic);

    done(204, one.put("/v1/groups/" + group, new JsonObject().put("maxRetries", 3)));
    assertThat(other.get("/v1/groups/" + group).json().getInteger("maxRetries")).isEqualTo(3);
    assertThat(other.get("/v1/groups?q=" + group).json().getJsonArray("groups"))
        .containsExactly(group);

    String place = "/v1/groups/" + group + "/topics/" + topic;
    JsonArray offsets = new JsonArray();
    for (int i = 0; i < 2; i++) {
      offsets.add(new JsonObject().put("broker", "broker-a").put("queueId", i).put("offset", 0));
    }
    done(200, one.put(place + "/offsets", new JsonObject().put("offsets", offsets)));
    assertThat(other.get(place + "/offsets").json().getJsonArray("offsets")).isEqualTo(offsets);
    assertThat(other.get("/v1/groups/" + group + "/lag?topic=" + topic).json().getLong("lag"))
        .isEqualTo(2);

    JsonObject last = new JsonObject().put("to", "last");
    assertThat(change(one.post(place + "/seek?dryRun", last))).isEqualTo(2);
    assertThat(change(one.post(place + "/seek", last))).isEqualTo(2);
    assertThat(other.get("/v1/groups/" + group + "/lag?topic=" + topic).json().getLong("lag"))
        .isZero();
    assertThat(change(one.post(place + "/seek", new JsonObject().put("to", "first"))))
        .isEqualTo(-2);

    done(204, one.delete("/v1/groups/" + group));
    assertThat(one.get("/v1/groups/" + group).status()).isEqualTo(404);
    done(204, one.delete("/v1/topics/" + topic));
    assertThat(one.get("/v1/topics/" + topic).status()).isEqualTo(404);
  }

  private static long change(Api.Reply reply) {
    done(200, reply);
    return reply.json().getJsonArray("queues").stream()
        .mapToLong(each -> ((JsonObject) each).getLong("change", 0L))
        .sum();
  }

  @Test
  void whatIsReceivedIsHandedBackKeptOrGivenUp() {
    assumeTrue(POP);
    done(200, one.post(messages, text("again")));
    settle(one, "nack", take(1, "&invisibleMs=600000").get(0));
    JsonObject second = take(1, "&invisibleMs=600000").get(0);
    assertThat(second.getString("text")).isEqualTo("again");
    JsonObject body = receipts(second).put("invisibleMs", 300_000);
    Api.Reply extended = other.post("/v1/groups/" + group + "/extend", body);
    done(200, extended);
    settle(
        one,
        "dead-letter",
        new JsonObject().put("receipt", extended.result(0).getString("newReceipt")));
    String letters = "/v1/groups/" + group + "/dead-letters";
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> !browse(one, letters).isEmpty());
    assertThat(browse(one, letters).get(0).getString("text")).isEqualTo("again");
  }

  @Test
  void aWebSocketGetsWhatItGaveCreditsForAndALaterOneSettlesIt() throws Exception {
    assumeTrue(POP);
    for (int i = 0; i < 3; i++) {
      done(200, one.post(messages, text("m" + i)));
    }
    List<String> receipts = new ArrayList<>();
    try (Frames frames = Frames.open(one, taking + "/subscribe?invisibleMs=8000")) {
      frames.credit(2);
      receipts.add(frames.next("message").getString("receipt"));
      receipts.add(frames.next("message").getString("receipt"));
      assertThat(frames.none()).isTrue();
    }
    try (Frames frames = Frames.open(other, taking + "/subscribe")) {
      frames.send(Frames.settling("ack", receipts.toArray(String[]::new)));
      assertThat(frames.next("result").getJsonArray("results").encode()).doesNotContain("problem");
      frames.credit(10);
      assertThat(frames.next("message").getString("text")).startsWith("m");
      assertThat(frames.poll(9_000)).as("what was acknowledged does not come again").isNull();
    }
  }

  @Test
  void aBrokerWithoutPopRefusesReceiptsInWordsThatHelp() throws Exception {
    assumeTrue(!POP, "this broker has POP");
    done(200, one.post(messages, text("a")));
    notSupported(one.post(taking + "/receive").status(), one.post(taking + "/receive").json());
    String receipt =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                (topic + " broker-a 0 0 0 1 60000 0 0 0").getBytes(StandardCharsets.UTF_8));
    JsonObject body =
        new JsonObject().put("receipts", new JsonArray().add(receipt)).put("invisibleMs", 60_000);
    Api.Reply timed = one.post(messages, text("later").put("delayMs", 5_000));
    assertThat(timed.status()).as("it would be delivered at once").isEqualTo(501);
    assertThat(timed.json().getString("cure")).contains("delayLevel");
    for (String each : List.of("ack", "nack", "extend")) {
      Api.Reply reply = one.post("/v1/groups/" + group + "/" + each, body);
      assertThat(reply.status()).isEqualTo(207);
      notSupported(501, reply.result(0).getJsonObject("problem"));
    }
    try (Frames frames = Frames.open(one, taking + "/subscribe")) {
      frames.credit(1);
      notSupported(501, frames.next("problem").getJsonObject("problem"));
      assertThat(frames.closed().get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(4501);
    }
  }

  private static void notSupported(int status, JsonObject problem) {
    assertThat(status).as(problem.encode()).isEqualTo(501);
    assertThat(problem.getString("type")).isEqualTo("/problems/not-supported");
    assertThat(problem.getString("detail")).isNotBlank();
    assertThat(problem.getString("cure")).contains("5.x").contains("tail");
  }

  /** The broker stands still, so that sends pile up in the gateway. */
  @Test
  void whoSendsMoreThanMayWaitIsToldToWait() throws Exception {
    JsonArray thousand = new JsonArray();
    IntStream.range(0, 1_000).forEach(i -> thousand.add(text("m")));
    String body = new JsonObject().put("messages", thousand).encode();
    done(200, one.post(messages, text("the topic is known")));
    signal("STOP");
    List<CompletableFuture<HttpResponse<String>>> running = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        running.add(
            Api.http()
                .sendAsync(
                    one.request(
                        "POST",
                        messages,
                        HttpRequest.BodyPublishers.ofString(body),
                        "Content-Type",
                        "application/json"),
                    HttpResponse.BodyHandlers.ofString()));
      }
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Api.Reply reply = one.post(messages, text("too many"));
                assertThat(reply.status()).isEqualTo(429);
                assertThat(reply.whole().headers().firstValue("retry-after")).contains("1");
                assertThat(reply.json().getInteger("limit")).isEqualTo(10_000);
              });
    } finally {
      signal("CONT");
    }
    for (CompletableFuture<HttpResponse<String>> each : running) {
      assertThat(each.get().statusCode()).isIn(200, 207);
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> one.post(messages, text("there is room again")).status() == 200);
  }

  private static void signal(String name) throws Exception {
    String pid = Long.toString(CLUSTER.broker().process().pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  @Test
  void tokensTicketsAndWhatTheGatewaySaysOfItself() {
    for (String each :
        List.of("/livez", "/readyz", "/version", "/docs", "/openapi.yaml", "/openapi.json")) {
      done(200, one.get(each));
    }
    Api known = one.with("Authorization", "Basic YTpi"); // a:b; these brokers check nobody
    String token = known.post("/v1/tokens").json().getString("token");
    done(200, one.with("Authorization", "Bearer " + token).get("/v1/topics"));
    assertThat(other.with("Authorization", "Bearer " + token).get("/v1/topics").status())
        .isEqualTo(401);
    String ticket = known.post("/v1/tickets").json().getString("ticket");
    done(200, one.post(messages, text("a")));
    Events.open(one, "/v1/topics/" + topic + "/tail?ticket=" + ticket).close();
  }

  private static JsonObject text(String body) {
    return new JsonObject().put("text", body);
  }

  private static void done(int status, Api.Reply reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    if (reply.body().startsWith("{\"results\"")) {
      assertThat(reply.body()).doesNotContain("\"problem\":");
    }
  }

  /** Takes so many messages at the first gateway, in as many requests as it needs. */
  private List<JsonObject> take(int count, String query) {
    List<JsonObject> all = new ArrayList<>();
    for (int tries = 0; all.size() < count && tries < 20; tries++) {
      Api.Reply reply = one.post(taking + "/receive?max=32&waitMs=3000" + query);
      done(200, reply);
      reply.json().getJsonArray("messages").forEach(each -> all.add((JsonObject) each));
    }
    assertThat(all).hasSize(count);
    return all;
  }

  private void settle(Api at, String how, JsonObject message) {
    done(200, at.post("/v1/groups/" + group + "/" + how, receipts(message)));
  }

  private static JsonObject receipts(JsonObject message) {
    return new JsonObject().put("receipts", new JsonArray().add(message.getString("receipt")));
  }

  private static JsonObject place(JsonObject message) {
    return new JsonObject()
        .put("broker", message.getString("broker"))
        .put("queueId", message.getInteger("queueId"))
        .put("offset", message.getLong("offset"));
  }

  /** So many messages; Apache's brokers show what is stored a moment later. */
  private static List<JsonObject> awaited(Api at, String path, int count) {
    Awaitility.await().atMost(PATIENCE).until(() -> browse(at, path).size() >= count);
    List<JsonObject> all = browse(at, path);
    assertThat(all).hasSize(count);
    return all;
  }

  private static List<JsonObject> browse(Api at, String path) {
    Api.Reply reply = at.get(path + "?max=100");
    done(200, reply);
    return reply.json().getJsonArray("messages").stream().map(JsonObject.class::cast).toList();
  }
}
