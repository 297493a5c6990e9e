package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.gateway.Api;
import io.apogeemq.gateway.Gateway;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.protocol.body.TopicConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a gateway says of a topic that is not on both of two brokers, of any vendor. */
@ExtendWith(OutputOnFailure.class)
class GatewayWarningsTest {
  private final Cluster cluster = Cluster.shared(Shape.TWO_BROKERS);
  private final Vertx vertx = Vertx.vertx();
  private final int port = Ports.one();
  private final Api api = new Api(port);

  /** Sorts before what other tests have left on one broker only, of which some are told. */
  private final String topic = "A0" + System.nanoTime();

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

  @Test
  void aTopicThatWasCreatedOnOneBrokerIsNamedWithTheOneThatLacksIt() {
    ApogeeClient client = ApogeeClient.create(vertx, ClientOptions.of(cluster.namesrvAddr()));
    TopicConfig config = TopicConfig.of(topic, 1, TopicConfig.READ | TopicConfig.WRITE);
    done(client.admin().updateTopic(cluster.broker().brokerAddr(), config));
    done(client.close());
    List<JsonObject> warnings = warnings();
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0).getString("on")).isEqualTo("broker-a");
    assertThat(warnings.get(0).getString("missing")).isEqualTo("broker-b");
  }

  /** Our brokers tell each other; Apache's leave it on the one that the send came to. */
  @Test
  void aTopicThatASendCreatesIsOnBothBrokersOrIsWarnedOf() {
    Api.Reply sent =
        api.post("/v1/topics/" + topic + "/messages", new JsonObject().put("text", "first"));
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    if (Vendor.underTest() == Vendor.APOGEE) {
      Awaitility.await()
          .until(
              () ->
                  api.get("/v1/topics/" + topic).body().contains("broker-a")
                      && api.get("/v1/topics/" + topic).body().contains("broker-b"));
      assertThat(warnings()).isEmpty();
    } else {
      List<JsonObject> warnings = warnings();
      assertThat(warnings).hasSize(1);
      assertThat(warnings.get(0).getString("on")).isEqualTo(sent.result(0).getString("broker"));
    }
  }

  /** What the warnings about this topic are about. */
  private List<JsonObject> warnings() {
    return api.get("/v1/warnings").json().getJsonArray("warnings").stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("kind").equals("topic-on-some-brokers"))
        .map(each -> each.getJsonObject("values"))
        .filter(each -> each.getString("topic").equals(topic))
        .toList();
  }

  private static void done(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }
}
