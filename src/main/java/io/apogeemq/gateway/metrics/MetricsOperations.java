package io.apogeemq.gateway.metrics;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;

/** {@code metrics}: the figures of this process for Prometheus. */
public final class MetricsOperations implements OperationFamily {
  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final ProcessMeters process;
  private final WorkerExecutor writer;

  /** Made on the event loop that it serves; all loops share the thread that writes the text. */
  public MetricsOperations(Vertx vertx, ProcessMeters process) {
    this.process = process;
    writer = vertx.createSharedWorkerExecutor("apogee-metrics", 1);
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("metrics", this::metrics);
  }

  private Future<Answer> metrics(Call call) {
    return writer.executeBlocking(this::text, false).map(text -> Answer.of(TYPE, text));
  }

  private Buffer text() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    process.write(text);
    return Buffer.buffer(text.toByteArray());
  }
}
