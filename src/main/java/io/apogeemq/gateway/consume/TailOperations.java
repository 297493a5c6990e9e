package io.apogeemq.gateway.consume;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;

/** {@code tail}: a topic as a stream of events, for readers that belong to no group. */
public final class TailOperations implements OperationFamily {
  private final Vertx vertx;
  private final Metrics metrics;

  /** {@code metrics}: one for all event loops. */
  public TailOperations(Vertx vertx, Metrics metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("tail", this::tail);
  }

  private Future<Answer> tail(Call call) {
    Wanted wanted = Wanted.of(call);
    String seen = call.textOrNull("Last-Event-ID");
    return Browse.starts(
            call.client().reader(Browse.READER),
            call.text("topic"),
            seen == null ? call.textOrNull("position") : seen,
            call.text("from"))
        .compose(
            from -> {
              metrics.tails(1);
              return new TailStream(vertx, call, wanted, from, metrics)
                  .run()
                  .onComplete(ended -> metrics.tails(-1));
            });
  }
}
