package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.gateway.Exposition;
import io.apogeemq.gateway.Gateway;
import io.apogeemq.gateway.GatewayOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a gateway tells of a cluster of any vendor: what brokers don't tell is unknown, and not 0. */
@ExtendWith(OutputOnFailure.class)
class GatewayFiguresTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
  private final Vertx vertx = Vertx.vertx();
  private final int port = Ports.one();

  @BeforeEach
  void start() {
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1", port, cluster.namesrvAddr(), 1 << 20, false, List.of(), 0, 100);
    done(new Gateway(vertx, options, 1, "test").deploy());
  }

  @AfterEach
  void stop() {
    done(vertx.close());
  }

  private static void done(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void theClusterIsSeenAsFarAsItsBrokersTell() {
    String topic = "GatewayFigures" + System.nanoTime();
    String messages = "/v1/topics/" + topic + "/messages";
    send("PUT", "/v1/topics/" + topic, "{}");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              send("POST", messages, "{\"text\":\"m\"}");
              JsonObject now = send("GET", "/v1/overview", "").getJsonObject("now");
              assertThat(now.getDouble("messagesInPerSecond")).isPositive();
              assertThat(now.getDouble("lag")).isNotNull();
            });
    JsonObject broker = send("GET", "/v1/brokers", "").getJsonArray("brokers").getJsonObject(0);
    assertThat(broker.getString("failure")).isNull();
    assertThat(broker.getDouble("diskUsedRatio")).isBetween(0.0, 1.0);
    assertThat(broker.getLong("logBytes")).isPositive();
    boolean ours = Vendor.underTest() == Vendor.APOGEE;
    assertThat(broker.getString("apogeeVersion") != null).isEqualTo(ours);
    assertThat(broker.getDouble("memoryBytes") != null).isEqualTo(ours);
    assertThat(broker.getLong("connections") != null).isEqualTo(ours);
    assertThat(send("GET", "/v1/warnings", "").getJsonArray("warnings")).isNotNull();
  }

  @Test
  void aBrokersConfigurationIsReadAndChanged() {
    String broker =
        send("GET", "/v1/brokers", "").getJsonArray("brokers").getJsonObject(0).getString("broker");
    String config = "/v1/brokers/" + broker + "/config";
    String before = reservedHours(config);
    try {
      JsonObject changed = send("PATCH", config, "{\"changes\":{\"fileReservedTime\":\"49\"}}");
      assertThat(changed.getJsonArray("changes").getJsonObject(0).getString("from"))
          .isEqualTo(before);
      assertThat(reservedHours(config)).isEqualTo("49");
    } finally {
      send("PATCH", config, "{\"changes\":{\"fileReservedTime\":\"" + before + "\"}}");
    }
  }

  private String reservedHours(String config) {
    return send("GET", config, "").getJsonArray("keys").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("key").equals("fileReservedTime"))
        .map(each -> each.getString("value"))
        .findFirst()
        .orElseThrow();
  }

  /** Like Prometheus, which would need a program of its own for that beside RocketMQ. */
  @Test
  void oneScrapeTellsOfTheWholeCluster() {
    String topic = "GatewayScrape" + System.nanoTime();
    send("PUT", "/v1/topics/" + topic, "{}");
    double before = scraped().value("apogee_broker_messages_in_total");
    send("POST", "/v1/topics/" + topic + "/messages", "{\"text\":\"m\"}");
    send("PUT", "/v1/topics/" + topic, "{}"); // so that brokers are asked anew
    Exposition after = scraped();
    assertThat(after.value("apogee_broker_up")).isEqualTo(1);
    assertThat(after.value("apogee_broker_messages_in_total")).isGreaterThan(before);
    assertThat(after.value("apogee_broker_disk_used_ratio")).isBetween(0.0, 1.0);
    boolean ours = Vendor.underTest() == Vendor.APOGEE;
    assertThat(after.value("apogee_topic_messages", "topic", topic) == 1).isEqualTo(ours);
    assertThat(after.samples("apogee_cluster_lag_messages")).hasSize(ours ? 1 : 0);
  }

  private Exposition scraped() {
    return Exposition.of(text("GET", "/metrics", ""));
  }

  private JsonObject send(String method, String path, String body) {
    String answer = text(method, path, body);
    return answer.isEmpty() ? new JsonObject() : new JsonObject(answer);
  }

  private String text(String method, String path, String body) {
    try {
      var response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/json")
                  .method(method, BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.statusCode())
          .as("%s %s: %s", method, path, response.body())
          .isLessThan(300);
      return response.body();
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
