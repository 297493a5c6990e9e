package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.compat.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told figures of brokers that check accounts: an account, and nobody after it. */
class MetricsAccountTest {
  private static final List<String> SECRETS =
      List.of("gw-acl", "broker-a", "DefaultCluster", "administrator", "readers-account");

  private final Vertx vertx = Vertx.vertx();
  private final int port = Ports.one();

  /** A gateway before the same brokers that answers those who name no account, too. */
  @BeforeEach
  void start() throws Exception {
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1", port, AccountNode.nameServer(), 1 << 20, false, List.of(), 0, 100);
    new Gateway(vertx, options, 1, "test")
        .deploy()
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void onlyWhoNamesAnAccountIsToldOfBrokers() {
    for (Api anybody : List.of(AccountNode.api(), new Api(port))) {
      Api administrator = anybody.with("Authorization", basic("administrator", "12345678"));
      Api reader = anybody.with("Authorization", basic("readers-account", "abcdefgh"));
      JsonObject message = new JsonObject().put("text", "secret");
      assertThat(administrator.post("/v1/topics/gw-acl/messages", message).status()).isEqualTo(200);
      nothingOfBrokers(anybody);
      Exposition told = Exposition.of(reader.get("/metrics").body());
      assertThat(told.value("apogee_broker_up", "broker", "broker-a")).isEqualTo(1);
      assertThat(told.value("apogee_topic_messages", "topic", "gw-acl")).isPositive();
      nothingOfBrokers(anybody);
    }
  }

  private static void nothingOfBrokers(Api anybody) {
    String text = anybody.get("/metrics").body();
    assertThat(text).contains("basic_auth").doesNotContain(SECRETS);
    assertThat(Exposition.of(text).samples())
        .anyMatch(each -> each.name().equals("apogee_gateway_connections"))
        .noneMatch(each -> each.name().matches("apogee_(broker|cluster|topic|group)_.*"));
  }

  @Test
  void aWrongSecretIsToldSo() {
    Api wrong = new Api(port).with("Authorization", basic("readers-account", "wrong"));
    assertThat(wrong.get("/metrics").status()).isEqualTo(401);
  }

  private static String basic(String accessKey, String secretKey) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((accessKey + ":" + secretKey).getBytes(StandardCharsets.UTF_8));
  }
}
