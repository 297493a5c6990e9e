package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ScriptedNode;
import io.apogeemq.config.BrokerKeys;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Dead letters: which groups have some, and sending them again. */
class DeadLetterTest {
  private Api api = SharedNode.api();

  @Test
  void groupsWithDeadLettersAreListedWithTheirNumber() {
    bury("gw-dead-list", "gw-dead-list-group", 3);
    JsonArray groups = api.get("/v1/dead-letters?q=gw-dead-list").json().getJsonArray("groups");
    assertThat(groups).hasSize(1);
    assertThat(groups.getJsonObject(0).getString("group")).isEqualTo("gw-dead-list-group");
    assertThat(groups.getJsonObject(0).getLong("messages")).isEqualTo(3);
    assertThat(groups.getJsonObject(0).getLong("lastWrittenAt")).isPositive();
  }

  @Test
  void aDryRunTellsWhatWouldBeSentAndSendsNothing() {
    bury("gw-dead-dry", "gw-dead-dry-group", 4);
    JsonObject report = report(replay("gw-dead-dry-group", "?dryRun&text=m2", new JsonObject()));
    assertThat(report.getLong("scanned")).isEqualTo(4);
    assertThat(report.getLong("wanted")).isEqualTo(1);
    assertThat(report.getLong("sent")).isZero();
    assertThat(report.getBoolean("complete")).isTrue();
    assertThat(report.getJsonObject("topics").getInteger("gw-dead-dry")).isEqualTo(1);
    assertThat(all("gw-dead-dry")).hasSize(4);
  }

  /** Two groups have taken all, and one of them has given them up. */
  @Test
  void whoseDeadLettersTheyAreGetsThemAgainAndNobodyElse() {
    bury("gw-dead-own", "gw-dead-own-group", 3);
    assertThat(settle("gw-dead-own", "gw-dead-other-reader", 3, "ack")).hasSize(3);
    JsonArray before = all("gw-dead-own");
    List<JsonObject> lines = replay("gw-dead-own-group", "", new JsonObject());
    assertThat(report(lines).getLong("sent")).isEqualTo(3);
    assertThat(report(lines).getJsonObject("topics").getInteger("gw-dead-own")).isEqualTo(3);
    List<JsonObject> again = settle("gw-dead-own", "gw-dead-own-group", 3, "ack");
    assertThat(again)
        .extracting(each -> each.getString("messageId"))
        .containsExactlyInAnyOrderElementsOf(
            before.stream().map(each -> ((JsonObject) each).getString("messageId")).toList());
    assertThat(again)
        .allSatisfy(
            each -> {
              assertThat(each.getInteger("attempt")).isEqualTo(1);
              assertThat(each.getString("topic")).isEqualTo("gw-dead-own");
              assertThat(each.getJsonObject("properties").getString("APOGEE_REPLAY_OF"))
                  .isEqualTo(each.getString("messageId"));
            });
    assertThat(all("gw-dead-own")).isEqualTo(before);
    String other = "/v1/topics/gw-dead-own/groups/gw-dead-other-reader/receive";
    assertThat(api.post(other).json().getJsonArray("messages")).isEmpty();
  }

  @Test
  void aGroupThatHasNoneIsNoFailureAndOneThatNobodyKnowsIs() {
    api.put("/v1/groups/gw-dead-none", new JsonObject());
    Api.Reply none = api.get("/v1/groups/gw-dead-none/dead-letters?order=newest");
    assertThat(none.status()).as(none.body()).isEqualTo(200);
    assertThat(none.json().getJsonArray("messages")).isEmpty();
    assertThat(none.json().getBoolean("complete")).isTrue();
    JsonObject report = report(replay("gw-dead-none", "", new JsonObject()));
    assertThat(report.getLong("sent")).isZero();
    assertThat(report.getBoolean("complete")).isTrue();
    Api.Reply unknown = api.get("/v1/groups/gw-dead-nobody/dead-letters");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().getString("type")).endsWith("group-not-found");
  }

  @Test
  void aGroupGetsThoseAgainThatItHadMoreThanOnce() {
    api.post("/v1/topics/gw-dead-late/messages", new JsonObject().put("text", "m"));
    settle("gw-dead-late", "gw-dead-late-group", 1, "nack");
    JsonObject second = settle("gw-dead-late", "gw-dead-late-group", 1, "dead-letter").get(0);
    assertThat(second.getInteger("attempt")).isEqualTo(2);
    JsonObject dead =
        api.get("/v1/groups/gw-dead-late-group/dead-letters")
            .json()
            .getJsonArray("messages")
            .getJsonObject(0);
    JsonObject one =
        new JsonObject()
            .put(
                "messages",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("broker", dead.getString("broker"))
                            .put("queueId", dead.getInteger("queueId"))
                            .put("offset", dead.getLong("offset"))));
    Api.Reply replayed = api.post("/v1/groups/gw-dead-late-group/dead-letters/replay", one);
    assertThat(replayed.status()).as(replayed.body()).isEqualTo(200);
    JsonObject again = settle("gw-dead-late", "gw-dead-late-group", 1, "ack").get(0);
    assertThat(again.getInteger("attempt")).isEqualTo(1);
    assertThat(again.getString("messageId")).isEqualTo(second.getString("messageId"));
  }

  /** The retry topic is not there yet, and no send may make it. */
  @Test
  void aGroupGetsThemAlsoWhereTopicsAreMadeByHand() {
    try (TestNode strict = TestNode.start(Map.of(BrokerKeys.AUTO_CREATE_TOPIC_ENABLE, "false"))) {
      api = new Api(strict.gatewayPort());
      assertThat(api.put("/v1/topics/gw-dead-strict", new JsonObject()).status()).isEqualTo(204);
      bury("gw-dead-strict", "gw-dead-strict-group", 2);
      assertThat(report(replay("gw-dead-strict-group", "", new JsonObject())).getLong("sent"))
          .isEqualTo(2);
      settle("gw-dead-strict", "gw-dead-strict-group", 2, "ack");
    }
  }

  /** Its members have died, so nobody tells that they consumed in order; their locks are still there. */
  @Test
  void anOrderedGroupThatIsNotRecognisedGetsOneMoreDeadLetterAndNotOneOfEach() {
    bury("gw-dead-locked", "gw-dead-locked-group", 8);
    lockAndDie("gw-dead-locked", "gw-dead-locked-group");
    String letters = "/v1/groups/gw-dead-locked-group/dead-letters";
    JsonArray places = new JsonArray();
    for (Object each : api.get(letters + "?max=100").json().getJsonArray("messages")) {
      JsonObject dead = (JsonObject) each;
      places.add(
          new JsonObject()
              .put("broker", dead.getString("broker"))
              .put("queueId", dead.getInteger("queueId"))
              .put("offset", dead.getLong("offset")));
    }
    Api.Reply refused = api.post(letters + "/replay", new JsonObject().put("messages", places));
    assertThat(refused.status()).as(refused.body()).isEqualTo(207);
    for (int i = 0; i < 8; i++) {
      assertThat(refused.result(i).getJsonObject("problem").getInteger("status"))
          .as(refused.body())
          .isEqualTo(409);
    }
    assertThat(api.get(letters + "?max=100").json().getJsonArray("messages")).hasSize(8 + 1);
  }

  private void lockAndDie(String topic, String group) {
    Vertx vertx = Vertx.vertx();
    // Whoever dies does not wait long for answers.
    ClientOptions options =
        ClientOptions.of(SharedNode.get().nameServer()).setRequestTimeoutMs(1_000);
    ApogeeClient client = ApogeeClient.create(vertx, options);
    AtomicBoolean locked = new AtomicBoolean();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of(group).subscribe(topic).setFromFirst(true).setOrderly(true),
            delivery -> {
              locked.set(true);
              return Promise.<Void>promise().future(); // it never gets to the end of it
            });
    ScriptedNode.await(consumer.start());
    JsonObject more = new JsonObject().put("text", "more");
    assertThat(api.post("/v1/topics/" + topic + "/messages", more).status()).isEqualTo(200);
    Awaitility.await().untilTrue(locked);
    ScriptedNode.await(vertx.close());
  }

  @Test
  void aGroupAndATopicCantBothGetThem() {
    String path = "/v1/groups/gw-dead-both/dead-letters/replay-all";
    for (JsonObject each :
        List.of(
            new JsonObject().put("to", "group").put("topic", "t"),
            new JsonObject().put("to", "everybody"))) {
      assertThat(api.post(path, each).status()).as(each.encode()).isEqualTo(400);
    }
  }

  @Test
  void allAreSentAgainWithTheirOriginAndStayWhereTheyAre() {
    bury("gw-dead-all", "gw-dead-all-group", 5);
    List<JsonObject> lines =
        replay("gw-dead-all-group", "", new JsonObject().put("to", "topic").put("perSecond", 1000));
    assertThat(lines.get(0).getLong("total")).isEqualTo(5);
    assertThat(lines.stream().filter(each -> each.containsKey("messageId"))).hasSize(5);
    JsonObject report = report(lines);
    assertThat(report.getLong("sent")).isEqualTo(5);
    JsonArray again = all("gw-dead-all");
    assertThat(again).hasSize(10);
    assertThat(again)
        .filteredOn(
            each -> ((JsonObject) each).getJsonObject("properties").containsKey("APOGEE_REPLAY_OF"))
        .hasSize(5);
    assertThat(api.get("/v1/groups/gw-dead-all-group/dead-letters").json().getJsonArray("messages"))
        .hasSize(5);
    // Going on behind the position that was told, there is nothing left to send.
    assertThat(
            report(
                    replay(
                        "gw-dead-all-group",
                        "?position=" + report.getString("position"),
                        new JsonObject()))
                .getLong("sent"))
        .isZero();
    JsonObject inBody = new JsonObject().put("position", report.getString("position"));
    assertThat(report(replay("gw-dead-all-group", "", inBody)).getLong("sent")).isZero();
  }

  @Test
  void anotherTopicMayBeGivenAndEveryFailureIsALine() {
    bury("gw-dead-other", "gw-dead-other-group", 2);
    api.put("/v1/topics/gw-dead-target", new JsonObject());
    report(replay("gw-dead-other-group", "", new JsonObject().put("topic", "gw-dead-target")));
    assertThat(all("gw-dead-target")).hasSize(2);
    api.put("/v1/topics/gw-dead-closed", new JsonObject().put("permission", "r"));
    List<JsonObject> lines =
        replay("gw-dead-other-group", "", new JsonObject().put("topic", "gw-dead-closed"));
    assertThat(lines.stream().filter(each -> each.containsKey("problem"))).hasSize(2);
    assertThat(report(lines).getLong("failed")).isEqualTo(2);
    assertThat(
            api.post(
                    "/v1/groups/gw-dead-other-group/dead-letters/replay-all",
                    new JsonObject().put("topic", "no topic"))
                .status())
        .isEqualTo(400);
  }

  @Test
  void theRateIsKeptAndClosingTheRequestEndsTheReplay() throws Exception {
    bury("gw-dead-slow", "gw-dead-slow-group", 30);
    long startNs = System.nanoTime();
    HttpResponse<Stream<String>> response =
        open("gw-dead-slow-group", new JsonObject().put("to", "topic").put("perSecond", 10));
    try (Stream<String> lines = response.body()) {
      var each =
          lines.map(JsonObject::new).filter(line -> line.containsKey("messageId")).iterator();
      for (int i = 0; i < 6; i++) {
        each.next();
      }
    }
    assertThat(System.nanoTime() - startNs).isGreaterThan(450_000_000L);
    // Those that were under way when it closed, and no more: 30 would take another 2.4 seconds.
    int[] last = {0};
    Awaitility.await()
        .during(Duration.ofMillis(600))
        .until(
            () -> {
              int before = last[0];
              last[0] = all("gw-dead-slow").size();
              return before == last[0];
            });
    assertThat(last[0]).isBetween(30 + 6, 30 + 25);
  }

  private HttpResponse<Stream<String>> open(String group, JsonObject body)
      throws IOException, InterruptedException {
    return Api.http()
        .send(
            api.request(
                "POST",
                "/v1/groups/" + group + "/dead-letters/replay-all",
                BodyPublishers.ofString(body.encode())),
            HttpResponse.BodyHandlers.ofLines());
  }

  private List<JsonObject> replay(String group, String query, JsonObject body) {
    Api.Reply reply = api.post("/v1/groups/" + group + "/dead-letters/replay-all" + query, body);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.body().lines().map(JsonObject::new).toList();
  }

  private static JsonObject report(List<JsonObject> lines) {
    return lines.get(lines.size() - 1).getJsonObject("report");
  }

  private JsonArray all(String topic) {
    return api.get("/v1/topics/" + topic + "/messages?max=100").json().getJsonArray("messages");
  }

  /** Publishes messages m0, m1, … and gives all of them up. */
  private void bury(String topic, String group, int count) {
    for (int i = 0; i < count; i++) {
      JsonObject message = new JsonObject().put("text", "m" + i);
      assertThat(api.post("/v1/topics/" + topic + "/messages", message).status()).isEqualTo(200);
    }
    settle(topic, group, count, "dead-letter");
  }

  /** Takes so many messages and settles each; returns them. */
  private List<JsonObject> settle(String topic, String group, int count, String how) {
    List<JsonObject> taken = new ArrayList<>();
    for (int tries = 0; taken.size() < count && tries < 10; tries++) {
      api.post("/v1/topics/" + topic + "/groups/" + group + "/receive?max=32&waitMs=10000")
          .json()
          .getJsonArray("messages")
          .forEach(each -> taken.add((JsonObject) each));
    }
    assertThat(taken).hasSize(count);
    JsonArray receipts = new JsonArray();
    taken.forEach(each -> receipts.add(each.getString("receipt")));
    Api.Reply settled =
        api.post("/v1/groups/" + group + "/" + how, new JsonObject().put("receipts", receipts));
    assertThat(settled.status()).as(settled.body()).isEqualTo(200);
    return taken;
  }
}
