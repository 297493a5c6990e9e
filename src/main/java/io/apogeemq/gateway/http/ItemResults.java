package io.apogeemq.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The outcomes of many things that one request asks for. Each has its own: a failure of one is no failure
 * of the others. In the order of the request.
 *
 * <pre>
 *   200 { "results": [ {…}, {…} ] }                    all have succeeded
 *   207 { "results": [ {…}, { "problem": {…} } ] }     some, or all, have not
 * </pre>
 */
public final class ItemResults {
  private final List<JsonObject> all;
  private final boolean complete;

  private ItemResults(List<JsonObject> all, boolean complete) {
    this.all = all;
    this.complete = complete;
  }

  /** Does one thing for each item, all at once; never fails itself. */
  public static Future<ItemResults> of(
      JsonArray items, Function<Object, Future<JsonObject>> action) {
    return of(items, (each, ignored) -> action.apply(each));
  }

  /** The same; the action is also told the item's number, from 1 on. */
  public static Future<ItemResults> of(
      JsonArray items, BiFunction<Object, Integer, Future<JsonObject>> action) {
    List<Future<JsonObject>> running = new ArrayList<>();
    for (Object each : items) {
      running.add(attempt(each, running.size() + 1, action));
    }
    return Future.join(running)
        .transform(
            ignored -> {
              List<JsonObject> results = new ArrayList<>();
              boolean complete = true;
              for (Future<JsonObject> each : running) {
                complete &= each.succeeded();
                results.add(each.succeeded() ? each.result() : problem(each.cause()));
              }
              return Future.succeededFuture(new ItemResults(results, complete));
            });
  }

  private static Future<JsonObject> attempt(
      Object item, int number, BiFunction<Object, Integer, Future<JsonObject>> action) {
    try {
      return action.apply(item, number);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  /** How the failure of one item stands among the results. */
  public static JsonObject problem(Throwable failure) {
    return new JsonObject().put("problem", Failures.problem(failure).toJson());
  }

  /** Whether another try can only meet the same failure: the broker doesn't know such requests. */
  public static boolean isHopeless(Throwable failure) {
    return Failures.problem(failure).kind() == ProblemKind.NOT_SUPPORTED;
  }

  public Answer answer() {
    return Answer.json(complete ? 200 : 207, json());
  }

  /** The body of the answer. */
  public JsonObject json() {
    return new JsonObject().put("results", new JsonArray(new ArrayList<>(all)));
  }
}
