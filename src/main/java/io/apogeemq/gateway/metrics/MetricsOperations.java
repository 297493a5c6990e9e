package io.apogeemq.gateway.metrics;

import io.apogeemq.gateway.figures.ClusterMeters;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code metrics}: the figures of this process for Prometheus, and those that brokers tell to the account
 * that the request names, or to nobody. A gateway that requires an account tells nobody of brokers.
 */
public final class MetricsOperations implements OperationFamily {
  private static final Logger log = LoggerFactory.getLogger(MetricsOperations.class);

  private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

  /** Brokers are not asked again within this time, however many scrape. */
  private static final long FRESH_MS = 10_000;

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

  /** Writes something into the text. */
  @FunctionalInterface
  private interface Part {
    void write(OutputStream to) throws IOException;
  }

  private Future<Answer> metrics(Call call) {
    return cluster(call)
        .compose(part -> writer.executeBlocking(() -> text(part), false))
        .map(text -> Answer.of(TYPE, text));
  }

  private Buffer text(Part cluster) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    process.write(text);
    cluster.write(text);
    return Buffer.buffer(text.toByteArray());
  }

  /** Never fails: what a process tells of itself must not depend on others. */
  private static Future<Part> cluster(Call call) {
    if (call.account() == null && call.options().requireAccount()) {
      return Future.succeededFuture(remark(ProblemKind.UNAUTHENTICATED));
    }
    return call.client()
        .recent(ClusterMeters.class, FRESH_MS, () -> ClusterMeters.ask(call.client()))
        .<Part>map(meters -> to -> write(meters, to))
        .otherwise(
            e -> {
              log.debug("no figures of brokers: {}", e.toString());
              return remark(Problem.of(e).kind());
            });
  }

  private static void write(ClusterMeters meters, OutputStream to) throws IOException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters.bindTo(registry);
    registry.scrape(to);
    registry.close();
  }

  /** A comment in place of the brokers' figures, for whoever looks for them. */
  private static Part remark(ProblemKind kind) {
    String line =
        switch (kind) {
          case UNAUTHENTICATED, FORBIDDEN ->
              "# Brokers tell their figures to accounts only: let Prometheus name one (basic_auth).\n";
          default -> "# No broker tells figures now: /readyz says why.\n";
        };
    return to -> to.write(line.getBytes(StandardCharsets.UTF_8));
  }
}
