package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.openapi.Operation;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Somebody who guesses secrets, and what others at his address notice of it. */
class GuessTest {
  private static final String MARK = "X-Apogee-Console";

  private static TestNode node;
  private static Api anybody;

  @BeforeAll
  static void start() {
    node = AccountNode.another();
    anybody = new Api(node.gatewayPort());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void whoGuessesAtAnyOperationMustWaitAndSignedInOnesNeedNot() {
    Api administrator = basic(anybody, "administrator", "12345678");
    String token = administrator.post("/v1/tokens").json().getString("token");
    JsonObject account =
        new JsonObject().put("accessKey", "administrator").put("secretKey", "12345678");
    Api page = anybody.with(MARK, "1");
    String cookie =
        page.post("/v1/session", account).whole().headers().firstValue("set-cookie").orElseThrow();
    Api reader = basic(anybody, "readers-account", "abcdefgh");
    assertThat(reader.get("/v1/topics").status()).isEqualTo(200);

    for (int i = 0; i < 5; i++) {
      assertThat(basic(anybody, "administrator", "wrong" + i).get("/v1/topics").status())
          .isEqualTo(401);
    }
    Api.Reply waits = untilItWaits(() -> basic(anybody, "administrator", "x").get("/v1/topics"));
    assertThat(waits.json().getLong("retryAfterSeconds")).isBetween(1L, 60L);
    assertThat(waits.whole().headers().firstValue("retry-after"))
        .contains(waits.json().getLong("retryAfterSeconds").toString());

    // The right secret, from where it is guessed; behind a proxy that is everywhere.
    assertThat(administrator.get("/v1/topics").status()).isEqualTo(200);
    assertThat(reader.get("/v1/topics").status()).isEqualTo(200);
    Api signedIn = page.with("Cookie", cookie.replaceFirst(";.*", ""));
    assertThat(signedIn.get("/v1/topics").status()).isEqualTo(200);
    Api bearer = anybody.with("Authorization", "Bearer " + token);
    assertThat(bearer.get("/v1/topics").status()).isEqualTo(200);
  }

  /** They would be remembered. */
  @Test
  void keysOfAnyLengthAreRefused() {
    String tooLong = "k".repeat(257);
    refusedAsTooLong(basic(anybody, tooLong, "secret").get("/v1/topics"));
    refusedAsTooLong(basic(anybody, "somebody", tooLong).get("/v1/topics"));
    refusedAsTooLong(
        anybody.post(
            "/v1/session", new JsonObject().put("accessKey", tooLong).put("secretKey", "secret")));
  }

  private static void refusedAsTooLong(Api.Reply reply) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(401);
    assertThat(reply.json().getInteger("limit")).isEqualTo(256);
  }

  /** As all clients do after a restart of the gateway, and behind a proxy they have one address. */
  @Test
  void whoComesWithATokenOfBeforeIsToldSoHoweverManyDo() {
    Api dead = anybody.with("Authorization", "Bearer of-a-gateway-that-has-ended");
    for (int i = 0; i < 20; i++) {
      assertThat(dead.get("/v1/topics").status()).isEqualTo(401);
      assertThat(anybody.get("/v1/topics/t/tail?ticket=old").status()).isEqualTo(401);
    }
  }

  /** The answer 429 that the document describes of each operation, at a node of its own. */
  static void everyOperationMakesWait() {
    try (TestNode own = AccountNode.another()) {
      Api guessing = basic(new Api(own.gatewayPort()), "administrator", "wrong");
      for (int i = 0; i < 5; i++) {
        assertThat(guessing.get("/v1/topics").status()).isEqualTo(401);
      }
      for (Operation each : ApiDocument.ofThisJar().operations()) {
        if (!each.open()) {
          String path =
              each.path().replaceAll("\\{\\w+}", "x")
                  + (each.id().equals("findByKey") ? "?key=k" : "");
          Api.Reply waits =
              untilItWaits(() -> guessing.send(each.method(), path, BodyPublishers.noBody()));
          assertThat(waits.whole().headers().firstValue("retry-after")).isPresent();
        }
      }
      JsonObject guess = new JsonObject().put("accessKey", "administrator").put("secretKey", "x");
      untilItWaits(() -> new Api(own.gatewayPort()).post("/v1/session", guess));
    }
  }

  /** The answer 429; a guess that came after the wait has the next wait longer. */
  private static Api.Reply untilItWaits(Supplier<Api.Reply> guess) {
    Api.Reply reply = guess.get();
    for (int i = 0; i < 10 && reply.status() == 401; i++) {
      reply = guess.get();
    }
    assertThat(reply.status()).as(reply.body()).isEqualTo(429);
    return reply;
  }

  private static Api basic(Api api, String accessKey, String secretKey) {
    return api.with(
        "Authorization",
        "Basic "
            + Base64.getEncoder()
                .encodeToString((accessKey + ":" + secretKey).getBytes(StandardCharsets.UTF_8)));
  }
}
