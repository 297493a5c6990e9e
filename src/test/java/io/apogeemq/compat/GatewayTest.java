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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two gateways in front of one cluster, of any vendor, and official clients at its other side. */
@ExtendWith(OutputOnFailure.class)
class GatewayTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** As it is by default: it asks whether the gateway speaks HTTP/2, in each first request. */
  private final HttpClient http = HttpClient.newHttpClient();

  private final String topic = "Gateway" + System.nanoTime();
  private final Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
  private final Vertx vertx = Vertx.vertx();
  private int one;
  private int other;

  @BeforeEach
  void start() {
    one = gateway();
    other = gateway();
  }

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  private int gateway() {
    int port = Ports.one();
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1", port, cluster.namesrvAddr(), 1 << 20, false, List.of(), 0, 100);
    await(new Gateway(vertx, options, 1, "test").deploy());
    return port;
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void whatAnOfficialProducerSendsIsReceivedAtOneGatewayAndAcknowledgedAtTheOther() {
    Assumptions.assumeFalse(
        Vendor.underTest() == Vendor.APACHE49, "brokers of 4.9 don't hand messages out by POP");
    try (ChildProcess producer =
        Program.start(Official.V5_5_0, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic)) {
      producer.awaitLine("STARTED"::equals, PATIENCE);
      producer.say("send " + topic + " 5 m");
      producer.awaitLine("DONE"::equals, PATIENCE);
    }
    String receive =
        "/v1/topics/"
            + topic
            + "/groups/GC-"
            + topic
            + "/receive?max=32&waitMs=3000&invisibleMs=5000";
    Set<String> bodies = new TreeSet<>();
    for (int tries = 0; bodies.size() < 5 && tries < 20; tries++) {
      JsonArray receipts = new JsonArray();
      for (Object each : post(one, receive, "").getJsonArray("messages")) {
        JsonObject message = (JsonObject) each;
        bodies.add(message.getString("text"));
        assertThat(message.getString("tag")).isEqualTo("TagA");
        receipts.add(message.getString("receipt"));
      }
      if (!receipts.isEmpty()) {
        JsonObject acked =
            post(
                other,
                "/v1/groups/GC-" + topic + "/ack",
                new JsonObject().put("receipts", receipts).encode());
        assertThat(acked.encode()).doesNotContain("problem");
      }
    }
    assertThat(bodies).containsExactly("m0", "m1", "m2", "m3", "m4");
    // Past the time after which what is not acknowledged comes again.
    assertThat(
            post(one, receive.replace("waitMs=3000", "waitMs=6500"), "").getJsonArray("messages"))
        .isEmpty();
  }

  @Test
  void whatAnOfficialProducerCompressesIsShownUnpackedFoundAndTraced() {
    try (ChildProcess producer =
        Program.start(Official.V5_5_0, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic)) {
      producer.awaitLine("STARTED"::equals, PATIENCE);
      for (String type : List.of("ZLIB", "LZ4", "ZSTD")) {
        producer.say("pack " + type);
        producer.say("send " + topic + " 1 " + type + " 20000");
      }
      producer.awaitCount(line -> line.startsWith("ACK "), 3, PATIENCE);
    }
    JsonArray all =
        get(one, "/v1/topics/" + topic + "/messages?text=---&bodyLimit=8").getJsonArray("messages");
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
                get(one, "/v1/topics/" + topic + "/search?key=LZ40&bodyLimit=3")
                        .getJsonArray("messages")
                        .size()
                    == 1);
    String id = all.getJsonObject(0).getString("messageId");
    JsonObject trace = get(other, "/v1/topics/" + topic + "/messages/" + id + "/trace");
    assertThat(trace.getJsonArray("stored")).hasSize(1);
    assertThat(trace.getJsonArray("groups")).isEmpty();
    // Only our brokers tell what waits at them.
    boolean ours = Vendor.underTest() == Vendor.APOGEE;
    for (String each : List.of("/v1/delayed", "/v1/transactions")) {
      assertThat(get(one, each).getJsonArray("brokers"))
          .isNotEmpty()
          .allMatch(broker -> ((JsonObject) broker).getBoolean("told") == ours);
    }
  }

  @Test
  void whatAGatewayPublishesReachesAnOfficialConsumer() {
    JsonArray messages = new JsonArray();
    for (int i = 0; i < 5; i++) {
      messages.add(new JsonObject().put("text", "g" + i).put("tag", "TagG"));
    }
    post(one, "/v1/topics/" + topic + "/messages", messages.getJsonObject(0).encode());
    JsonObject sent =
        post(
            one,
            "/v1/topics/" + topic + "/messages",
            new JsonObject().put("messages", messages).encode());
    assertThat(sent.encode()).doesNotContain("problem");
    try (ChildProcess consumer =
        Program.start(
            Official.V4_9_8,
            cluster.namesrvAddr(),
            "probe.Consume",
            "GC-" + topic,
            topic,
            "TagG")) {
      consumer.awaitCount(line -> line.startsWith("GOT "), 6, PATIENCE);
    }
  }

  private JsonObject get(int port, String path) {
    return send(HttpRequest.newBuilder(at(port, path)).timeout(PATIENCE).build());
  }

  private JsonObject post(int port, String path, String body) {
    return send(
        HttpRequest.newBuilder(at(port, path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private static URI at(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private JsonObject send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isIn(200, 207);
      return new JsonObject(response.body());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
