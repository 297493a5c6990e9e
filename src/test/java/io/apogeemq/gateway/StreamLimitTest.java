package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apogeemq.client.ScriptedNode;
import io.apogeemq.compat.Ports;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of tiny lines: what they may cost, and for how long their answers may lie unread. */
class StreamLimitTest {
  private static final int MEMORY = 64 * 1024;
  private static final int TIMEOUT_MS = 600;
  private static final int TINY_LINES = 4_000;
  private static final String CHUNK = "1\n".repeat(TINY_LINES);

  /** The answers to a chunk are about a megabyte; those to all of them are more than sockets take. */
  private static final int CHUNKS = 40;

  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode broker = ScriptedNode.holdingSends(vertx);
  private final int port = Ports.one();

  @BeforeEach
  void start() {
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1",
            port,
            broker.address(),
            MEMORY,
            false,
            List.of(),
            0,
            100,
            MEMORY,
            TIMEOUT_MS,
            null);
    ScriptedNode.await(new Gateway(vertx, options, 1, "test").deploy());
  }

  @AfterEach
  void stop() {
    broker.close();
    ScriptedNode.await(vertx.close());
  }

  @Test
  void linesThatTogetherCostMoreThanAllTheMemoryAreTaken() throws Exception {
    try (Socket socket = open()) {
      send(socket, CHUNK + "\n".repeat(TINY_LINES));
      end(socket);
      List<String> answers = answers(socket);
      assertThat(answers).hasSize(TINY_LINES + 1);
      assertThat(answers.get(TINY_LINES))
          .isEqualTo(
              new JsonObject()
                  .put("lines", TINY_LINES)
                  .put("stored", 0)
                  .put("failed", TINY_LINES)
                  .encode());
    }
  }

  @Test
  void sendsUnderWayAreChargedForMoreThanTheirBytes() throws Exception {
    try (Socket socket = open()) {
      send(socket, "{\"text\":\"\"}\n".repeat(TINY_LINES / 10));
      await().until(() -> status(MEMORY) == 503);
      assertThat(broker.sendCount()).isLessThan(MEMORY / 512);
      broker.answerSends();
      end(socket);
      assertThat(answers(socket)).hasSize(TINY_LINES / 10 + 1);
    }
    assertThat(status(MEMORY)).isEqualTo(400);
  }

  @Test
  void whoDoesNotReadIsToldSoAndKeepsNoMemory() throws Exception {
    try (Socket socket = open()) {
      CompletableFuture<Void> sending = sendMany(socket);
      await().until(() -> status(MEMORY) == 503);
      await().until(() -> status(MEMORY) == 400);
      List<String> answers = answers(socket);
      assertThat(answers).hasSizeLessThan(CHUNKS * TINY_LINES);
      assertThat(answers.get(answers.size() - 2)).contains("/problems/answers-unread");
      assertThat(answers.get(answers.size() - 1)).startsWith("{\"lines\":");
      sending.exceptionally(closed -> null).join();
    }
  }

  /** What a body of so many bytes is answered: 503 if there is no room, else 400 for its tag. */
  private int status(int bytes) throws IOException {
    try (Socket socket = connect()) {
      write(
          socket,
          "POST /v1/topics/t/messages?tag=a%7C%7Cb HTTP/1.1\r\nHost: localhost\r\n"
              + ("Content-Type: text/plain\r\nContent-Length: " + bytes + "\r\n\r\n")
              + "x".repeat(bytes));
      byte[] head = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(head, 9, 3, StandardCharsets.US_ASCII));
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(MEMORY);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    return socket;
  }

  private Socket open() throws IOException {
    Socket socket = connect();
    write(
        socket,
        "POST /v1/topics/t/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void send(Socket socket, String text) throws IOException {
    write(socket, Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
  }

  private static void end(Socket socket) throws IOException {
    write(socket, "0\r\n\r\n");
  }

  /** Sends chunks of tiny lines, as fast as they are taken. */
  private static CompletableFuture<Void> sendMany(Socket socket) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            for (int i = 0; i < CHUNKS; i++) {
              send(socket, CHUNK);
            }
            end(socket);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** All lines of the answer, without head and sizes of chunks. */
  private static List<String> answers(Socket socket) throws IOException {
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    try (Stream<String> lines = reader.lines()) {
      return lines.filter(each -> each.startsWith("{")).toList();
    }
  }
}
