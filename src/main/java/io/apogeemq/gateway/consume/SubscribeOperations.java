package io.apogeemq.gateway.consume;

import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Map;

/** {@code subscribe}: a WebSocket that gets a topic's messages for a group ({@link Subscription}). */
public final class SubscribeOperations implements OperationFamily {
  private final Vertx vertx;
  private final Metrics metrics;
  private final BodyBudget memory;

  /** {@code metrics}, {@code memory}: one for all event loops. */
  public SubscribeOperations(Vertx vertx, Metrics metrics, BodyBudget memory) {
    this.memory = memory;
    this.vertx = vertx;
    this.metrics = metrics;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("subscribe", this::subscribe);
  }

  /** Whether it opens a WebSocket by RFC 6455; a proxy may have left some of it out. */
  private static boolean isHandshake(HttpServerRequest request) {
    String connection = request.getHeader(HttpHeaders.CONNECTION);
    return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
        && connection != null
        && connection.toLowerCase(Locale.ROOT).contains("upgrade")
        && request.getHeader("Sec-WebSocket-Key") != null
        && "13".equals(request.getHeader("Sec-WebSocket-Version"));
  }

  private Future<Answer> subscribe(Call call) {
    if (!isHandshake(call.request())) {
      throw new Problem(
          ProblemKind.BAD_REQUEST,
          "The request does not ask for a WebSocket.",
          "Open it with a WebSocket client; for plain HTTP there is receive.");
    }
    ReceiveOptions wanted = ReceiveOperations.options(call);
    return call.request()
        .toWebSocket()
        .compose(
            socket ->
                new Subscription(
                        vertx,
                        call.request(),
                        socket,
                        call.client(),
                        call.client().consumer(call.text("group")),
                        call.text("topic"),
                        call.text("as"),
                        wanted,
                        metrics,
                        memory,
                        call.options().bodyTimeoutMs())
                    .run());
  }
}
