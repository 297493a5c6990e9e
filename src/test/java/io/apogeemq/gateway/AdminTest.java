package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Topics, groups, offsets and dead letters over HTTP. */
class AdminTest {
  private final Api api = SharedNode.api();

  @Test
  void aTopicIsCreatedLookedAtListedAndDeleted() {
    assertThat(api.put("/v1/topics/gw-admin", new JsonObject().put("queues", 3)).status())
        .isEqualTo(204);
    publish("gw-admin", "a");
    publish("gw-admin", "b");
    JsonObject topic = api.get("/v1/topics/gw-admin").json();
    assertThat(topic.getLong("messages")).isEqualTo(2);
    assertThat(topic.getJsonArray("queues")).hasSize(3);
    assertThat(api.get("/v1/topics?q=gw-admin").json().getJsonArray("topics"))
        .containsExactly("gw-admin");
    assertThat(api.delete("/v1/topics/gw-admin").status()).isEqualTo(204);
    assertThat(api.get("/v1/topics/gw-admin").status()).isEqualTo(404);
    assertThat(api.delete("/v1/topics/gw-admin").status()).isEqualTo(404);
  }

  @Test
  void aListComesInPages() {
    for (String each : new String[] {"gw-page-a", "gw-page-b", "gw-page-c"}) {
      api.put("/v1/topics/" + each, new JsonObject());
    }
    Set<String> all = new TreeSet<>();
    JsonObject page = api.get("/v1/topics?q=gw-page&limit=2").json();
    page.getJsonArray("topics").forEach(each -> all.add(each.toString()));
    assertThat(all).hasSize(2);
    page = api.get("/v1/topics?q=gw-page&limit=2&after=" + page.getString("next")).json();
    page.getJsonArray("topics").forEach(each -> all.add(each.toString()));
    assertThat(all).containsExactly("gw-page-a", "gw-page-b", "gw-page-c");
    assertThat(page.containsKey("next")).isFalse();
  }

  @Test
  void aGroupIsCreatedLookedAtAndDeleted() {
    assertThat(api.put("/v1/groups/gw-group", new JsonObject().put("maxRetries", 3)).status())
        .isEqualTo(204);
    JsonObject group = api.get("/v1/groups/gw-group").json();
    assertThat(group.getInteger("maxRetries")).isEqualTo(3);
    assertThat(group.getJsonArray("members")).isEmpty();
    assertThat(api.get("/v1/groups?q=gw-group").json().getJsonArray("groups")).contains("gw-group");
    assertThat(api.delete("/v1/groups/gw-group").status()).isEqualTo(204);
    assertThat(api.get("/v1/groups/gw-group").status()).isEqualTo(404);
    assertThat(api.delete("/v1/groups/gw-group").status()).isEqualTo(404);
  }

  @Test
  void lagIsWhatAGroupHasNotConsumed() {
    publish("gw-lag", "a");
    publish("gw-lag", "b");
    settle("gw-lag", "gw-lag-group", receive("gw-lag", "gw-lag-group", 2));
    publish("gw-lag", "c");
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(
                        api.get("/v1/groups/gw-lag-group/lag?topic=gw-lag")
                            .json()
                            .getJsonObject("topics")
                            .getLong("gw-lag"))
                    .isEqualTo(1));
  }

  /** They had no offset as yet, and the lag was 0 just when nobody was there to consume them. */
  @Test
  void whatADeadConsumerLeftBehindIsLagUntilSomebodyComes() {
    publish("gw-left", "a");
    publish("gw-left", "b");
    String receive =
        "/v1/topics/gw-left/groups/gw-left-group/receive?waitMs=10000&invisibleMs=1000";
    for (int got = 0; got < 2; ) {
      got += api.post(receive).json().getJsonArray("messages").size();
    }
    String retry = "%25RETRY%25gw-left-group_gw-left";
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(api.get("/v1/topics/" + retry).body()).contains("\"messages\":2"));
    Awaitility.await()
        .untilAsserted(
            () -> {
              JsonObject row =
                  api.get("/v1/groups?q=gw-left-group&fields=lag,retries")
                      .json()
                      .getJsonArray("groups")
                      .getJsonObject(0);
              assertThat(row.getLong("lag")).as(row.encode()).isEqualTo(2);
              assertThat(row.getLong("retries")).as(row.encode()).isEqualTo(2);
            });
    JsonObject lag = api.get("/v1/groups/gw-left-group/lag").json();
    assertThat(lag.getLong("lag")).as(lag.encode()).isEqualTo(2);
    assertThat(lag.getLong("retries")).as(lag.encode()).isEqualTo(2);
  }

  @Test
  void aSeekIsTriedBeforeAndThenDeliversAgain() {
    publish("gw-seek", "a");
    publish("gw-seek", "b");
    settle("gw-seek", "gw-seek-group", receive("gw-seek", "gw-seek-group", 2));
    String path = "/v1/groups/gw-seek-group/topics/gw-seek/seek";
    JsonObject first = new JsonObject().put("to", "first");
    Awaitility.await()
        .untilAsserted(() -> assertThat(change(api.post(path + "?dryRun", first))).isEqualTo(-2));
    assertThat(receive("gw-seek", "gw-seek-group", 0)).isEmpty();

    JsonObject moved = api.post(path, first).json();
    assertThat(moved.getBoolean("dryRun")).isFalse();
    assertThat(receive("gw-seek", "gw-seek-group", 2)).hasSize(2);
  }

  private static long change(Api.Reply reply) {
    return reply.json().getJsonArray("queues").stream()
        .mapToLong(each -> ((JsonObject) each).getLong("change", 0L))
        .sum();
  }

  @Test
  void offsetsAreWrittenAndReadQueueByQueue() {
    api.put("/v1/topics/gw-offsets", new JsonObject().put("queues", 1));
    publish("gw-offsets", "m0");
    publish("gw-offsets", "m1");
    String path = "/v1/groups/gw-offsets-group/topics/gw-offsets/offsets";
    JsonObject queue =
        new JsonObject().put("broker", "broker-a").put("queueId", 0).put("offset", 2);
    Api.Reply written = api.put(path, new JsonObject().put("offsets", new JsonArray().add(queue)));
    assertThat(written.status()).as(written.body()).isEqualTo(200);
    assertThat(api.get(path).json().getJsonArray("offsets").getJsonObject(0)).isEqualTo(queue);
    JsonObject beyond = queue.copy().put("offset", 3);
    Api.Reply outside = api.put(path, new JsonObject().put("offsets", new JsonArray().add(beyond)));
    assertThat(outside.status()).isEqualTo(207);
    assertThat(outside.result(0).getJsonObject("problem").getInteger("status")).isEqualTo(400);
    assertThat(api.get(path).json().getJsonArray("offsets").getJsonObject(0)).isEqualTo(queue);
    queue.put("broker", "nobody");
    Api.Reply refused = api.put(path, new JsonObject().put("offsets", new JsonArray().add(queue)));
    assertThat(refused.status()).isEqualTo(207);
    assertThat(refused.result(0).getJsonObject("problem").getInteger("status")).isEqualTo(404);
  }

  @Test
  void messagesAreBrowsedPageByPageWithoutBeingTaken() {
    for (int i = 0; i < 5; i++) {
      publish("gw-browse", "m" + i);
    }
    Set<String> seen = new TreeSet<>();
    String position = "";
    for (int page = 0; page < 3; page++) {
      JsonObject found = api.get("/v1/topics/gw-browse/messages?max=2" + position).json();
      found
          .getJsonArray("messages")
          .forEach(each -> seen.add(((JsonObject) each).getString("text")));
      position = "&position=" + found.getString("position");
    }
    assertThat(seen).containsExactly("m0", "m1", "m2", "m3", "m4");
    assertThat(api.get("/v1/topics/gw-browse/messages?position=x").status()).isEqualTo(400);
    assertThat(receive("gw-browse", "gw-browse-group", 5)).hasSize(5);
    String readers = "/v1/groups?q=apogee-gateway-reader";
    assertThat(api.get(readers).json().getJsonArray("groups")).as("its own group").isEmpty();
    assertThat(api.get(readers + "&internal=true").json().getJsonArray("groups")).hasSize(1);
  }

  private void publish(String topic, String text) {
    assertThat(
            api.post("/v1/topics/" + topic + "/messages", new JsonObject().put("text", text))
                .status())
        .isEqualTo(200);
  }

  /** Takes so many messages, in as many requests as it needs. */
  private JsonArray receive(String topic, String group, int count) {
    JsonArray all = new JsonArray();
    do {
      JsonObject reply =
          api.post(
                  "/v1/topics/"
                      + topic
                      + "/groups/"
                      + group
                      + "/receive?max=32"
                      + (count == 0 ? "" : "&waitMs=10000"))
              .json();
      all.addAll(reply.getJsonArray("messages"));
    } while (all.size() < count);
    return all;
  }

  private void settle(String topic, String group, JsonArray messages) {
    JsonArray receipts = new JsonArray();
    messages.forEach(each -> receipts.add(((JsonObject) each).getString("receipt")));
    assertThat(
            api.post("/v1/groups/" + group + "/ack", new JsonObject().put("receipts", receipts))
                .status())
        .as("ack of %s", topic)
        .isEqualTo(200);
  }
}
