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

  private Future<Answer> subscribe(Call call) {
    if (!"websocket".equalsIgnoreCase(call.request().getHeader(HttpHeaders.UPGRADE))) {
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
