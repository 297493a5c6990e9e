package io.apogeemq.gateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.config.Credentials;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** By what a message is known again. */
class OutgoingTest {
  private static final Credentials ONE = new Credentials("one", "secret");

  private final JsonObject json = new JsonObject().put("text", "a").put("idempotencyKey", "k");

  @Test
  void theIdIsTheSameForOneAccountTopicAndKeyWhateverItsSecret() {
    assertThat(id("t", json, ONE))
        .isEqualTo(id("t", json.copy().put("text", "b"), new Credentials("one", "other")))
        .matches("[0-9A-F]{32}");
    Set<String> others = new HashSet<>();
    others.add(id("t", json, ONE));
    others.add(id("t", json, null));
    others.add(id("t", json, new Credentials("two", "secret")));
    others.add(id("u", json, ONE));
    others.add(id("t", json.copy().put("idempotencyKey", "l"), ONE));
    assertThat(others).hasSize(5);
  }

  @Test
  void withoutAKeyTheClientGivesTheId() {
    Outgoing keyless = Outgoing.of("t", new JsonObject().put("text", "a"));
    assertThat(keyless.as(ONE).properties()).doesNotContainKey("UNIQ_KEY");
  }

  @Test
  void theFingerprintIsOfTheMessageInWhateverOrderItIsDescribed() {
    JsonObject properties = new JsonObject().put("a", "1").put("b", "2");
    JsonObject turned = new JsonObject().put("b", "2").put("a", "1");
    String fingerprint = fingerprint(json.copy().put("properties", properties));
    assertThat(fingerprint(json.copy().put("properties", turned))).isEqualTo(fingerprint);
    assertThat(fingerprint(json.copy().put("properties", turned.copy().put("a", "2"))))
        .isNotEqualTo(fingerprint);
    assertThat(fingerprint(json.copy().put("text", "b"))).isNotEqualTo(fingerprint(json));
  }

  private static String id(String topic, JsonObject json, Credentials account) {
    return Outgoing.of(topic, json).as(account).properties().get("UNIQ_KEY");
  }

  private static String fingerprint(JsonObject json) {
    return Outgoing.of("t", json).fingerprint();
  }
}
