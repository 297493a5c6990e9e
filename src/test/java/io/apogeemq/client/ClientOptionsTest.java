package io.apogeemq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ClientOptionsTest {
  @Test
  void aVerticlesConfigurationIsRead() {
    ClientOptions options =
        new ClientOptions(
            new JsonObject()
                .put("nameServers", new JsonArray().add("a:1").add("b:2"))
                .put("requestTimeoutMs", 700)
                .put("accessKey", "me")
                .put("secretKey", "mine")
                .put("ssl", true));
    assertThat(options.getNameServers()).containsExactly("a:1", "b:2");
    assertThat(options.getRequestTimeoutMs()).isEqualTo(700);
    assertThat(options.getHeartbeatMs()).isEqualTo(30_000);
    assertThat(options.getCredentials()).hasToString("account me");
    assertThat(options.isSsl()).isTrue();
    assertThat(new ClientOptions(options)).hasToString(options.toString());
  }

  @Test
  void halfAnAccountAndValuesOutsideAreRefusedByName() {
    assertThatThrownBy(() -> new ClientOptions(new JsonObject().put("accessKey", "me")))
        .hasMessageContaining("secretKey");
    assertThatThrownBy(() -> new ClientOptions().setHeartbeatMs(0))
        .hasMessage("heartbeatMs must be at least 1, not 0");
    assertThatThrownBy(() -> new ReceiveOptions().setMaxMessages(33))
        .hasMessageContaining("at most 32");
  }

  /** With one id they would both be given the same queues, and everything would come twice. */
  @Test
  void clientsOfTheSameOptionsAreTwoMembersUnlessTheyAreNamed() {
    Vertx vertx = Vertx.vertx();
    try {
      ClientOptions shared = ClientOptions.of("127.0.0.1:1");
      ApogeeClient one = ApogeeClient.create(vertx, shared);
      ApogeeClient other = ApogeeClient.create(vertx, shared);
      assertThat(one.clientId()).isNotEqualTo(other.clientId()).matches("[0-9.]+@\\d+#\\d+");

      ClientOptions named = new ClientOptions(shared).setInstanceName("me");
      assertThat(ApogeeClient.create(vertx, named).clientId()).endsWith("@me");
    } finally {
      ScriptedNode.await(vertx.close());
    }
  }

  @Test
  void aClientWithoutANameServerOrAGroupWithoutANameIsNotMade() {
    Vertx vertx = Vertx.vertx();
    try {
      assertThatThrownBy(() -> ApogeeClient.create(vertx, new ClientOptions()))
          .hasMessageContaining("setNameServers");
      ApogeeClient client = ApogeeClient.create(vertx, ClientOptions.of("127.0.0.1:1"));
      assertThatThrownBy(() -> client.producer("")).hasMessageContaining("group is blank");
      assertThatThrownBy(() -> client.popConsumer("a b")).hasMessageContaining("illegal");
      ScriptedNode.await(client.close());
    } finally {
      ScriptedNode.await(vertx.close());
    }
  }
}
