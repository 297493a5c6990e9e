package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Publish, receive and settle over real sockets. */
class PublishReceiveTest {
  private final Api api = SharedNode.api();

  @Test
  void aMessageIsPublishedReceivedAndAcknowledged() {
    JsonObject message =
        new JsonObject()
            .put("text", "first")
            .put("tag", "greeting")
            .put("keys", new JsonArray().add("k1").add("k2"))
            .put("properties", new JsonObject().put("colour", "red").put("n", 7));
    Api.Reply sent = api.post("/v1/topics/gw-first/messages", message);
    assertThat(sent.status()).isEqualTo(200);
    assertThat(sent.result(0).getString("status")).isEqualTo("SEND_OK");

    JsonObject received = receiveOne("gw-first", "gw-first-group", "");
    assertThat(received.getString("text")).isEqualTo("first");
    assertThat(received.getString("tag")).isEqualTo("greeting");
    assertThat(received.getJsonArray("keys")).containsExactly("k1", "k2");
    assertThat(received.getJsonObject("properties").getMap())
        .containsEntry("colour", "red")
        .containsEntry("n", "7");
    assertThat(received.getString("messageId")).isEqualTo(sent.result(0).getString("messageId"));
    assertThat(received.getInteger("attempt")).isEqualTo(1);

    Api.Reply acked = api.post("/v1/groups/gw-first-group/ack", receipts(received));
    assertThat(acked.status()).isEqualTo(200);
    assertThat(progress("gw-first", "gw-first-group")).isEmpty();
  }

  @Test
  void aLargeBodyIsSentAfterTheGatewayHasAgreed() {
    String large = "x".repeat(3_000_000);
    Api.Reply sent = api.post("/v1/topics/gw-large/messages", "text/plain", large);
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    assertThat(receiveOne("gw-large", "gw-large-group", "").getString("text")).isEqualTo(large);
  }

  @Test
  void manyMessagesHaveEachTheirResult() {
    JsonArray messages =
        new JsonArray()
            .add(new JsonObject().put("json", new JsonObject().put("a", 1)))
            .add(new JsonObject().put("tag", "without body"))
            .add(new JsonObject().put("base64", "AAEC/w=="));
    Api.Reply sent =
        api.post("/v1/topics/gw-many/messages", new JsonObject().put("messages", messages));
    assertThat(sent.status()).isEqualTo(207);
    assertThat(sent.result(0).getString("status")).isEqualTo("SEND_OK");
    assertThat(sent.result(1).getJsonObject("problem").getString("detail")).contains("text");
    assertThat(sent.result(2).getString("status")).isEqualTo("SEND_OK");
  }

  @Test
  void bodiesComeInTheFormThatIsAskedFor() {
    api.post(
        "/v1/topics/gw-forms/messages", new JsonObject().put("json", new JsonObject().put("a", 1)));
    assertThat(receiveOne("gw-forms", "as-json", "as=json").getJsonObject("json").getInteger("a"))
        .isEqualTo(1);
    assertThat(receiveOne("gw-forms", "as-text", "as=text").getString("text"))
        .isEqualTo("{\"a\":1}");
    assertThat(receiveOne("gw-forms", "as-base64", "as=base64").getBinary("base64"))
        .asString()
        .isEqualTo("{\"a\":1}");
  }

  @Test
  void aRawBodyIsAMessageWithHeadersAsProperties() {
    Api.Reply sent =
        api.post(
            "/v1/topics/gw-raw/messages?tag=t&keys=a,b",
            "text/csv",
            "x,y",
            "X-Property-Colour",
            "blue");
    assertThat(sent.status()).isEqualTo(200);
    JsonObject received = receiveOne("gw-raw", "gw-raw-group", "");
    assertThat(received.getString("text")).isEqualTo("x,y");
    assertThat(received.getString("tag")).isEqualTo("t");
    assertThat(received.getJsonObject("properties").getMap())
        .containsEntry("colour", "blue")
        .containsEntry("content-type", "text/csv");
  }

  @Test
  void aPropertyInAHeaderMayHaveAnyLetters() throws Exception {
    String path = "/v1/topics/gw-raw-letters/messages";
    try (Socket socket = new Socket("127.0.0.1", api.uri(path).getPort())) {
      String request =
          "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/plain\r\n"
              + "X-Property-City: Zürich 杭州\r\nContent-Length: 1\r\n\r\nx";
      socket.getOutputStream().write(request.formatted(path).getBytes(StandardCharsets.UTF_8));
      assertThat(socket.getInputStream().readAllBytes()).asString().contains("SEND_OK");
    }
    JsonObject received = receiveOne("gw-raw-letters", "gw-raw-letters-group", "");
    assertThat(received.getJsonObject("properties").getString("city")).isEqualTo("Zürich 杭州");
  }

  @Test
  void whatTheQuerySaysBesideAJsonBodyIsRefused() {
    for (String each : List.of("tag=t", "keys=a", "delayMs=5000", "orderKey=o")) {
      Api.Reply reply =
          api.post("/v1/topics/gw-raw/messages?" + each, new JsonObject().put("text", "x"));
      assertThat(reply.status()).as(reply.body()).isEqualTo(400);
      assertThat(reply.json().getString("detail")).contains("beside a JSON body");
    }
  }

  @Test
  void aLongPollIsAnsweredWhenAMessageComes() throws Exception {
    api.post("/v1/topics/gw-poll/messages", new JsonObject().put("text", "makes the topic"));
    api.post("/v1/groups/gw-poll-group/ack", receipts(receiveOne("gw-poll", "gw-poll-group", "")));
    CompletableFuture<Api.Reply> waiting =
        api.sending("POST", "/v1/topics/gw-poll/groups/gw-poll-group/receive?waitMs=20000");
    api.post("/v1/topics/gw-poll/messages", new JsonObject().put("text", "now"));
    Api.Reply reply = waiting.get(15, TimeUnit.SECONDS);
    assertThat(reply.json().getJsonArray("messages").getJsonObject(0).getString("text"))
        .isEqualTo("now");
  }

  @Test
  void aMessageThatIsNotAcknowledgedComesAgainSoonAfterANack() {
    api.post("/v1/topics/gw-nack/messages", new JsonObject().put("text", "again"));
    JsonObject first = receiveOne("gw-nack", "gw-nack-group", "invisibleMs=600000");
    Api.Reply nacked =
        api.post("/v1/groups/gw-nack-group/nack", receipts(first).put("delayMs", 1000));
    assertThat(nacked.status()).isEqualTo(200);
    JsonObject second = receiveOne("gw-nack", "gw-nack-group", "waitMs=20000");
    assertThat(second.getString("messageId")).isEqualTo(first.getString("messageId"));
    assertThat(second.getInteger("attempt")).isEqualTo(2);
  }

  @Test
  void anExtendedMessageIsAcknowledgedByItsNewReceipt() {
    api.post("/v1/topics/gw-extend/messages", new JsonObject().put("text", "takes long"));
    JsonObject received = receiveOne("gw-extend", "gw-extend-group", "invisibleMs=2000");
    Api.Reply extended =
        api.post("/v1/groups/gw-extend-group/extend", receipts(received).put("invisibleMs", 60000));
    assertThat(extended.status()).isEqualTo(200);
    String renewed = extended.result(0).getString("newReceipt");
    assertThat(renewed).isNotEqualTo(received.getString("receipt"));
    // Longer than the old time: without the extension it would come again.
    assertThat(messages("gw-extend", "gw-extend-group", "waitMs=3500")).isEmpty();
    Api.Reply acked =
        api.post(
            "/v1/groups/gw-extend-group/ack",
            new JsonObject().put("receipts", new JsonArray().add(renewed)));
    assertThat(acked.status()).isEqualTo(200);
  }

  @Test
  void whatIsNoReceiptIsSaidForEachReceipt() {
    Api.Reply reply =
        api.post(
            "/v1/groups/gw-any/ack",
            new JsonObject().put("receipts", new JsonArray().add("nonsense")));
    assertThat(reply.status()).isEqualTo(207);
    assertThat(reply.result(0).getJsonObject("problem").getString("detail")).contains("no receipt");
  }

  @Test
  void anIdempotencyKeyStoresOneMessageAndTellsItsResultAgain() {
    JsonObject message = new JsonObject().put("text", "once");
    Api.Reply first =
        api.post("/v1/topics/gw-once/messages", message, "Idempotency-Key", "order-1");
    Api.Reply second =
        api.post("/v1/topics/gw-once/messages", message, "Idempotency-Key", "order-1");
    assertThat(second.result(0)).isEqualTo(first.result(0));
    assertThat(messages("gw-once", "gw-once-group", "max=32")).hasSize(1);
  }

  @Test
  void anIdempotencyKeyIsItsAccountsAlone() {
    String path = "/v1/topics/gw-once-each/messages";
    Api other = api.with("Authorization", "Basic YTpi"); // a:b; the broker checks nobody
    List<String> ids = new ArrayList<>();
    for (Api each : List.of(api, other)) {
      JsonObject message = new JsonObject().put("text", "of " + (each == api ? "nobody" : "a"));
      Api.Reply reply = each.post(path, message, "Idempotency-Key", "1");
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      ids.add(reply.result(0).getString("messageId"));
    }
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(messages("gw-once-each", "gw-once-each-group", "max=32&waitMs=5000"))
        .hasSizeBetween(1, 2);
    assertThat(api.get(path).json().getJsonArray("messages")).hasSize(2);
  }

  @Test
  void anotherMessageUnderAUsedIdempotencyKeyIsRefused() {
    String path = "/v1/topics/gw-once-other/messages";
    JsonObject first = new JsonObject().put("text", "first").put("idempotencyKey", "1");
    assertThat(api.post(path, first).status()).isEqualTo(200);
    for (JsonObject each :
        List.of(
            first.copy().put("text", "second"),
            first.copy().put("tag", "t"),
            first.copy().put("properties", new JsonObject().put("p", "v")))) {
      Api.Reply reply = api.post(path, each);
      assertThat(reply.status()).as(reply.body()).isEqualTo(422);
      assertThat(reply.json().getString("type")).isEqualTo("/problems/key-reused");
      assertThat(reply.json().getString("cure")).isNotBlank();
    }
    JsonArray both = new JsonArray().add(first).add(first.copy().put("text", "second"));
    Api.Reply reply = api.post(path, new JsonObject().put("messages", both));
    assertThat(reply.status()).as(reply.body()).isEqualTo(207);
    assertThat(reply.result(0).getString("status")).isEqualTo("SEND_OK");
    assertThat(reply.result(1).getJsonObject("problem").getInteger("status")).isEqualTo(422);
    assertThat(api.get(path).json().getJsonArray("messages")).hasSize(1);
  }

  @Test
  void messagesOfOneOrderKeyLieInOneQueue() {
    JsonArray messages = new JsonArray();
    for (int i = 0; i < 8; i++) {
      messages.add(new JsonObject().put("text", "m" + i).put("orderKey", "customer-7"));
    }
    Api.Reply sent =
        api.post("/v1/topics/gw-order/messages", new JsonObject().put("messages", messages));
    assertThat(sent.status()).as(sent.body()).isEqualTo(200);
    for (int i = 0; i < 8; i++) {
      assertThat(sent.result(i).getInteger("queueId"))
          .isEqualTo(sent.result(0).getInteger("queueId"));
      assertThat(sent.result(i).getLong("offset")).isEqualTo(sent.result(0).getLong("offset") + i);
    }
  }

  /** What is there for a group after it acknowledged all: nothing. */
  private JsonArray progress(String topic, String group) {
    return messages(topic, group, "");
  }

  private JsonObject receiveOne(String topic, String group, String query) {
    JsonArray all =
        messages(topic, group, query.contains("waitMs") ? query : query + "&waitMs=5000");
    assertThat(all).hasSize(1);
    return all.getJsonObject(0);
  }

  private JsonArray messages(String topic, String group, String query) {
    Api.Reply reply = api.post("/v1/topics/" + topic + "/groups/" + group + "/receive?" + query);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json().getJsonArray("messages");
  }

  private static JsonObject receipts(JsonObject message) {
    return new JsonObject().put("receipts", new JsonArray().add(message.getString("receipt")));
  }
}
