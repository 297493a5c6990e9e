package io.apogeemq.gateway.consume;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.message.Shown;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * Looking at messages, which stay where they are: {@code browse} goes through a topic, {@code findByKey}
 * and {@code getMessage} ask the brokers' indexes.
 */
public final class BrowseOperations implements OperationFamily {
  private final Vertx vertx;

  public BrowseOperations(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "browse", call -> Browse.page(call, vertx, call.text("topic"), Wanted.of(call)),
        "findByKey", this::byKey,
        "getMessage", this::byId);
  }

  private Future<Answer> byKey(Call call) {
    Long until = call.numberOrNull("until");
    return Lookup.byKey(
            call.client(),
            call.text("topic"),
            call.text("key"),
            (int) call.number("max"),
            call.number("since"),
            until == null ? Long.MAX_VALUE : until)
        .compose(found -> answer(call, found));
  }

  private Future<Answer> byId(Call call) {
    return Lookup.byId(call.client(), call.text("topic"), call.text("id"))
        .compose(found -> answer(call, found));
  }

  private Future<Answer> answer(Call call, List<ReceivedMessage> found) {
    Shown form = Shown.of(call);
    return vertx
        .executeBlocking(
            () -> {
              JsonArray messages = new JsonArray();
              found.forEach(each -> messages.add(form.json(each)));
              return messages;
            },
            false)
        .map(
            messages -> {
              messages.forEach(each -> call.chargeAnswer(Shown.takenBytes((JsonObject) each)));
              return Answer.ok(new JsonObject().put("messages", messages));
            });
  }
}
