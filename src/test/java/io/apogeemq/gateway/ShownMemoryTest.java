package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.GatewayKeys;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What looking at large messages takes of the memory for bodies. */
class ShownMemoryTest {
  private static final int MIB = 1024 * 1024;
  private static final int MESSAGES = 12;
  private static final int SIZE = 250_000;
  private static final String TOPIC = "/v1/topics/gw-shown-memory";
  private static final String PAGE = TOPIC + "/messages?max=100&bodyLimit=262144";

  private static TestNode node;
  private static Api api;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            Map.of(
                GatewayKeys.MAX_BODY_BYTES,
                Integer.toString(8 * MIB),
                GatewayKeys.BODY_MEMORY_BYTES,
                Integer.toString(8 * MIB)));
    api = new Api(node.gatewayPort());
    JsonObject one = new JsonObject().put("queues", 1);
    assertThat(api.put(TOPIC, one).status()).isLessThan(300);
    for (int i = 0; i < MESSAGES; i++) {
      String text = i + "x".repeat(SIZE);
      Api.Reply sent = api.post(TOPIC + "/messages", new JsonObject().put("text", text));
      assertThat(sent.status()).isEqualTo(200);
    }
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aPageOfLargeMessagesEndsEarlyAndTheNextGoesOn() {
    for (String order : List.of("oldest", "newest")) {
      List<Integer> seen = new ArrayList<>();
      JsonObject page = page("&order=" + order);
      while (!page.getJsonArray("messages").isEmpty()) {
        assertThat(page.getJsonArray("messages")).hasSizeLessThan(MESSAGES / 2);
        for (Object each : page.getJsonArray("messages")) {
          seen.add(Integer.valueOf(((JsonObject) each).getString("text").replace("x", "")));
        }
        String position = URLEncoder.encode(page.getString("position"), StandardCharsets.UTF_8);
        page = page("&order=" + order + "&position=" + position);
      }
      boolean oldest = order.equals("oldest");
      assertThat(seen)
          .containsExactlyElementsOf(
              IntStream.range(0, MESSAGES)
                  .map(i -> oldest ? i : MESSAGES - 1 - i)
                  .boxed()
                  .toList());
    }
  }

  @Test
  void whereOthersHoldTheMemoryLargeMessagesAreNotShownAndSmallOnesAre() throws IOException {
    try (Socket holds = new Socket("127.0.0.1", node.gatewayPort())) {
      String head =
          "POST "
              + TOPIC
              + "/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
              + 8 * MIB
              + "\r\n\r\n";
      holds.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      holds.getOutputStream().write(new byte[7 * MIB + MIB / 2]);
      await().until(() -> api.get(PAGE).status() == 503);
      assertThat(api.get(PAGE).json().getString("cure")).contains("bodyLimit");
      assertThat(api.get(TOPIC + "/messages?max=4&bodyLimit=100").status()).isEqualTo(200);
    }
    await().until(() -> api.get(PAGE).status() == 200);
  }

  private static JsonObject page(String more) {
    Api.Reply page = api.get(PAGE + more);
    assertThat(page.status()).as(page.body()).isEqualTo(200);
    return page.json();
  }
}
