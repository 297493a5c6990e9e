package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Somebody at another address who knows an account's name and not its secret. */
class StrangerTest {
  private static final String ELSEWHERE = "127.0.0.2";

  /** One request per second each, so that the stranger has soon sent too many on any machine. */
  @Test
  void aStrangerSpendsNoneOfTheRequestsOfTheAccountThatHeNames() {
    Map<Key<?>, String> limit = Map.of(GatewayKeys.REQUESTS_PER_SECOND, "1");
    try (TestNode node = AccountNode.another(limit)) {
      Api owner =
          new Api(node.gatewayPort()).with("Authorization", basic("administrator:12345678"));
      assertThat(owner.get("/v1/topics").status()).isEqualTo(200);
      AtomicInteger guesses = new AtomicInteger();
      String refused =
          Awaitility.await()
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(1))
              .until(
                  () -> strangersAnswer(node.gatewayPort(), "wrong" + guesses.incrementAndGet()),
                  answer -> answer.contains("/problems/too-many-requests"));
      assertThat(refused).contains(ELSEWHERE + " sends more").doesNotContain("administrator");
      assertThat(owner.get("/v1/topics").status()).isEqualTo(200);
    }
  }

  private static String strangersAnswer(int port, String secret) throws IOException {
    InetAddress elsewhere = InetAddress.getByName(ELSEWHERE);
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, elsewhere, 0)) {
      socket.setSoTimeout(10_000);
      String request =
          "GET /v1/topics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
              + basic("administrator:" + secret)
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[8192];
      while (answer.indexOf("}") < 0) { // the end of a problem
        int read = socket.getInputStream().read(part);
        assertThat(read).as(answer.toString()).isPositive();
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }
      return answer.toString();
    }
  }

  private static String basic(String account) {
    return "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8));
  }
}
