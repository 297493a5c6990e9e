package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.gateway.Gateway;
import io.apogeemq.gateway.GatewayOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the gateway tells of topics, groups and official clients, in front of a cluster of any vendor. What
 * RocketMQ's brokers can't tell is null, never a failure.
 */
@ExtendWith(OutputOnFailure.class)
class GatewayAdminTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final boolean OURS = Vendor.underTest() == Vendor.APOGEE;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String topic = "Admin" + System.nanoTime();
  private final String group = "G-" + topic;
  private final Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
  private final Vertx vertx = Vertx.vertx();
  private int port;

  @BeforeEach
  void start() {
    port = Ports.one();
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1", port, cluster.namesrvAddr(), 1 << 20, false, List.of(), 0, 100);
    await(new Gateway(vertx, options, 1, "test").deploy());
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void aGroupOfOfficialClientsIsSeenWithItsMembersQueuesAndLag() {
    ask("PUT", "/v1/topics/" + topic, new JsonObject().put("queues", 4), 204);
    for (int i = 0; i < 6; i++) {
      ask("POST", "/v1/topics/" + topic + "/messages", new JsonObject().put("text", "m" + i), 200);
    }
    JsonObject row = row("/v1/topics?fields=all&q=" + topic, "topics");
    assertThat(row.getInteger("readQueues")).isEqualTo(4);
    assertThat(row.getString("permission")).isEqualTo("rw");
    assertThat(row.getInteger("messages")).isEqualTo(6);
    JsonObject detail = get("/v1/topics/" + topic);
    assertThat(detail.getJsonArray("queues")).hasSize(4);
    assertThat(detail.getJsonArray("brokers").getJsonObject(0).getBoolean("hasTopic")).isTrue();

    try (ChildProcess consumer =
        Program.start(Official.V4_9_8, cluster.namesrvAddr(), "probe.Consume", group, topic, "*")) {
      consumer.awaitCount(line -> line.startsWith("GOT "), 6, PATIENCE);
      String clientId = aMemberOwnsAllQueues();
      JsonObject info = get("/v1/groups/" + group + "/members/" + encoded(clientId) + "?threads");
      assertThat(info.getString("threads")).contains("ConsumeMessageThread");
      assertThat(info.getJsonObject("properties").getString("PROP_CONSUME_TYPE"))
          .isEqualTo("CONSUME_PASSIVELY");
      JsonObject client = row("/v1/clients?fields=all&group=" + group, "clients");
      assertThat(client.getString("clientId")).isEqualTo(clientId);
      assertThat(client.getString("version")).isEqualTo("4.9.8");
      assertThat(client.getBoolean("duplicate")).isFalse();
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(row("/v1/groups?fields=all&q=" + group, "groups").getLong("lag"))
                      .isZero());
      JsonObject online = row("/v1/groups?fields=all&q=" + group, "groups");
      assertThat(online.getInteger("members")).isEqualTo(1);
      assertThat(online.getString("consumeType")).isEqualTo("push");
    }
  }

  /** The client says which queues it has a moment after it has joined. */
  private String aMemberOwnsAllQueues() {
    JsonObject[] found = new JsonObject[1];
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonArray members =
                  get("/v1/groups/" + group + "/members?details").getJsonArray("members");
              assertThat(members).hasSize(1);
              found[0] = members.getJsonObject(0);
              long own =
                  found[0].getJsonArray("queues").stream()
                      .filter(each -> ((JsonObject) each).getString("topic").equals(topic))
                      .count();
              assertThat(own).isEqualTo(4);
            });
    assertThat(found[0].getJsonArray("subscriptions").encode()).contains(topic);
    return found[0].getString("clientId");
  }

  @Test
  void anOfflineGroupIsBehindInMessagesAndTimeAndIsMovedQueueByQueue() {
    ask("PUT", "/v1/topics/" + topic, new JsonObject().put("queues", 1), 204);
    ask("PUT", "/v1/groups/" + group, new JsonObject(), 204);
    String messageId = "";
    for (int i = 0; i < 4; i++) {
      JsonObject sent =
          ask(
              "POST",
              "/v1/topics/" + topic + "/messages",
              new JsonObject().put("text", "m" + i),
              200);
      messageId = sent.getJsonArray("results").getJsonObject(0).getString("messageId");
    }
    String place = "/v1/groups/" + group + "/topics/" + topic;
    JsonObject queue = get("/v1/topics/" + topic).getJsonArray("queues").getJsonObject(0);
    JsonObject third =
        new JsonObject()
            .put("broker", queue.getString("broker"))
            .put("queueId", 0)
            .put("offset", 2);
    JsonObject toThird = new JsonObject().put("queues", new JsonArray().add(third));
    assertThat(moved(ask("POST", place + "/seek?dryRun", toThird, 200))).isEqualTo(2);
    ask("POST", place + "/seek", toThird, 200);
    JsonObject lag = get("/v1/groups/" + group + "/lag?times&topic=" + topic);
    assertThat(lag.getJsonObject("topics").getLong(topic)).isEqualTo(2);
    assertThat(lag.getLong("waitingMs")).isBetween(0L, 60_000L);

    ask("PUT", "/v1/groups/other-" + group, new JsonObject(), 204);
    String other = "/v1/groups/other-" + group + "/topics/" + topic;
    JsonObject from = new JsonObject().put("from", group);
    assertThat(moved(ask("POST", other + "/clone?dryRun", from, 200))).isEqualTo(2);
    ask("POST", other + "/clone", from, 200);
    assertThat(get(other + "/offsets").getJsonArray("offsets").getJsonObject(0).getLong("offset"))
        .isEqualTo(2);

    seekToMessage(place, messageId);
    ask("POST", place + "/seek", new JsonObject().put("to", "first"), 200);
    assertThat(
            get("/v1/groups/" + group + "/lag?topic=" + topic)
                .getJsonObject("topics")
                .getLong(topic))
        .isEqualTo(4);
  }

  /** Brokers index a message a moment after it was stored. */
  private void seekToMessage(String place, String messageId) {
    JsonObject body = new JsonObject().put("messageId", messageId);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(moved(ask("POST", place + "/seek?dryRun", body, 200))).isEqualTo(3));
  }

  private static long moved(JsonObject seek) {
    return seek.getJsonArray("queues").getJsonObject(0).getLong("to");
  }

  @Test
  void whatAVendorCantTellIsNull() {
    ask(
        "PUT",
        "/v1/topics/" + topic,
        new JsonObject().put("queues", 2).put("permission", "r"),
        204);
    ask("PUT", "/v1/topics/" + topic, new JsonObject().put("writeQueues", 3), 204);
    JsonObject row = row("/v1/topics?fields=all&sort=messages&q=" + topic, "topics");
    assertThat(row.getString("permission")).as("what is not named stays").isEqualTo("r");
    assertThat(row.getInteger("readQueues")).isEqualTo(2);
    assertThat(row.getInteger("writeQueues")).isEqualTo(3);
    assertThat(row.getInteger("messages")).isZero();
    assertThat(row.getValue("outPerSecond") == null).isEqualTo(!OURS);
    assertThat(get("/v1/groups/" + group + "/members").getJsonArray("members")).isEmpty();
    ask("PUT", "/v1/groups/" + group, new JsonObject().put("maxRetries", 3), 204);
    ask("PUT", "/v1/groups/" + group, new JsonObject().put("consumeEnabled", false), 204);
    JsonObject settings = get("/v1/groups/" + group);
    assertThat(settings.getInteger("maxRetries")).isEqualTo(3);
    assertThat(settings.getBoolean("consumeEnabled")).isFalse();
    assertThat(ask("DELETE", "/v1/groups/" + group + "?dryRun", null, 200).getInteger("members"))
        .isZero();
    ask("DELETE", "/v1/groups/" + group, null, 204);
    assertThat(ask("DELETE", "/v1/topics/" + topic + "?dryRun", null, 200).getLong("messages"))
        .isZero();
    ask("DELETE", "/v1/topics/" + topic, null, 204);
  }

  private JsonObject row(String path, String what) {
    JsonArray rows = get(path).getJsonArray(what);
    assertThat(rows).as(path).hasSize(1);
    return rows.getJsonObject(0);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private JsonObject get(String path) {
    return ask("GET", path, null, 200);
  }

  private JsonObject ask(String method, String path, @Nullable JsonObject body, int status) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/json")
                  .method(
                      method,
                      body == null
                          ? HttpRequest.BodyPublishers.noBody()
                          : HttpRequest.BodyPublishers.ofString(body.encode()))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode())
          .as("%s %s: %s", method, path, response.body())
          .isEqualTo(status);
      return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
