package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A gateway that its settings bind to every address of the machine, and that says nothing else of accounts. */
class BeyondLoopbackTest {
  private static final String MARK = "X-Apogee-Console";
  private static final String ACCOUNTS =
      """
      accounts:
      - accessKey: administrator
        secretKey: '12345678'
        admin: true
      """;

  @Test
  void itsPagesAskForAnAccountAndNothingIsToldWithoutOne() {
    try (TestNode node =
        start(
            Map.of(BrokerKeys.ACL_ENABLE, "true"),
            Map.of(
                "conf/plain_acl.yml",
                ACCOUNTS,
                "conf/tools.yml",
                "accessKey: administrator\nsecretKey: '12345678'\n"))) {
      Api page = new Api(node.gatewayPort()).with(MARK, "1");
      assertThat(accountNeeded(page)).isTrue();
      for (String each : List.of("/v1/topics", "/v1/groups", "/v1/brokers", "/v1/overview")) {
        Api.Reply refused = page.get(each);
        assertThat(refused.status()).as(each + " " + refused.body()).isEqualTo(401);
        assertThat(new Api(node.gatewayPort()).get(each).status()).as(each).isEqualTo(401);
      }
      assertThat(signIn(page, "87654321").status()).isEqualTo(401);
      Api.Reply session = signIn(page, "12345678");
      assertThat(session.status()).as(session.body()).isEqualTo(201);
      String cookie =
          session.whole().headers().firstValue("set-cookie").orElse("").replaceFirst(";.*", "");
      assertThat(page.with("Cookie", cookie).get("/v1/topics").status()).isEqualTo(200);
    }
  }

  /** There the gateway can refuse nobody, so it says what is wrong. */
  @Test
  void inFrontOfBrokersThatCheckNobodyItWarns() {
    try (TestNode node = start(Map.of(), Map.of())) {
      Api page = new Api(node.gatewayPort()).with(MARK, "1");
      assertThat(accountNeeded(page)).isTrue();
      assertThat(page.get("/v1/warnings").body()).contains("\"accounts-not-checked\"");
    }
    Api loopback = SharedNode.api();
    assertThat(accountNeeded(loopback)).isFalse();
    assertThat(loopback.get("/v1/warnings").body()).doesNotContain("\"accounts-not-checked\"");
  }

  private static TestNode start(Map<Key<?>, String> settings, Map<String, String> files) {
    Map<Key<?>, String> all = new HashMap<>(settings);
    all.put(GatewayKeys.BIND_ADDRESS, "0.0.0.0");
    return TestNode.start(all, files);
  }

  private static boolean accountNeeded(Api page) {
    return page.get("/v1/session").json().getBoolean("accountNeeded");
  }

  private static Api.Reply signIn(Api page, String secret) {
    return page.post(
        "/v1/session", new JsonObject().put("accessKey", "administrator").put("secretKey", secret));
  }
}
