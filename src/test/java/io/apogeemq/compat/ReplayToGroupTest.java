package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.gateway.Api;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two groups consume one topic, and a dead letter of one of them is sent again through a gateway. */
@ExtendWith(OutputOnFailure.class)
class ReplayToGroupTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Cluster CLUSTER = Cluster.shared(Shape.TWO_PROCESSES);

  private static @Nullable GatewayProcess gateway;
  private static Api api;

  private final String topic = "Replay" + System.nanoTime();
  private final String group = "G" + topic;
  private final String other = "O" + topic;
  private final String messages = "/v1/topics/" + topic + "/messages";
  private final String letters = "/v1/groups/" + group + "/dead-letters";

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(CLUSTER.namesrvAddr());
    api = gateway.api();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void anOfficialConsumerOfTheGroupGetsItAndOneOfAnotherGroupDoesNot() {
    done(204, api.put("/v1/topics/" + topic, new JsonObject().put("queues", 1)));
    try (ChildProcess failing = run("probe.Respond", group, topic);
        ChildProcess reading = run("probe.Consume", other, topic)) {
      send("bad one");
      failing.awaitLine("GAVE-UP bad one"::equals, PATIENCE);
      reading.awaitLine(line -> line.endsWith(" bad one"), PATIENCE);
      JsonObject dead = dead("bad one");
      Api.Reply replayed = replay(dead, null);
      done(200, replayed);
      assertThat(replayed.result(0).getString("messageId")).isEqualTo(dead.getString("messageId"));
      failing.awaitCount("GAVE-UP bad one"::equals, 2, PATIENCE);
      // One queue: what had come to the topic again would have come before this.
      send("after");
      reading.awaitLine(line -> line.endsWith(" after"), PATIENCE);
      assertThat(reading.events("GOT").stream().filter(each -> each.endsWith(" bad one")))
          .hasSize(1);
      done(200, replay(dead, "topic"));
      reading.awaitCount(line -> line.endsWith(" bad one"), 2, PATIENCE);
      failing.awaitCount("GAVE-UP bad one"::equals, 3, PATIENCE);
    }
  }

  /** Brokers of any vendor bury at once what such a group is sent: the test of the sentence is the second part. */
  @Test
  void aGroupThatConsumesInOrderIsRefusedWhileItIsOnline() {
    done(204, api.put("/v1/topics/" + topic, new JsonObject().put("queues", 1)));
    try (ChildProcess orderly = run("probe.Orderly", group, topic, "0")) {
      send("poison");
      JsonObject dead = dead("poison");
      Api.Reply refused = replay(dead, null);
      assertThat(refused.status()).as(refused.body()).isEqualTo(409);
      assertThat(refused.json().getString("cure")).contains("topic");
      assertThat(letters()).hasSize(1);
      done(200, replay(dead, "topic"));
      orderly.awaitCount(line -> line.endsWith(" poison"), 4, PATIENCE);
      Awaitility.await().atMost(PATIENCE).until(() -> letters().size() == 2);
    }
  }

  @Test
  void whoTakesMessagesByReceiptsGetsItAndAnotherGroupDoesNot() {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "needs POP");
    send("m");
    settle(other, take(other), "ack");
    settle(group, take(group), "dead-letter");
    done(200, replay(dead("m"), null));
    JsonObject again = take(group);
    assertThat(again.getString("text")).isEqualTo("m");
    assertThat(again.getInteger("attempt")).isEqualTo(1);
    // Dies once more, of its second delivery this time: then the dead letter itself tells that it
    // was taken by POP.
    settle(group, again, "nack");
    JsonObject second = take(group);
    assertThat(second.getInteger("attempt")).isEqualTo(2);
    settle(group, second, "dead-letter");
    Awaitility.await().atMost(PATIENCE).until(() -> letters().size() == 2);
    done(200, replay(letters().get(1), null));
    assertThat(take(group).getString("messageId")).isEqualTo(second.getString("messageId"));
    send("after");
    assertThat(take(other).getString("text")).isEqualTo("after");
  }

  private static ChildProcess run(String program, String... arguments) {
    ChildProcess child = Program.start(Official.V4_9_8, CLUSTER.namesrvAddr(), program, arguments);
    child.awaitLine("STARTED"::equals, PATIENCE);
    return child;
  }

  private void send(String text) {
    done(200, api.post(messages, new JsonObject().put("text", text)));
  }

  private JsonObject dead(String text) {
    Awaitility.await()
        .atMost(PATIENCE.multipliedBy(3)) // in order, 4.9 takes its time
        .ignoreExceptions() // until there is a dead-letter topic
        .until(() -> !letters().isEmpty());
    JsonObject dead = letters().get(0);
    assertThat(dead.getString("text")).isEqualTo(text);
    return dead;
  }

  private List<JsonObject> letters() {
    Api.Reply reply = api.get(letters);
    done(200, reply);
    return reply.json().getJsonArray("messages").stream().map(JsonObject.class::cast).toList();
  }

  /** To whom it goes by itself if {@code to} is null. */
  private Api.Reply replay(JsonObject dead, @Nullable String to) {
    JsonObject place =
        new JsonObject()
            .put("broker", dead.getString("broker"))
            .put("queueId", dead.getInteger("queueId"))
            .put("offset", dead.getLong("offset"));
    JsonObject body = new JsonObject().put("messages", new JsonArray().add(place));
    return api.post(letters + "/replay", to == null ? body : body.put("to", to));
  }

  private JsonObject take(String by) {
    List<JsonObject> all = new ArrayList<>();
    for (int tries = 0; all.isEmpty() && tries < 10; tries++) {
      Api.Reply reply = api.post("/v1/topics/" + topic + "/groups/" + by + "/receive?waitMs=5000");
      done(200, reply);
      reply.json().getJsonArray("messages").forEach(each -> all.add((JsonObject) each));
    }
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static void settle(String by, JsonObject message, String how) {
    JsonObject receipts =
        new JsonObject().put("receipts", new JsonArray().add(message.getString("receipt")));
    done(200, api.post("/v1/groups/" + by + "/" + how, receipts));
  }

  private static void done(int status, Api.Reply reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
  }
}
