package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that no honest library sends; by a socket, as none would. */
class BrokenRequestTest {
  private static final String HOST = "\r\nHost: localhost";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/topics?q=%zz",
        "/v1/topics?q=%",
        "/v1/topics?q=a%2",
        "/v1/topics?%zz",
        "/v1/topics/%zz",
        "/v1/topics/%+1",
        "/v1/topics/t/tail?ticket=%zz",
        "/console/%zz",
        "/%",
        "/livez?%"
      })
  void aPercentSignThatMeansNothingIsRefusedByAProblem(String address) throws IOException {
    JsonObject problem = problem("GET " + address + " HTTP/1.1" + HOST, 400);
    assertThat(problem.getString("type")).isEqualTo("/problems/bad-request");
    assertThat(problem.getString("detail")).contains("%");
    assertThat(problem.getString("cure")).contains("%25");
  }

  @Test
  void whatIsEncodedWellIsRead() throws IOException {
    assertThat(ask("GET /v1/topics?q=%25%2B%C3%A9 HTTP/1.1" + HOST)).startsWith("HTTP/1.1 200");
  }

  @Test
  void aRequestWithoutHostIsRefusedByAProblem() throws IOException {
    assertThat(problem("GET /livez HTTP/1.1", 400).getString("detail")).contains("host");
  }

  @Test
  void aTargetThatIsNoPathIsNotThere() throws IOException {
    assertThat(problem("OPTIONS * HTTP/1.1" + HOST, 404).getString("type"))
        .isEqualTo("/problems/not-found");
  }

  private static JsonObject problem(String head, int status) throws IOException {
    String answer = ask(head);
    assertThat(answer)
        .startsWith("HTTP/1.1 " + status)
        .containsIgnoringCase("content-type: application/problem+json");
    return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  /** The whole answer, after which the gateway closes. */
  private static String ask(String head) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", SharedNode.get().gatewayPort())) {
      socket.setSoTimeout(20_000);
      String request = head + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
