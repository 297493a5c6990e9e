package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What {@code /metrics} tells, in the text format of Prometheus. */
class MetricsTest {
  private static final JsonObject TEXT = new JsonObject().put("text", "a");

  private final Api api = SharedNode.api();

  @Test
  void whatIsDoneIsCountedByOperationAndStatus() {
    String messages = "/v1/topics/gw-metrics/messages";
    api.post(messages, TEXT);
    Exposition before = figures();
    api.post(messages, TEXT);
    api.post(messages, new JsonObject());
    api.post("/v1/topics/gw-metrics/groups/gw-metrics-group/receive?waitMs=5000");
    Exposition after = figures();
    String requests = "apogee_gateway_requests_seconds_";
    assertThat(change(before, after, requests + "count", "operation", "publish", "status", "200"))
        .isEqualTo(1);
    assertThat(change(before, after, requests + "count", "operation", "publish", "status", "400"))
        .isEqualTo(1);
    assertThat(change(before, after, requests + "sum", "operation", "publish", "status", "200"))
        .isPositive();
    assertThat(
            change(before, after, "apogee_gateway_messages_published_total", "outcome", "stored"))
        .isEqualTo(1);
    assertThat(change(before, after, "apogee_gateway_messages_delivered_total"))
        .isGreaterThanOrEqualTo(1);
    assertThat(after.value("apogee_gateway_connections")).isGreaterThanOrEqualTo(1);
  }

  @Test
  void whatIsOpenIsCountedAndCreditsAreWhatSubscribersMayStillGet() {
    api.post("/v1/topics/gw-metrics-ws/messages", TEXT);
    // The class before may have left some that are just closing.
    Awaitility.await()
        .until(
            () -> {
              Exposition now = figures();
              return now.value("apogee_gateway_subscriptions") == 0
                  && now.value("apogee_gateway_tails") == 0
                  && now.value("apogee_gateway_credits") == 0;
            });
    Exposition before = figures();
    String path = "/v1/topics/gw-metrics-ws/groups/gw-metrics-group/subscribe";
    Events events = Events.open(api, "/v1/topics/gw-metrics-ws/tail");
    try (Frames frames = Frames.open(api, path)) {
      frames.credit(10);
      Awaitility.await()
          .untilAsserted(
              () -> {
                Exposition now = figures();
                assertThat(change(before, now, "apogee_gateway_subscriptions")).isEqualTo(1);
                assertThat(change(before, now, "apogee_gateway_tails")).isEqualTo(1);
                assertThat(change(before, now, "apogee_gateway_credits")).isEqualTo(9);
              });
    } finally {
      events.close();
    }
    Awaitility.await()
        .untilAsserted(
            () -> {
              Exposition now = figures();
              assertThat(change(before, now, "apogee_gateway_subscriptions")).isZero();
              assertThat(change(before, now, "apogee_gateway_tails")).isZero();
              assertThat(change(before, now, "apogee_gateway_credits")).isZero();
            });
  }

  @Test
  void vertxAndTheJvmTellOfThemselves() {
    figures(); // which takes a worker
    Exposition after = figures();
    assertThat(after.value("vertx_pool_completed_total", "pool_name", "apogee-metrics"))
        .isPositive();
    assertThat(after.samples("netty_eventexecutor_tasks_pending")).isNotEmpty();
    assertThat(after.value("jvm_memory_used_bytes", "area", "heap")).isPositive();
    assertThat(after.value("jvm_threads_live_threads")).isPositive();
    assertThat(after.value("process_cpu_usage")).isBetween(0.0, 1.0);
    assertThat(after.value("process_uptime_seconds")).isPositive();
  }

  @Test
  void noClientMakesLabels() {
    String hostile = "gw-metrics-x";
    api.send("BREW", "/v1/" + hostile, BodyPublishers.noBody());
    api.get("/" + hostile + "?" + hostile);
    api.post("/v1/topics/" + hostile + "/messages", TEXT, "User-Agent", hostile);
    Set<String> labels = new TreeSet<>();
    for (Exposition.Sample each : figures().samples()) {
      if (each.name().startsWith("vertx_") || each.name().startsWith("apogee_gateway_")) {
        labels.addAll(each.labels().keySet());
        assertThat(each.labels().values()).doesNotContain(hostile, "BREW");
      }
    }
    assertThat(labels)
        .isSubsetOf("operation", "outcome", "pool_name", "pool_type", "status")
        .contains("operation");
  }

  @Test
  void brokersTellOfThemselvesAndTheirTopicsAndGroups() {
    String topic = "gw-metrics-cluster";
    String receive = "/v1/topics/" + topic + "/groups/gw-metrics-behind/receive?max=1&waitMs=5000";
    for (int i = 0; i < 3; i++) {
      api.post("/v1/topics/" + topic + "/messages", TEXT);
    }
    assertThat(api.post(receive).status()).isEqualTo(200);
    Exposition now = fresh();
    assertThat(now.value("apogee_broker_up", "broker", "broker-a", "id", "0")).isEqualTo(1);
    assertThat(now.value("apogee_broker_disk_used_ratio")).isBetween(0.0, 1.0);
    assertThat(now.value("apogee_broker_log_bytes")).isPositive();
    assertThat(now.value("apogee_broker_sends_refused")).isZero();
    assertThat(now.value("apogee_broker_put_seconds", "quantile", "0.99")).isNotNegative();
    assertThat(now.value("apogee_topic_messages", "topic", topic)).isEqualTo(3);
    assertThat(now.value("apogee_group_lag_messages", "group", "gw-metrics-behind"))
        .isBetween(1.0, 3.0);
    assertThat(now.value("apogee_cluster_lag_messages")).isGreaterThanOrEqualTo(1);
    api.post("/v1/topics/" + topic + "/messages", TEXT);
    Exposition later = fresh();
    assertThat(change(now, later, "apogee_broker_messages_in_total")).isGreaterThanOrEqualTo(1);
    assertThat(later.value("apogee_topic_messages", "topic", topic)).isEqualTo(4);
  }

  private static double change(Exposition before, Exposition after, String name, String... labels) {
    return known(after.value(name, labels)) - known(before.value(name, labels));
  }

  private static double known(double value) {
    return Double.isNaN(value) ? 0 : value;
  }

  private Exposition figures() {
    return Exposition.of(api.get("/metrics").body());
  }

  /** After a change nobody is told what brokers said before it. */
  private Exposition fresh() {
    api.put("/v1/topics/gw-metrics-change", new JsonObject());
    return figures();
  }
}
