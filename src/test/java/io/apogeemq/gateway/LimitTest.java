package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.app.TestNode;
import io.apogeemq.compat.Ports;
import io.apogeemq.config.GatewayKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may call from where, and how much at once. */
class LimitTest {
  private static final String FRIEND = "https://friend.example";
  private static final int CONNECTIONS = 20;
  private static final int PER_SECOND = 50;

  private static TestNode node;
  private static Api api;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            Map.of(
                GatewayKeys.CORS_ORIGINS,
                FRIEND,
                GatewayKeys.MAX_CONNECTIONS,
                Integer.toString(CONNECTIONS),
                GatewayKeys.REQUESTS_PER_SECOND,
                Integer.toString(PER_SECOND)));
    api = new Api(node.gatewayPort());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aPageOfAnAllowedOriginIsToldThatItMay() throws IOException {
    String preflight =
        ask(
            "OPTIONS /v1/topics/t/messages HTTP/1.1",
            "Origin: " + FRIEND,
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: content-type,idempotency-key");
    assertThat(preflight)
        .startsWith("HTTP/1.1 204")
        .containsIgnoringCase("access-control-allow-origin: " + FRIEND)
        .containsIgnoringCase("Idempotency-Key");
    assertThat(ask("GET /livez HTTP/1.1", "Origin: " + FRIEND))
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("access-control-allow-origin: " + FRIEND)
        .containsIgnoringCase("access-control-expose-headers: ");
  }

  /** All headers of the document, and open names where they are what they say. */
  @Test
  void aPageOfAnAllowedOriginMaySendEveryHeaderOfTheApi() throws IOException {
    assertThat(
            allowed(
                "authorization,content-type,idempotency-key,last-event-id,if-none-match,"
                    + "x-property-colour,ce-id,ce-specversion"))
        .contains(
            "authorization",
            "content-type",
            "idempotency-key",
            "last-event-id",
            "if-none-match",
            "x-property-colour",
            "ce-id",
            "ce-specversion");
    assertThat(allowed("x-apogee-console,cookie,x-property-,x-propertyless,ce_id,ce-\u00e9"))
        .doesNotContain("x-apogee-console", "cookie", "x-propertyless", "ce_id", "ce-\u00e9");
  }

  private static List<String> allowed(String wanted) throws IOException {
    String preflight =
        ask(
            "OPTIONS /v1/topics/t/messages HTTP/1.1",
            "Origin: " + FRIEND,
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: " + wanted);
    assertThat(preflight).startsWith("HTTP/1.1 204").containsIgnoringCase("vary: origin");
    return list(preflight, "access-control-allow-headers: ");
  }

  /** The names in a header of an answer, in small letters. */
  private static List<String> list(String answer, String header) {
    return answer
        .lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith(header))
        .flatMap(line -> List.of(line.substring(header.length()).split(", ")).stream())
        .toList();
  }

  @Test
  void aPageOfAnAllowedOriginMayReadWhatAnAnswerSaysInItsHead() throws IOException {
    String topic = "/v1/topics/gw-cors";
    String[] event = {
      "ce-specversion", "1.0", "ce-id", "7", "ce-source", "/s", "ce-type", "t", "ce-colour", "red"
    };
    assertThat(api.post(topic + "/messages", "text/plain", "hello", event).status()).isEqualTo(200);
    String path = topic + "/groups/gw-cors-group/receive?as=raw&waitMs=10000";
    String answer = ask("POST " + path + " HTTP/1.1", "Origin: " + FRIEND, "Content-Length: 0");
    assertThat(answer).startsWith("HTTP/1.1 200").contains("hello");
    List<String> exposed = list(answer, "access-control-expose-headers: ");
    assertThat(exposed)
        .contains("x-receipt", "x-message-id", "etag", "retry-after")
        .contains("ce-id", "ce-source", "ce-type", "ce-specversion", "ce-colour");
    assertThat(exposed.stream().filter(name -> !name.startsWith("ce-")))
        .containsExactlyInAnyOrder(
            "x-receipt", "x-message-id", "etag", "retry-after", "x-body-flaw", "x-left-out");
  }

  /** A browser sends a plain POST to anybody; so the gateway must look whose page it is. */
  @Test
  void aPageOfAnotherOriginCantSendAnything() throws IOException {
    for (String each : List.of("https://evil.example", "null", "http://127.0.0.1:1")) {
      assertThat(
              ask(
                  "POST /v1/topics/gw-origin/messages HTTP/1.1",
                  "Origin: " + each,
                  "Content-Type: text/plain",
                  "Content-Length: 0"))
          .as(each)
          .startsWith("HTTP/1.1 403")
          .doesNotContainIgnoringCase("access-control-allow-origin");
    }
    assertThat(
            ask(
                "GET /v1/topics/t/groups/g/subscribe HTTP/1.1",
                "Origin: https://evil.example",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
        .startsWith("HTTP/1.1 403");
    assertThat(ask("GET /livez HTTP/1.1", "Origin: http://127.0.0.1:" + node.gatewayPort()))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void aConnectionTooManyIsClosedAndThereIsRoomAgainLater() throws IOException {
    List<Socket> open = new ArrayList<>();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        open.add(new Socket("127.0.0.1", node.gatewayPort()));
      }
      Awaitility.await().untilAsserted(() -> assertThat(ask("GET /livez HTTP/1.1")).isEmpty());
    } finally {
      for (Socket each : open) {
        each.close();
      }
    }
    Awaitility.await()
        .untilAsserted(() -> assertThat(ask("GET /livez HTTP/1.1")).startsWith("HTTP/1.1 200"));
  }

  @Test
  void whoSendsTooOftenIsToldToWait() throws Exception {
    // From several threads: one alone may be too slow to send too often.
    Api.Reply reply =
        IntStream.range(0, 8)
            .mapToObj(thread -> CompletableFuture.supplyAsync(LimitTest::untilRefused))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .filter(each -> each.status() != 200)
            .findFirst()
            .orElseThrow();
    assertThat(reply.status()).as(reply.body()).isEqualTo(429);
    assertThat(reply.json().getString("type")).isEqualTo("/problems/too-many-requests");
    assertThat(reply.whole().headers().firstValue("retry-after")).contains("1");
    assertThat(api.get("/livez").status()).isEqualTo(200);
    Awaitility.await().until(() -> api.get("/v1/topics").status() == 200);
  }

  /** Whoever has one has 2^64 addresses. */
  @Test
  void requestsFromIpv6AreCountedByTheirNetwork() throws Exception {
    assumeTrue(hasIpv6(), "this machine has no IPv6");
    Vertx vertx = Vertx.vertx();
    int port = Ports.one();
    try {
      GatewayOptions options =
          new GatewayOptions("::1", port, node.nameServer(), 1024, false, List.of(), 1, 10);
      await(new Gateway(vertx, options, 1, "test").deploy());
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://[::1]:" + port + "/v1/topics")).build();
      String refused =
          Stream.generate(() -> Api.http().sendAsync(request, BodyHandlers.ofString()).join())
              .limit(100)
              .filter(each -> each.statusCode() == 429)
              .map(HttpResponse::body)
              .findFirst()
              .orElseThrow();
      assertThat(refused).contains("0:0:0:0::/64 sends more than 1 ");
    } finally {
      await(vertx.close());
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      return any.isBound();
    } catch (IOException none) {
      return false;
    }
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static Api.Reply untilRefused() {
    Api.Reply reply = api.get("/v1/topics");
    for (int i = 0; i < 4 * PER_SECOND && reply.status() == 200; i++) {
      reply = api.get("/v1/topics");
    }
    return reply;
  }

  /** The answer to a request of these lines; empty if the connection was closed without one. */
  private static String ask(String... lines) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", node.gatewayPort())) {
      socket.setSoTimeout(10_000);
      String request =
          String.join("\r\n", lines)
              + "\r\nHost: 127.0.0.1:"
              + node.gatewayPort()
              + (String.join("", lines).contains("Upgrade") ? "" : "\r\nConnection: close")
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[8192];
      int read;
      while ((read = socket.getInputStream().read(part)) > 0) {
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
        if (answer.indexOf("Upgrade") >= 0 || answer.toString().contains("403")) {
          break;
        }
      }
      return answer.toString();
    } catch (java.net.SocketException closed) {
      return "";
    }
  }
}
