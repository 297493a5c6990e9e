package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A JSON body is stored, and shown, as the text that was sent. */
class ExactJsonTest {
  private static final String EXACT =
      "{ \"amount\": 123456789012345678.91, \"price\":10.00,\"price\": 1e2, \"name\": \"\\u00e4é\" }";

  private final Api api = SharedNode.api();

  @Test
  void itIsStoredAndShownToTheLastSignInWhateverFormItWasSent() {
    String topic = "gw-exact";
    String path = "/v1/topics/" + topic + "/messages";
    String message = "{\"tag\": \"t\", \"json\": " + EXACT + "}";
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":"
            + EXACT
            + "}";
    for (Api.Reply each :
        List.of(
            api.post(path, "application/json", message),
            api.post(path, "application/json", "{\"messages\": [" + message + "]}"),
            api.post(path, "application/x-ndjson", message + "\n"),
            api.post(path, "application/cloudevents+json", event),
            api.post(path, "application/cloudevents-batch+json", "[" + event + "]"))) {
      assertThat(each.status()).as(each.body()).isEqualTo(200);
      assertThat(each.body()).contains("SEND_OK");
    }
    assertThat(times("\"json\":" + EXACT, api.get(path + "?as=json"))).isEqualTo(5);
    assertThat(times("\"data\":" + EXACT, api.get(path + "?as=cloudevents")))
        .as("the two that came as events")
        .isEqualTo(2);

    List<String> texts = new ArrayList<>();
    api.get(path + "?as=text").json().getJsonArray("messages").stream()
        .forEach(each -> texts.add(((JsonObject) each).getString("text")));
    assertThat(texts).hasSize(5).containsOnly(EXACT);

    Api.Reply received =
        api.post("/v1/topics/" + topic + "/groups/exact/receive?as=json&max=5&waitMs=5000");
    assertThat(times("\"json\":" + EXACT, received)).isPositive();
  }

  private static int times(String text, Api.Reply in) {
    return in.body().split(Pattern.quote(text), -1).length - 1;
  }

  @Test
  void linesOfABodyAreNoLinesOfAnEvent() throws Exception {
    Api.Reply sent =
        api.post(
            "/v1/topics/gw-exact-tail/messages",
            "application/json",
            "{\"json\": {\n  \"a\":\r\n 10.00\n}}");
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    try (Events events = Events.open(api, "/v1/topics/gw-exact-tail/tail?from=first&as=json")) {
      assertThat(events.next().getJsonObject("json").getDouble("a")).isEqualTo(10.0);
    }
  }

  @Test
  void commentsAreNoJson() {
    Api.Reply reply =
        api.post(
            "/v1/topics/gw-exact/messages", "application/json", "{\"json\": /* not for all */ 1}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().getString("detail")).contains("no JSON");
  }
}
