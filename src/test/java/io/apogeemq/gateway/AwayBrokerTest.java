package io.apogeemq.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.gateway.consume.Positions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** One of two brokers goes: what a reader knew of it is not lost, and nobody says that all was done. */
class AwayBrokerTest {
  private static final String TOPIC = "gw-away";

  @Test
  void aPositionRemembersTheQueuesOfABrokerThatIsAway() throws Exception {
    try (TestNode first = TestNode.start(Map.of())) {
      Api api = new Api(first.gatewayPort());
      Map<String, Long> stored;
      String dead;
      try (TestNode second = startBroker(first, "broker-b")) {
        assertThat(second.nameServer()).isNotEmpty();
        awaitBrokers(api, 2);
        api.put("/v1/topics/" + TOPIC, new JsonObject().put("queues", 1));
        Awaitility.await()
            .until(() -> api.get("/v1/topics/" + TOPIC).json().getJsonArray("queues").size() == 2);
        stored = publish(api, 8);
        assertThat(stored.keySet()).containsExactlyInAnyOrder("broker-a", "broker-b");
        buryAll(api, 8);
        dead = page(api, "/v1/groups/gw-away-group/dead-letters?max=1").getString("position");
        assertThat(page(api, "/v1/topics/" + TOPIC + "/messages?max=50").getString("position"))
            .isEqualTo(position(TOPIC, stored));
      }
      awaitBrokers(api, 1);
      // The first gateway would believe its own route for up to half a minute.
      try (TestNode third = startBroker(first, "broker-c")) {
        lookWithoutTheSecond(new Api(third.gatewayPort()), stored, dead);
      }
    }
  }

  private static void lookWithoutTheSecond(Api api, Map<String, Long> stored, String dead)
      throws Exception {
    JsonObject next =
        page(api, "/v1/topics/" + TOPIC + "/messages?position=" + position(TOPIC, stored));
    assertThat(next.getBoolean("complete")).isTrue();
    assertThat(next.getJsonArray("away")).containsExactly("broker-b");
    assertThat(next.getString("position")).isEqualTo(position(TOPIC, stored));

    try (Events events =
        Events.open(
            api, "/v1/topics/" + TOPIC + "/tail", "Last-Event-ID", position(TOPIC, stored))) {
      publish(api, 1);
      assertThat(events.next().getString("broker")).isEqualTo("broker-a");
      Map<String, Long> now = new HashMap<>(stored);
      now.merge("broker-a", 1L, Long::sum);
      assertThat(events.lastId()).isEqualTo(position(TOPIC, now));
    }

    Api.Reply replay =
        api.post(
            "/v1/groups/gw-away-group/dead-letters/replay-all?dryRun=true",
            new JsonObject().put("position", dead));
    List<String> lines = replay.body().lines().toList();
    JsonObject report = new JsonObject(lines.get(lines.size() - 1)).getJsonObject("report");
    assertThat(report.getBoolean("complete")).as(report.encode()).isFalse();
    assertThat(report.getString("stopped")).contains("broker-b");
    assertThat(report.getJsonArray("brokers")).containsExactly("broker-a");
    String text = new String(Base64.getUrlDecoder().decode(report.getString("position")), UTF_8);
    assertThat(text).contains("broker-a", "broker-b");
  }

  private static TestNode startBroker(TestNode first, String name) {
    return TestNode.start(
        Map.of(BrokerKeys.NAMESRV_ADDR, first.nameServer(), BrokerKeys.BROKER_NAME, name));
  }

  private static void awaitBrokers(Api api, int count) {
    Awaitility.await().until(() -> api.get("/readyz").json().getInteger("brokers") == count);
  }

  /** Publishes, and tells how many went to each broker. */
  private static Map<String, Long> publish(Api api, int count) {
    Map<String, Long> all = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Api.Reply sent =
          api.post("/v1/topics/" + TOPIC + "/messages", new JsonObject().put("text", "m" + i));
      assertThat(sent.status()).as(sent.body()).isEqualTo(200);
      all.merge(sent.result(0).getString("broker"), 1L, Long::sum);
    }
    return all;
  }

  private static void buryAll(Api api, int count) {
    List<String> receipts = new ArrayList<>();
    while (receipts.size() < count) {
      Api.Reply got = api.post("/v1/topics/" + TOPIC + "/groups/gw-away-group/receive?waitMs=5000");
      assertThat(got.status()).as(got.body()).isEqualTo(200);
      got.json()
          .getJsonArray("messages")
          .forEach(each -> receipts.add(((JsonObject) each).getString("receipt")));
    }
    Api.Reply buried =
        api.post(
            "/v1/groups/gw-away-group/dead-letter",
            new JsonObject().put("receipts", new JsonArray(receipts)));
    assertThat(buried.status()).as(buried.body()).isEqualTo(200);
  }

  private static JsonObject page(Api api, String path) {
    Api.Reply reply = api.get(path);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json();
  }

  private static String position(String topic, Map<String, Long> offsets) {
    TreeMap<MessageQueue, Long> next = new TreeMap<>();
    offsets.forEach((broker, offset) -> next.put(new MessageQueue(topic, broker, 0), offset));
    return Positions.write(next);
  }
}
