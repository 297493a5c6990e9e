package io.apogeemq.gateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.config.Credentials;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
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

  @Test
  void aBodyDoesNotPassForPropertiesNorOtherBlanksForTheSameBody() {
    String property =
        fingerprint(json.copy().put("text", "x").put("properties", new JsonObject().put("a", "b")));
    assertThat(fingerprint(json.copy().put("text", "a\u0001b\u0002x"))).isNotEqualTo(property);
    assertThat(sent("{\"json\":{\"a\":1, \"b\":2}}"))
        .isNotEqualTo(sent("{\"json\":{\"a\":1,\"b\":2}}"))
        .isNotEqualTo(sent("{\"json\":{\"b\":2, \"a\":1}}"))
        .isEqualTo(sent("{ \"json\": {\"a\":1, \"b\":2} }"));
  }

  /** The fingerprint of a message as a request describes it. */
  private static String sent(String request) {
    return fingerprint(MessageJson.message(Buffer.buffer(request)));
  }

  /** Of control characters and tiny properties few find room, as the header of a request escapes them. */
  @Test
  void moreThanARecordOrAHeaderHasRoomForIsRefusedHere() {
    assertThat(with("p", "x".repeat(31_000)).message().properties()).hasSize(1);
    for (String each :
        List.of("x".repeat(33_000), "\u00e9".repeat(17_000), "\u0003".repeat(12_000))) {
      assertThatThrownBy(() -> with("p", each)).hasMessageContaining("too large");
    }
    JsonObject tiny = new JsonObject();
    for (int i = 0; i < 5_000; i++) {
      tiny.put(Integer.toString(i), "");
    }
    assertThatThrownBy(() -> Outgoing.of("t", json.copy().put("properties", tiny)))
        .hasMessageContaining("too large");
    assertThatThrownBy(() -> Outgoing.of("t", json.copy().put("idempotencyKey", "k".repeat(256))))
        .hasMessageContaining("more than 255 characters");
  }

  @Test
  void aBodyOfMoreValuesThanAnyRequestNeedsIsNotReadToItsEnd() {
    for (String each :
        List.of(
            "{\"messages\":[" + "{},".repeat(100_000) + "{}]}",
            "{\"properties\":[" + "[],".repeat(100_000) + "[]]}",
            "{\"properties\":" + "{\"q\":[" + "1,".repeat(100_000) + "1]}}")) {
      assertThatThrownBy(() -> MessageJson.message(Buffer.buffer(each)))
          .hasMessageContaining("more than 100000 values");
    }
    String large = "[" + "1,".repeat(200_000) + "1]";
    assertThat(MessageJson.message(Buffer.buffer("{\"json\":" + large + "}")).size()).isEqualTo(1);
  }

  private Outgoing with(String name, String value) {
    return Outgoing.of("t", json.copy().put("properties", new JsonObject().put(name, value)));
  }

  private static String id(String topic, JsonObject json, Credentials account) {
    return Outgoing.of(topic, json).as(account).properties().get("UNIQ_KEY");
  }

  private static String fingerprint(JsonObject json) {
    return Outgoing.of("t", json).fingerprint();
  }
}
