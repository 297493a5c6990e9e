package io.apogeemq.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket of a gateway: JSON frames, heartbeats left out. */
public final class Frames implements WebSocket.Listener, AutoCloseable {
  private static final int PATIENCE_SECONDS = 15;
  private static final int NONE_MS = 700;

  private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final StringBuilder part = new StringBuilder();
  private @Nullable WebSocket socket;

  private Frames() {}

  /** Opens one; fails with a {@code CompletionException} if the gateway refuses. */
  public static Frames open(Api api, String path) {
    Frames frames = new Frames();
    frames.socket =
        Api.http()
            .newWebSocketBuilder()
            .buildAsync(URI.create(api.uri(path).toString().replaceFirst("http", "ws")), frames)
            .join();
    Described.check("GET", path.replaceFirst("\\?.*", ""), 101, "", "");
    return frames;
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    part.append(data);
    if (last) {
      JsonObject frame = new JsonObject(part.toString());
      part.setLength(0);
      if (!"heartbeat".equals(frame.getString("type"))) {
        frames.add(frame);
      }
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable failure) {
    closed.completeExceptionally(failure);
  }

  /** Completes with the code that the gateway closed it with; fails when the connection broke. */
  public CompletableFuture<Integer> closed() {
    return closed;
  }

  public void send(JsonObject frame) {
    sendText(frame.encode());
  }

  /** Any text, JSON or not. */
  public void sendText(String text) {
    socket.sendText(text, true).join();
  }

  /** Gives credits for so many messages. */
  public void credit(int messages) {
    send(new JsonObject().put("type", "credit").put("messages", messages));
  }

  /** A frame of this type about these receipts. */
  public static JsonObject settling(String type, String... receipts) {
    return new JsonObject()
        .put("type", type)
        .put("receipts", new JsonArray(java.util.List.of(receipts)));
  }

  /** The next frame, which must be of this type. */
  public JsonObject next(String type) throws InterruptedException {
    JsonObject frame = poll(PATIENCE_SECONDS * 1_000);
    assertThat(frame).as("a frame of type " + type).isNotNull();
    assertThat(frame.getString("type")).as(frame.encode()).isEqualTo(type);
    return frame;
  }

  /** The next frame, null if none comes in time. */
  public @Nullable JsonObject poll(int waitMs) throws InterruptedException {
    return frames.poll(waitMs, TimeUnit.MILLISECONDS);
  }

  /** Whether nothing comes for a while. */
  public boolean none() throws InterruptedException {
    JsonObject frame = poll(NONE_MS);
    if (frame != null) {
      frames.add(frame);
    }
    return frame == null;
  }

  @Override
  public void close() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }
}
