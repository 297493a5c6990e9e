package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A browser that signs in with an account of the broker. */
class SessionTest {
  private static final String MARK = "X-Apogee-Console";

  private final Api anybody = AccountNode.api();
  private final Api page = anybody.with(MARK, "1");

  @Test
  void aPageIsToldThatAnAccountIsNeeded() {
    JsonObject session = page.get("/v1/session").json();
    assertThat(session.getBoolean("accountNeeded")).isTrue();
    assertThat(session.containsKey("account")).isFalse();
  }

  @Test
  void whoSignsInGetsACookieThatNoScriptReadsAndNoOtherSiteSends() {
    Api.Reply reply = signIn("administrator", "12345678");
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    assertThat(reply.body()).doesNotContain("12345678");
    assertThat(setCookie(reply)).contains("HTTPOnly", "SameSite=Strict", "Path=/v1");
    Api signedIn = page.with("Cookie", cookie(reply));
    assertThat(signedIn.get("/v1/topics").status()).isEqualTo(200);
    assertThat(signedIn.get("/v1/session").json().getString("account")).isEqualTo("administrator");
  }

  @Test
  void theCookieIsWorthNothingWithoutTheHeaderThatOtherOriginsCannotSend() {
    Api forged = anybody.with("Cookie", cookie(signIn("administrator", "12345678")));
    assertThat(forged.get("/v1/topics").status()).isEqualTo(401);
    assertThat(forged.delete("/v1/topics/TopicTest").status()).isEqualTo(401);
  }

  @Test
  void aFormOfAnotherSiteCannotSignIn() {
    Api.Reply reply =
        anybody.post(
            "/v1/session",
            "text/plain",
            "{\"accessKey\":\"administrator\",\"secretKey\":\"12345678\"}");
    assertThat(reply.status()).isEqualTo(415);
  }

  @Test
  void theSessionHasTheRightsOfItsAccount() {
    Api reader = page.with("Cookie", cookie(signIn("readers-account", "abcdefgh")));
    JsonObject message = new JsonObject().put("text", "x");
    assertThat(reader.post("/v1/topics/gw-acl/messages", message).status()).isEqualTo(403);
  }

  @Test
  void whoSignsOutIsOut() {
    Api signedIn = page.with("Cookie", cookie(signIn("administrator", "12345678")));
    Api.Reply out = signedIn.delete("/v1/session");
    assertThat(out.status()).isEqualTo(204);
    assertThat(setCookie(out)).contains("Max-Age=0");
    assertThat(signedIn.get("/v1/topics").status()).isEqualTo(401);
  }

  @Test
  void whoGuessesMustWait() {
    Api.Reply reply = null;
    for (int i = 0; i < 10; i++) {
      reply = signIn("guessed-account", "wrong-secret-" + i);
      if (reply.status() == 429) {
        break;
      }
      assertThat(reply.status()).as(reply.body()).isEqualTo(401);
    }
    assertThat(reply.status()).isEqualTo(429);
    assertThat(reply.whole().headers().firstValue("retry-after")).isPresent();
    // The address may try again soon, and a success forgets what it failed.
    await().until(() -> signIn("administrator", "12345678").status() == 201);
  }

  @Test
  void aRefusedPageIsNotAskedByTheBrowserItself() {
    Api.Reply reply = page.get("/v1/topics");
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.whole().headers().firstValue("www-authenticate").orElse(""))
        .startsWith("Bearer");
  }

  private Api.Reply signIn(String accessKey, String secretKey) {
    return page.post(
        "/v1/session", new JsonObject().put("accessKey", accessKey).put("secretKey", secretKey));
  }

  private static String setCookie(Api.Reply reply) {
    return reply.whole().headers().firstValue("set-cookie").orElse("");
  }

  private static String cookie(Api.Reply reply) {
    return setCookie(reply).replaceFirst(";.*", "");
  }
}
