package io.apogeemq.browser;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a browser's DevTools: calls with one answer each, and events. All sessions (pages) share it.
 *
 * <p>A call waits for its answer for half a minute; one that the browser refuses throws {@link Refused}.
 * Events arrive on the connection's thread: who listens must not call and wait there.
 */
final class DevTools implements WebSocket.Listener {
  private static final long PATIENCE_SECONDS = 30;

  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> waiting = new ConcurrentHashMap<>();
  private final Map<String, BiConsumer<String, JsonObject>> listeners = new ConcurrentHashMap<>();
  private final StringBuilder partial = new StringBuilder(); // of the connection's thread
  private volatile @Nullable WebSocket socket;

  private DevTools() {}

  static DevTools connect(URI door) {
    DevTools devTools = new DevTools();
    devTools.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(door, devTools)
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .join();
    return devTools;
  }

  /** The browser answered with an error. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String method, JsonObject error) {
      super(method + ": " + error.getString("message"));
    }
  }

  /** A call to the browser itself. */
  JsonObject call(String method) {
    return call(null, method, new JsonObject());
  }

  /** The same with parameters. */
  JsonObject call(String method, JsonObject parameters) {
    return call(null, method, parameters);
  }

  /** A call to one page, or to the browser if the session is null. */
  JsonObject call(@Nullable String session, String method, JsonObject parameters) {
    try {
      return calling(session, method, parameters)
          .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Refused refused) {
        throw refused;
      }
      throw new IllegalStateException(method + " got no answer from the browser", e.getCause());
    }
  }

  /** The same without waiting: the only form for listeners. */
  CompletableFuture<JsonObject> calling(
      @Nullable String session, String method, JsonObject parameters) {
    int id = ids.incrementAndGet();
    JsonObject call =
        new JsonObject().put("id", id).put("method", method).put("params", parameters);
    if (session != null) {
      call.put("sessionId", session);
    }
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    write(call.encode());
    return answer.thenApply(
        reply -> {
          JsonObject error = reply.getJsonObject("error");
          if (error != null) {
            throw new Refused(method, error);
          }
          return reply.getJsonObject("result");
        });
  }

  private synchronized void write(String text) {
    WebSocket open = socket;
    if (open == null) {
      throw new IllegalStateException("not connected to the browser");
    }
    // The socket takes one text at a time.
    open.sendText(text, true).orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Gives a session's events, by method and parameters, to one listener. */
  void listen(String session, BiConsumer<String, JsonObject> listener) {
    listeners.put(session, listener);
  }

  void forget(String session) {
    listeners.remove(session);
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      JsonObject message = new JsonObject(partial.toString());
      partial.setLength(0);
      received(message);
    }
    from.request(1);
    return null;
  }

  private void received(JsonObject message) {
    Integer id = message.getInteger("id");
    if (id != null) {
      CompletableFuture<JsonObject> answer = waiting.remove(id);
      if (answer != null) {
        answer.complete(message);
      }
      return;
    }
    BiConsumer<String, JsonObject> listener =
        listeners.get(message.getString("sessionId", "(the browser)"));
    if (listener != null) {
      listener.accept(message.getString("method"), message.getJsonObject("params"));
    }
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
    broken(new IllegalStateException("the browser has closed the connection: " + reason));
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    broken(error);
  }

  private void broken(Throwable error) {
    waiting.values().forEach(each -> each.completeExceptionally(error));
    waiting.clear();
  }
}
