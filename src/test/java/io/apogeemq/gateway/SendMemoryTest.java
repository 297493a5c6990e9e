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
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What streams of messages hold while the broker does not answer, and what becomes of those that wait. */
class SendMemoryTest {
  /** Small, so that all the memory is filled long before the first send gives up, after 3 seconds. */
  private static final int BODY = 256 * 1024;

  private static final int MEMORY = 4 * BODY;
  private static final int LINE = BODY / 10;
  private static final int MANY = 200;

  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode broker = ScriptedNode.holdingSends(vertx);
  private final int port = Ports.one();

  private void start(int bodyTimeoutMs) {
    GatewayOptions options =
        new GatewayOptions(
            "127.0.0.1",
            port,
            broker.address(),
            BODY,
            false,
            List.of(),
            0,
            100,
            MEMORY,
            bodyTimeoutMs,
            null);
    ScriptedNode.await(new Gateway(vertx, options, 1, "test").deploy());
  }

  @AfterEach
  void stop() {
    broker.close();
    ScriptedNode.await(vertx.close());
  }

  @Test
  void aStreamWaitsWhileItsSendsTakeAllMemoryAndThenGoesOn() throws Exception {
    start(20_000);
    try (Stream stream = new Stream()) {
      CompletableFuture<Void> sent = stream.sendMany();
      await().until(() -> probe() == 503);
      await().until(() -> broker.sendCount() > 0); // it may have to be found first
      assertThat(broker.sendCount()).isLessThanOrEqualTo(MEMORY / LINE);
      broker.answerSends();
      assertThat(stream.last())
          .isEqualTo(new JsonObject().put("lines", MANY).put("stored", MANY).put("failed", 0));
      sent.join();
    }
    await().until(() -> probe() == 400);
  }

  @Test
  void sendsUnderWayAreChargedUntilTheyEndEvenIfTheClientHasGone() throws Exception {
    start(20_000);
    Stream stream = new Stream();
    CompletableFuture<Void> sent = stream.sendMany();
    await().until(() -> probe() == 503);
    stream.close();
    sent.exceptionally(broken -> null).join();
    await().during(Duration.ofMillis(500)).until(() -> probe() == 503);
    broker.answerSends();
    await().until(() -> probe() == 400);
  }

  @Test
  void streamsThatWaitForEachOtherDoNotWaitForEver() throws Exception {
    start(1_000);
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Stream each = new Stream();
      streams.add(each);
      each.send("x".repeat(BODY - 100));
    }
    await().until(() -> probe() == 503);
    try (Stream waits = new Stream();
        Stream slow = new Stream()) {
      slow.send("{");
      waits.send("x".repeat(BODY - 100));
      assertThat(waits.next().getJsonObject("problem").getString("type"))
          .isEqualTo("/problems/unavailable");
      assertThat(waits.next().getInteger("stored")).isZero();
      assertThat(slow.next().getJsonObject("problem").getString("type"))
          .isEqualTo("/problems/body-timed-out");
    }
    for (Stream each : streams) {
      each.close();
    }
    await().until(() -> probe() == 400);
  }

  /** Whether there is room for a large body: then the message is refused for its tag, and not sent. */
  private int probe() throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      String request =
          "POST /v1/topics/t/messages?tag=a%7C%7Cb HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: text/plain\r\nContent-Length: "
              + LINE * 2
              + "\r\n\r\n"
              + "x".repeat(LINE * 2);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] head = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(head, 9, 3, StandardCharsets.US_ASCII));
    }
  }

  /** A request whose body is a stream that goes on. */
  private final class Stream implements AutoCloseable {
    private final Socket socket = new Socket("127.0.0.1", port);
    private final BufferedReader answers =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

    private Stream() throws IOException {
      socket.setSoTimeout(20_000);
      write(
          "POST /v1/topics/t/messages HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    private void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void send(String text) throws IOException {
      write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** Sends many lines and the end, as fast as they are taken. */
    private CompletableFuture<Void> sendMany() {
      return CompletableFuture.runAsync(
          () -> {
            try {
              for (int i = 0; i < MANY; i++) {
                send("{\"text\":\"" + "x".repeat(LINE) + "\"}\n");
              }
              write("0\r\n\r\n");
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    }

    /** The next line of the answer, without heads and sizes of chunks. */
    private JsonObject next() throws IOException {
      String line = answers.readLine();
      while (!line.startsWith("{")) {
        line = answers.readLine();
      }
      return new JsonObject(line);
    }

    private JsonObject last() throws IOException {
      JsonObject line = next();
      while (!line.containsKey("lines")) {
        line = next();
      }
      return line;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
