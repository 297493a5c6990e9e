package io.apogeemq.gateway.metrics;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.function.IntSupplier;

/** {@code metrics}: the figures of this process for Prometheus. */
public final class MetricsOperations implements OperationFamily {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Metrics metrics;
  private final IntSupplier connections;

  /** {@code connections}: how many are open now. */
  public MetricsOperations(Metrics metrics, IntSupplier connections) {
    this.metrics = metrics;
    this.connections = connections;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("metrics", this::metrics);
  }

  private Future<Answer> metrics(Call call) {
    return Future.succeededFuture(
        Answer.of(TYPE, Buffer.buffer(metrics.text(connections.getAsInt()))));
  }
}
