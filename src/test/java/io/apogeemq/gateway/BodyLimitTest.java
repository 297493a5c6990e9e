package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.app.TestNode;
import io.apogeemq.config.GatewayKeys;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How much of bodies a gateway holds at once, and for how long it waits for them. */
class BodyLimitTest {
  private static final int BODY = 1024 * 1024;
  private static final int TIMEOUT_MS = 1_000;
  private static final String PUBLISH = "/v1/topics/gw-body/messages";

  private static TestNode node;

  @BeforeAll
  static void start() {
    node =
        TestNode.start(
            Map.of(
                GatewayKeys.MAX_BODY_BYTES,
                Integer.toString(BODY),
                GatewayKeys.BODY_MEMORY_BYTES,
                Integer.toString(2 * BODY),
                GatewayKeys.BODY_TIMEOUT_MS,
                Integer.toString(TIMEOUT_MS)));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Twice, so that what was given back is seen to be there again. */
  @Test
  void bodiesThatAreHeldBackTogetherTakeNoMoreThanTheirMemory() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (Upload first = new Upload(PUBLISH, BODY);
          Upload second = new Upload(PUBLISH, BODY)) {
        first.send(BODY - 1);
        second.send(BODY - 1);
        await().until(() -> status(BODY / 2) == 503);
        try (Upload late = new Upload(PUBLISH, BODY / 2)) {
          assertThat(late.answer())
              .startsWith("HTTP/1.1 503")
              .containsIgnoringCase("retry-after: 1")
              .contains("\"limitBytes\":" + 2 * BODY);
        }
        assertThat(status(1)).as("a small one").isEqualTo(200);
        first.send(1);
        assertThat(first.answer()).startsWith("HTTP/1.1 200");
        assertThat(status(BODY / 2)).isEqualTo(200);
        second.send(1);
        assertThat(second.answer()).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void whatABrokenOffBodyHeldIsGivenBack() throws IOException {
    for (int i = 0; i < 5; i++) {
      try (Upload gone = new Upload(PUBLISH, BODY)) {
        gone.send(BODY - 1);
      }
    }
    await().until(() -> status(BODY) == 200);
  }

  @Test
  void aBodyThatPromisesMuchAndSendsNothingTakesNothing() throws IOException {
    try (Upload first = new Upload(PUBLISH, BODY);
        Upload second = new Upload(PUBLISH, BODY);
        Upload third = new Upload(PUBLISH, BODY)) {
      first.send(1);
      second.send(1);
      third.send(1);
      assertThat(status(BODY)).isEqualTo(200);
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedFor() throws IOException {
    try (Upload slow = new Upload(PUBLISH, 10)) {
      slow.send(9);
      assertThat(slow.answer()) // to the end of the connection
          .startsWith("HTTP/1.1 408")
          .contains("/problems/body-timed-out")
          .containsIgnoringCase("connection: close");
    }
  }

  @Test
  void whereNoMessageCanStandThereIsNoRoomForOne() throws IOException {
    for (Map.Entry<String, Integer> each :
        Map.of("/v1/session", 8 * 1024, "/v1/groups/g/topics/t/clone", 64 * 1024).entrySet()) {
      try (Upload large = new Upload(each.getKey(), each.getValue() + 1)) {
        large.send(each.getValue() + 1);
        assertThat(large.answer())
            .startsWith("HTTP/1.1 413")
            .contains("\"limitBytes\":" + each.getValue());
      }
    }
  }

  /** What is answered to a message of so many bytes. */
  private static int status(int bytes) throws IOException {
    try (Upload upload = new Upload(PUBLISH, bytes)) {
      upload.send(bytes);
      return Integer.parseInt(upload.answer().substring(9, 12));
    }
  }

  /** A POST whose body comes as slowly as the test wants. */
  private static final class Upload implements AutoCloseable {
    private final Socket socket;

    private Upload(String path, int promisedBytes) throws IOException {
      socket = new Socket("127.0.0.1", node.gatewayPort());
      socket.setSoTimeout(20_000);
      String type = path.equals(PUBLISH) ? "text/plain" : "application/json";
      write(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: "
              + type
              + "\r\nContent-Length: "
              + promisedBytes
              + "\r\n\r\n");
    }

    private void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void send(int bytes) throws IOException {
      try {
        write("x".repeat(bytes));
      } catch (IOException refused) {
        // closed while it came; the answer says why
      }
    }

    private String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
