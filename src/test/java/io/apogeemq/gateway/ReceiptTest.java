package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What receipts are good for, and what is none. */
class ReceiptTest {
  private final Api api = SharedNode.api();

  @Test
  void whatIsGivenUpTwiceIsOneDeadLetter() {
    JsonArray receipt = taken("gw-twice", "");
    assertThat(settle("gw-twice", "dead-letter", receipt).status()).isEqualTo(200);
    assertConflict(settle("gw-twice", "dead-letter", receipt));
    assertThat(dead("gw-twice")).hasSize(1);
  }

  @Test
  void whatIsConsumedIsNoDeadLetter() {
    JsonArray receipt = taken("gw-consumed", "");
    assertThat(settle("gw-consumed", "ack", receipt).status()).isEqualTo(200);
    assertConflict(settle("gw-consumed", "dead-letter", receipt));
    assertConflict(settle("gw-consumed", "dead-letter", receipt));
    JsonArray other = taken("gw-consumed", "");
    assertThat(settle("gw-consumed", "dead-letter", other).status()).isEqualTo(200);
    assertThat(dead("gw-consumed")).as("the other").hasSize(1);
  }

  @Test
  void whatIsInOrderIsGivenUpOnceToo() {
    JsonArray receipt = taken("gw-twice-ordered", "&ordered=true");
    assertThat(settle("gw-twice-ordered", "dead-letter", receipt).status()).isEqualTo(200);
    assertConflict(settle("gw-twice-ordered", "dead-letter", receipt));
    assertThat(dead("gw-twice-ordered")).hasSize(1);
  }

  @Test
  void aReceiptWhoseMessageSomebodyElseHasGivesNothingUp() {
    JsonArray receipt = taken("gw-late-burial", "&invisibleMs=1000");
    JsonArray again = received("gw-late-burial", "");
    assertThat(again).isNotEqualTo(receipt);
    assertConflict(settle("gw-late-burial", "dead-letter", receipt));
    assertThat(settle("gw-late-burial", "ack", again).status()).isEqualTo(200);
  }

  @Test
  void whatIsNoTextIsNoReceipt() {
    JsonArray nothing = new JsonArray().addNull().add(5).add(new JsonObject()).add("r");
    for (String how : new String[] {"ack", "nack", "dead-letter"}) {
      Api.Reply reply = settle("gw-no-receipt", how, nothing);
      assertThat(reply.status()).isEqualTo(207);
      for (int i = 0; i < nothing.size(); i++) {
        assertThat(reply.result(i).getJsonObject("problem").getInteger("status")).isEqualTo(400);
      }
    }
  }

  @Test
  void aHandshakeThatLacksSomethingIsABadRequest() throws IOException {
    String[] lines = {
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13"
    };
    for (String left : lines) {
      assertThat(handshake(String.join("\r\n", lines).replace(left, "X-Left: out")))
          .as("without %s", left)
          .startsWith("HTTP/1.1 400 ")
          .contains("application/problem+json");
    }
    assertThat(handshake(String.join("\r\n", lines))).startsWith("HTTP/1.1 101 ");
  }

  /** The beginning of the answer. */
  private String handshake(String headers) throws IOException {
    String path = "/v1/topics/gw-handshake/groups/gw-handshake/subscribe";
    try (Socket socket = new Socket("127.0.0.1", api.uri("/").getPort())) {
      socket.setSoTimeout(10_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] head = new byte[4096];
      int length = socket.getInputStream().read(head);
      return new String(head, 0, length, StandardCharsets.US_ASCII);
    }
  }

  private static void assertConflict(Api.Reply reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(207);
    JsonObject problem = reply.result(0).getJsonObject("problem");
    assertThat(problem.getString("type")).isEqualTo("/problems/conflict");
  }

  /** Publishes a message and takes it; its receipt. */
  private JsonArray taken(String name, String query) {
    JsonObject message = new JsonObject().put("text", "x");
    assertThat(api.post("/v1/topics/" + name + "/messages", message).status()).isEqualTo(200);
    return received(name, query);
  }

  private JsonArray received(String name, String query) {
    JsonArray messages =
        api.post("/v1/topics/" + name + "/groups/" + name + "/receive?waitMs=10000" + query)
            .json()
            .getJsonArray("messages");
    assertThat(messages).hasSize(1);
    return new JsonArray().add(messages.getJsonObject(0).getString("receipt"));
  }

  private Api.Reply settle(String name, String how, JsonArray receipts) {
    return api.post("/v1/groups/" + name + "/" + how, new JsonObject().put("receipts", receipts));
  }

  private JsonArray dead(String group) {
    return api.get("/v1/groups/" + group + "/dead-letters").json().getJsonArray("messages");
  }
}
