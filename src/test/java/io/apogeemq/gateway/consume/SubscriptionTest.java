package io.apogeemq.gateway.consume;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.metrics.Metrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a subscription counts and when it reads, over a socket without a connection. */
class SubscriptionTest {
  private static final Vertx vertx = Vertx.vertx();

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final Metrics metrics = new Metrics(registry, () -> 0);
  private final Map<String, Handler<Object>> handlers = new HashMap<>();
  private boolean full = true;
  private boolean paused;
  private int written;

  @AfterAll
  static void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void creditsThatComeAfterTheCloseCountForNobody() {
    subscription().run();
    handlers.get("textMessageHandler").handle("{\"type\":\"credit\",\"messages\":5}");
    assertThat(credits()).isEqualTo(5);
    handlers.get("closeHandler").handle(null);
    assertThat(credits()).isZero();
    handlers.get("textMessageHandler").handle("{\"type\":\"credit\",\"messages\":7}");
    assertThat(credits()).isZero();
  }

  @Test
  void framesAreReadOnlyWhileTheirAnswersCanLeave() {
    full = false;
    subscription().run();
    List<String> frames =
        List.of("junk", "{\"type\":\"dance\"}", "{\"type\":\"ack\",\"receipts\":[\"r\"]}");
    for (String each : frames) {
      handlers.get("textMessageHandler").handle(each);
      assertThat(paused).as("room after %s", each).isFalse();
      full = true;
      handlers.get("textMessageHandler").handle(each);
      assertThat(paused).as("no room after %s", each).isTrue();
      full = false;
      handlers.get("drainHandler").handle(null);
      assertThat(paused).as("drained after %s", each).isFalse();
    }
    assertThat(written).isEqualTo(2 * frames.size());
  }

  private Subscription subscription() {
    return new Subscription(
        vertx,
        null,
        socket(),
        null,
        null,
        "topic",
        "text",
        new ReceiveOptions(),
        metrics,
        new BodyBudget(1),
        1);
  }

  private double credits() {
    return registry.get("apogee.gateway.credits").gauge().value();
  }

  /** Keeps the handlers. While it is full nothing is fetched. */
  @SuppressWarnings("unchecked")
  private ServerWebSocket socket() {
    return (ServerWebSocket)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServerWebSocket.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "writeQueueFull" -> full;
                  case "isClosed" -> false;
                  case "pause", "resume" -> {
                    paused = method.getName().equals("pause");
                    yield proxy;
                  }
                  case "writeTextMessage" -> {
                    written++;
                    yield Future.succeededFuture();
                  }
                  case "textMessageHandler",
                      "frameHandler",
                      "binaryMessageHandler",
                      "drainHandler",
                      "exceptionHandler",
                      "closeHandler" -> {
                    handlers.put(method.getName(), (Handler<Object>) arguments[0]);
                    yield proxy;
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
