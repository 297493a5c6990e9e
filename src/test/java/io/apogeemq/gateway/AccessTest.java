package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.MessageId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accounts of the broker, by Basic, by token and by ticket. */
class AccessTest {
  private static Api anybody;
  private static Api administrator;
  private static Api reader;

  @BeforeAll
  static void start() {
    anybody = AccountNode.api();
    administrator = anybody.with("Authorization", basic("administrator", "12345678"));
    reader = anybody.with("Authorization", basic("readers-account", "abcdefgh"));
    JsonObject message = new JsonObject().put("text", "secret");
    assertThat(administrator.post("/v1/topics/gw-acl/messages", message).status()).isEqualTo(200);
  }

  @Test
  void whoNamesNoAccountIsAskedForOne() {
    Api.Reply reply = anybody.get("/v1/topics");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.whole().headers().firstValue("www-authenticate")).isPresent();
    assertThat(anybody.get("/livez").status()).isEqualTo(200);
    HttpRequest head = anybody.request("HEAD", "/livez", BodyPublishers.noBody());
    assertThat(Api.http().sendAsync(head, BodyHandlers.discarding()).join().statusCode())
        .isEqualTo(200);
  }

  @Test
  void aWrongSecretGetsNothingNotEvenTheListOfTopics() {
    Api wrong = anybody.with("Authorization", basic("readers-account", "wrong-secret"));
    assertThat(wrong.get("/v1/topics").status()).isEqualTo(401);
    Api unknown = anybody.with("Authorization", basic("nobodys-account", "abcdefgh"));
    assertThat(unknown.get("/v1/topics").status()).isEqualTo(401);
    assertThat(anybody.with("Authorization", "Basic !!").get("/v1/topics").status()).isEqualTo(401);
    assertThat(anybody.with("Authorization", "Digest x").get("/v1/topics").status()).isEqualTo(401);
  }

  @Test
  void theBrokerSaysWhatAnAccountMay() {
    assertThat(
            reader
                .post("/v1/topics/gw-acl/groups/gw-acl-group/receive?waitMs=5000")
                .json()
                .getJsonArray("messages"))
        .hasSize(1);
    Api.Reply sent = reader.post("/v1/topics/gw-acl/messages", new JsonObject().put("text", "x"));
    assertThat(sent.status()).isEqualTo(403);
    assertThat(sent.json().getString("detail")).contains("gw-acl");
    for (String each : new String[] {"/v1/delayed", "/v1/transactions"}) {
      assertThat(administrator.get(each).status()).as(each).isEqualTo(200);
      assertThat(reader.get(each).status()).as(each).isEqualTo(403);
    }
  }

  @Test
  void onlyWhoMayPublishToTheTopicEndsATransaction() {
    String topic = "/v1/topics/gw-acl-transactions";
    assertThat(administrator.put(topic, new JsonObject()).status()).isLessThan(300);
    Api.Reply begun =
        administrator.post(topic + "/transactions", new JsonObject().put("text", "secret"));
    assertThat(begun.status()).as(begun.body()).isEqualTo(201);
    String open = "/v1/transactions/" + begun.json().getString("transaction");
    for (String each : new String[] {"/commit", "/rollback"}) {
      Api.Reply refused = reader.post(open + each);
      assertThat(refused.status()).as(refused.body()).isEqualTo(403);
      assertThat(refused.json().getString("detail")).contains("gw-acl-transactions");
    }
    assertThat(administrator.post(open + "/commit").status()).isEqualTo(204);
  }

  /** A receipt says where the record lies, and is signed by nobody. */
  @Test
  void aForgedReceiptMakesNoDeadLetterOfAMessageOfOthers() {
    JsonObject message = new JsonObject().put("text", "secret");
    for (String topic : List.of("gw-acl-neighbour", "gw-acl-own", "gw-acl-own")) {
      assertThat(administrator.post("/v1/topics/" + topic + "/messages", message).status())
          .isEqualTo(200);
    }
    long position =
        MessageId.parse(
                administrator
                    .get("/v1/topics/gw-acl-neighbour/messages")
                    .json()
                    .getJsonArray("messages")
                    .getJsonObject(0)
                    .getString("offsetMessageId"))
            .logPosition();
    String group = "/v1/groups/gw-acl-own-group/dead-letter";
    Api.Reply refused =
        reader.post(group, receipts(receipt().replaceAll("[0-9]+$", "" + position)));
    assertThat(refused.result(0).getJsonObject("problem").getInteger("status")).isEqualTo(403);
    assertThat(refused.body()).contains("gw-acl-neighbour");
    assertThat(reader.post(group, receipts(receipt())).status()).isEqualTo(200);
    JsonArray dead =
        administrator
            .get("/v1/groups/gw-acl-own-group/dead-letters")
            .json()
            .getJsonArray("messages");
    assertThat(dead).hasSize(1);
    assertThat(dead.getJsonObject(0).getJsonObject("properties").getString("RETRY_TOPIC"))
        .isEqualTo("gw-acl-own");
  }

  /** The text within the receipt of a message that the reader may have. */
  private static String receipt() {
    JsonArray taken =
        reader
            .post("/v1/topics/gw-acl-own/groups/gw-acl-own-group/receive?max=1&waitMs=5000")
            .json()
            .getJsonArray("messages");
    String receipt = taken.getJsonObject(0).getString("receipt");
    return new String(Base64.getUrlDecoder().decode(receipt), StandardCharsets.UTF_8);
  }

  private static JsonObject receipts(String text) {
    String receipt =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    return new JsonObject().put("receipts", new JsonArray().add(receipt));
  }

  @Test
  void aTokenStandsForTheAccount() {
    String token = reader.post("/v1/tokens").json().getString("token");
    Api bearer = anybody.with("Authorization", "Bearer " + token);
    assertThat(bearer.get("/v1/topics").status()).isEqualTo(200);
    assertThat(
            bearer.post("/v1/topics/gw-acl/messages", new JsonObject().put("text", "x")).status())
        .isEqualTo(403);
    assertThat(
            anybody
                .with("Authorization", "Bearer " + token.substring(1))
                .get("/v1/topics")
                .status())
        .isEqualTo(401);
    assertThat(anybody.post("/v1/tokens").status()).isEqualTo(401);
  }

  @Test
  void aTokenThatATokenHasGotDoesNotOutliveIt() {
    Api.Reply first = reader.post("/v1/tokens?lifeSeconds=60");
    assertThat(first.json().getInteger("expiresInSeconds")).isEqualTo(60);
    Api bearer = anybody.with("Authorization", "Bearer " + first.json().getString("token"));
    Api.Reply second = bearer.post("/v1/tokens?lifeSeconds=86400");
    assertThat(second.json().getInteger("expiresInSeconds")).isBetween(1, 60);
    Api renewed = anybody.with("Authorization", "Bearer " + second.json().getString("token"));
    assertThat(renewed.get("/v1/topics").status()).isEqualTo(200);
  }

  @Test
  void aTicketOpensOneWebSocketAndNoSecond() throws Exception {
    String ticket = reader.post("/v1/tickets").json().getString("ticket");
    String path = "/v1/topics/gw-acl/groups/gw-acl-group/subscribe?ticket=" + ticket;
    try (Frames frames = Frames.open(anybody, path)) {
      frames.sendText("{}");
      frames.next("problem"); // it is open
    }
    try (Frames frames = Frames.open(anybody, path)) {
      throw new AssertionError("a ticket was used twice: " + frames);
    } catch (CompletionException refused) {
      assertThat(refused).hasStackTraceContaining("401");
    }
    assertThat(anybody.with("Authorization", "Bearer " + ticket).get("/v1/topics").status())
        .isEqualTo(401);
  }

  private static String basic(String accessKey, String secretKey) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((accessKey + ":" + secretKey).getBytes(StandardCharsets.UTF_8));
  }
}
