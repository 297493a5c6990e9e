package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A WebSocket whose client sends much and reads late: it is held back, and gets all its answers. */
class LateReaderTest {
  private static final int FRAMES = 200;
  private static final int RECEIPTS = 1_000;
  private static final int BLANKS = 60_000;
  private static final String PATH = "/v1/topics/gw-late-reader/groups/gw-late-reader/subscribe";

  private final Api api = SharedNode.api();
  private final AtomicInteger sent = new AtomicInteger();
  private final CountDownLatch answers = new CountDownLatch(FRAMES);

  @Test
  void whoSendsWithoutReadingIsReadAgainWhenHeReads() throws Exception {
    JsonObject text = new JsonObject().put("text", "x");
    assertThat(api.post("/v1/topics/gw-late-reader/messages", text).status()).isEqualTo(200);
    WebSocket socket =
        Api.http()
            .newWebSocketBuilder()
            .buildAsync(URI.create(api.uri(PATH).toString().replaceFirst("http", "ws")), reader())
            .join();
    // 12 MB, and answers of 40 MB: either is more than all buffers between the two take.
    String frame =
        new JsonObject()
                .put("type", "ack")
                .put("receipts", new JsonArray(Collections.nCopies(RECEIPTS, "r")))
                .encode()
            + " ".repeat(BLANKS);
    CompletableFuture<?> all = CompletableFuture.completedFuture(null);
    for (int i = 0; i < FRAMES; i++) {
      all = all.thenCompose(ignored -> socket.sendText(frame, true)).thenRun(sent::incrementAndGet);
    }
    AtomicInteger before = new AtomicInteger(-1);
    await().during(Duration.ofMillis(300)).until(() -> before.getAndSet(sent.get()) == sent.get());
    assertThat(sent).as("frames sent before he read").hasValueLessThan(FRAMES);
    socket.request(Long.MAX_VALUE);
    assertThat(answers.await(30, TimeUnit.SECONDS)).as("%d are open", answers.getCount()).isTrue();
    all.join();
    socket.abort();
  }

  private WebSocket.Listener reader() {
    return new WebSocket.Listener() {
      @Override
      public void onOpen(WebSocket socket) {
        // reads nothing before it is told to
      }

      @Override
      public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        if (last) {
          answers.countDown();
        }
        return null;
      }
    };
  }
}
