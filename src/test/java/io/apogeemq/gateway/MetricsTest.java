package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What {@code /metrics} tells, in the text format of Prometheus. */
class MetricsTest {
  private final Api api = SharedNode.api();

  @Test
  void whatIsDoneIsCountedByOperationAndStatus() {
    String messages = "/v1/topics/gw-metrics/messages";
    api.post(messages, new JsonObject().put("text", "a"));
    Map<String, Double> before = figures();
    api.post(messages, new JsonObject().put("text", "a"));
    api.post(messages, new JsonObject());
    api.post("/v1/topics/gw-metrics/groups/gw-metrics-group/receive?waitMs=5000");
    Map<String, Double> after = figures();
    String publish = "apogee_gateway_requests_total{operation=\"publish\",status=";
    assertThat(change(before, after, publish + "\"200\"}")).isEqualTo(1);
    assertThat(change(before, after, publish + "\"400\"}")).isEqualTo(1);
    assertThat(change(before, after, "apogee_gateway_messages_published_total{outcome=\"stored\"}"))
        .isEqualTo(1);
    assertThat(change(before, after, "apogee_gateway_messages_delivered_total"))
        .isGreaterThanOrEqualTo(1);
    assertThat(after.get("apogee_gateway_connections")).isGreaterThanOrEqualTo(1);
    assertThat(String.join("\n", after.keySet())).doesNotContain("gw-metrics");
  }

  @Test
  void whatIsOpenIsCountedAndCreditsAreWhatSubscribersMayStillGet() {
    api.post("/v1/topics/gw-metrics-ws/messages", new JsonObject().put("text", "a"));
    Map<String, Double> before = figures();
    String path = "/v1/topics/gw-metrics-ws/groups/gw-metrics-group/subscribe";
    Events events = Events.open(api, "/v1/topics/gw-metrics-ws/tail");
    try (Frames frames = Frames.open(api, path)) {
      frames.credit(10);
      Awaitility.await()
          .untilAsserted(
              () -> {
                Map<String, Double> now = figures();
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
              Map<String, Double> now = figures();
              assertThat(change(before, now, "apogee_gateway_subscriptions")).isZero();
              assertThat(change(before, now, "apogee_gateway_tails")).isZero();
              assertThat(change(before, now, "apogee_gateway_credits")).isZero();
            });
  }

  private static double change(Map<String, Double> before, Map<String, Double> after, String of) {
    return after.getOrDefault(of, 0.0) - before.getOrDefault(of, 0.0);
  }

  /** Every sample; fails on a line that is none and no comment. */
  private Map<String, Double> figures() {
    Map<String, Double> all = new TreeMap<>();
    for (String line : api.get("/metrics").body().split("\n")) {
      if (line.startsWith("#")) {
        assertThat(line).matches("# (HELP|TYPE) apogee_[a-z_]+ .+");
      } else {
        assertThat(line).matches("apogee_[a-z_]+(\\{[^}]*})? [0-9.E-]+");
        int blank = line.lastIndexOf(' ');
        all.put(line.substring(0, blank), Double.parseDouble(line.substring(blank + 1)));
      }
    }
    return all;
  }
}
