package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.GatewayKeys;
import io.apogeemq.config.Key;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a browser sends on behalf of other sites' pages. */
class OwnPagesTest {
  private final int port = SharedNode.get().gatewayPort();

  @Test
  void aPageOfAnotherSiteChangesNothing() throws IOException {
    String own = "127.0.0.1:" + port;
    assertThat(post(own, "Origin: http://evil.example")).isEqualTo(403);
    assertThat(post(own, "Origin: null")).isEqualTo(403);
    assertThat(post(own, "Origin: http://127.0.0.1")).isEqualTo(403);
    assertThat(post(own, "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors")).isEqualTo(403);
    assertThat(post(own, "Origin: http://" + own + "\r\nSec-Fetch-Site: same-origin"))
        .isEqualTo(DONE);
    assertThat(post("localhost:" + port, "Origin: http://LOCALHOST:" + port)).isEqualTo(DONE);
    assertThat(post(own, "Accept: */*")).isEqualTo(DONE);
  }

  @Test
  void aNameThatIsMadeToLeadHereIsRefused() throws IOException {
    assertThat(post("evil.example:" + port, "Origin: http://evil.example:" + port)).isEqualTo(403);
    assertThat(get("evil.example", "/v1/topics", "Accept: */*")).isEqualTo(403);
    assertThat(get("127.evil.example", "/console/", "Accept: */*")).isEqualTo(403);
    assertThat(get("{.evil.example", "/v1/topics", "Accept: */*")).isIn(400, 403);
    assertThat(get("[::1]:" + port, "/v1/topics", "Accept: */*")).isEqualTo(200);
  }

  @Test
  void aWebSocketOfAnotherSiteIsRefused() throws IOException {
    String upgrade =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ";
    String path = "/v1/topics/own-pages/groups/own-pages/subscribe";
    assertThat(get("127.0.0.1:" + port, path, upgrade + "http://evil.example")).isEqualTo(403);
    assertThat(get("127.0.0.1:" + port, path, upgrade + "http://127.0.0.1:" + port)).isEqualTo(101);
  }

  @Test
  void aLinkToAPageMayStandAnywhere() throws IOException {
    String link = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate";
    assertThat(get("127.0.0.1:" + port, "/console/", link)).isEqualTo(200);
  }

  @Test
  void anOriginOfTheSettingsMayCallAndNamesTheGateway() throws IOException {
    Map<Key<?>, String> origins =
        Map.of(GatewayKeys.CORS_ORIGINS, "https://mq.example, http://other.example:81");
    try (TestNode node = TestNode.start(origins)) {
      int there = node.gatewayPort();
      assertThat(status(there, "POST", "mq.example", ACK, "Origin: https://mq.example"))
          .isEqualTo(DONE);
      assertThat(status(there, "POST", "127.0.0.1", ACK, "Origin: http://other.example:81"))
          .isEqualTo(DONE);
      assertThat(status(there, "POST", "127.0.0.1", ACK, "Origin: http://other.example"))
          .isEqualTo(403);
    }
  }

  /** The answer to {@link #ACK}: each receipt has a result of its own. */
  private static final int DONE = 207;

  /** Changes nothing, and a page could send it without being asked. */
  private static final String ACK = "/v1/groups/own-pages/ack";

  private int post(String host, String header) throws IOException {
    return status(port, "POST", host, ACK, header);
  }

  private int get(String host, String path, String header) throws IOException {
    return status(port, "GET", host, path, header);
  }

  private static int status(int port, String method, String host, String path, String header)
      throws IOException {
    String body = method.equals("POST") ? "{\"receipts\":[\"none\"]}" : "";
    try (Socket socket = new Socket("127.0.0.1", port)) {
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: "
              + host
              + "\r\n"
              + header
              + "\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      String line =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      return Integer.parseInt(line.split(" ")[1]);
    }
  }
}
