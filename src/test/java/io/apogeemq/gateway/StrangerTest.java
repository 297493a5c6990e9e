package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Somebody at another address who knows an account's name and not its secret. */
class StrangerTest {
  private static final int PER_SECOND = 5;

  @Test
  void aStrangerSpendsNoneOfTheRequestsOfTheAccountThatHeNames() throws IOException {
    Map<Key<?>, String> limit =
        Map.of(GatewayKeys.REQUESTS_PER_SECOND, Integer.toString(PER_SECOND));
    try (TestNode node = AccountNode.another(limit)) {
      Api owner =
          new Api(node.gatewayPort()).with("Authorization", basic("administrator:12345678"));
      assertThat(owner.get("/v1/topics").status()).isEqualTo(200);
      for (int i = 0; i < 4 * PER_SECOND; i++) {
        assertThat(strangersStatus(node.gatewayPort(), "administrator:wrong" + i)).isIn(401, 429);
      }
      assertThat(owner.get("/v1/topics").status()).isEqualTo(200);
    }
  }

  private static int strangersStatus(int port, String account) throws IOException {
    InetAddress elsewhere = InetAddress.getByName("127.0.0.2");
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, elsewhere, 0)) {
      socket.setSoTimeout(10_000);
      String request =
          "GET /v1/topics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
              + basic(account)
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] head = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(head, 9, 3, StandardCharsets.US_ASCII));
    }
  }

  private static String basic(String account) {
    return "Basic " + Base64.getEncoder().encodeToString(account.getBytes(StandardCharsets.UTF_8));
  }
}
