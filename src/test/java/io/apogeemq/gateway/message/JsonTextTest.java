package io.apogeemq.gateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ \"amount\" : 123456789012345678.91,\n\t\"amount\":10.00 }",
        "[1e400, -0, 0.10 ,[ ] ]",
        "\"\\u00e4 ä 𝄞 \\/ \\ud800\"",
        "123456789012345678901234567890",
        "1.50",
        "-0",
        "\"\"",
        "{}",
        "true",
        "false",
        "null"
      })
  void aValueStaysTheTextThatItWas(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    assertThat(JsonText.of(utf8)).isNotNull();
    for (String form :
        new String[] {"{\"json\":%s}", "{\"tag\":\"ä\",\"json\" :  %s , \"keys\":[]}"}) {
      JsonObject message = MessageJson.message(Buffer.buffer(form.formatted(value)));
      assertThat(Payload.read(message)).asString(StandardCharsets.UTF_8).isEqualTo(value);
      assertThat(message.encode()).contains("\"json\":" + value);
    }
    String many = "{\"messages\": [{\"text\": \"\"}, {\"json\": %s}]}".formatted(value);
    JsonObject second =
        MessageJson.message(Buffer.buffer(many)).getJsonArray("messages").getJsonObject(1);
    assertThat(Payload.read(second)).asString(StandardCharsets.UTF_8).isEqualTo(value);
  }

  @Test
  void whatStandsAroundAValueIsNoPartOfIt() {
    byte[] marked = "\uFEFF \n{\"a\": 1}\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(JsonText.of(marked).utf8()).asString().isEqualTo("{\"a\": 1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{\"a\":1} 2", "1 2", "/* why */ 1", "{'a':1}", "[1,]", "01", "x"})
  void whatIsNotOneValueIsNone(String text) {
    assertThat(JsonText.of(text.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void jsonOfAnotherEncodingIsNone() {
    byte[] wide = "{\"json\": 1}".getBytes(StandardCharsets.UTF_16BE);
    assertThat(JsonText.of(wide)).isNull();
    assertThatThrownBy(() -> MessageJson.message(Buffer.buffer(wide)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "{\"json\": {", "{\"json\": \"a", "{\"json\": 1", "{\"a\": [", "{} {}", " "})
  void whatEndsTooEarlyOrTooLateIsNoMessage(String text) {
    assertThatThrownBy(() -> MessageJson.message(Buffer.buffer(text)))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void numbersOfPropertiesKeepTheirDigits() {
    JsonObject message =
        MessageJson.message(
            Buffer.buffer("{\"properties\": {\"price\": 10.00, \"big\": 1E400}, \"delayMs\": 5}"));
    assertThat(message.getJsonObject("properties").getMap())
        .containsEntry("price", "10.00")
        .containsEntry("big", "1E400");
    assertThat(message.getValue("delayMs")).isEqualTo(5);
  }
}
