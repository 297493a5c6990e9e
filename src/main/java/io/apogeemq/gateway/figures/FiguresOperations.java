package io.apogeemq.gateway.figures;

import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Function;

/** How the cluster is, and how it was; its brokers one by one; what is wrong with it. */
public final class FiguresOperations implements OperationFamily {
  private static final Map<String, Long> RANGES_MS =
      Map.of("5m", 5 * 60_000L, "15m", 15 * 60_000L, "24h", 24 * 3_600_000L);

  private final Vertx vertx;
  private final LiveFigures figures;

  public FiguresOperations(Vertx vertx, LiveFigures figures) {
    this.vertx = vertx;
    this.figures = figures;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("overview", this::overview, "listBrokers", this::brokers);
  }

  private Future<Answer> overview(Call call) {
    String range = call.text("range");
    long since = call.number("since");
    return look(call, view -> Answer.ok(overview(view, range, since)));
  }

  private static JsonObject overview(LiveFigures.View view, String range, long since) {
    long nowMs = view.now().atMs();
    long fromMs = Math.max(since, nowMs - RANGES_MS.get(range));
    FigureRing ring = range.equals("24h") ? view.minutes() : view.seconds();
    return new JsonObject()
        .put("at", nowMs)
        .put("everyMs", view.everyMs())
        .put("now", view.now().json())
        .put("brokers", view.now().brokers().size())
        .put(
            "unreachable",
            view.now().brokers().stream().filter(each -> each.failure() != null).count())
        .put("furthestBehind", view.now().lag().json())
        .put("points", ring.after(fromMs, nowMs));
  }

  private Future<Answer> brokers(Call call) {
    return look(
        call,
        view -> {
          JsonArray all = new JsonArray();
          view.now().brokers().forEach(each -> all.add(each.json()));
          return Answer.ok(new JsonObject().put("at", view.now().atMs()).put("brokers", all));
        });
  }

  /** What others were told is told only to whom a broker answers, too. */
  private <T> Future<T> look(Call call, Function<LiveFigures.View, T> show) {
    return call.client().known().compose(known -> figures.look(vertx, call.account(), show));
  }
}
