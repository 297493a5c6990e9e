package io.apogeemq.gateway.admin;

import io.apogeemq.client.PendingMessages;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.body.DelayedMessages;
import io.apogeemq.protocol.body.OpenTransactions;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What brokers have accepted and not yet delivered: delayed messages, which can be taken back, and open
 * transactions, whose producers can be asked. Only our brokers tell.
 */
public final class PendingOperations implements OperationFamily {

  @Override
  public Map<String, Handling> operations() {
    return Map.of(
        "delayedMessages", this::delayed,
        "cancelDelayed", this::cancel,
        "openTransactions", this::transactions,
        "checkTransaction", this::check);
  }

  private Future<Answer> delayed(Call call) {
    int limit = (int) call.number("limit");
    PendingMessages pending = call.client().pending();
    return call.client()
        .admin()
        .clusterInfo()
        .compose(
            cluster ->
                BrokerPages.page(
                    cluster,
                    "messages",
                    limit,
                    call.textOrNull("after"),
                    (address, after) ->
                        pending.delayed(address, limit, after).map(PendingOperations::delayedPage)))
        .map(Answer::ok);
  }

  private static BrokerPages.Page delayedPage(DelayedMessages page) {
    JsonArray levels = new JsonArray();
    for (DelayedMessages.Level each : page.levels()) {
      levels.add(
          new JsonObject()
              .put("level", each.level())
              .put("delayMs", each.delayMs())
              .put("waiting", each.waiting()));
    }
    return new BrokerPages.Page(
        BrokerPages.items(
            page.messages(), each -> new BrokerPages.Item(each.dueMs(), each.after(), json(each))),
        page.next(),
        new JsonObject().put("timers", page.timers()).put("levels", levels));
  }

  private static JsonObject json(DelayedMessages.Delayed message) {
    JsonObject json =
        common(
            message.topic(),
            message.queueId(),
            message.tags(),
            message.keys(),
            message.uniqueKey(),
            message.offsetMsgId());
    json.put("dueAt", message.dueMs())
        .put("storedAt", message.storedMs())
        .put("parkedIn", message.parkedIn())
        .put("bodyBytes", message.bodyBytes());
    if (message.level() > 0) {
      json.put("level", message.level());
    }
    return message.recallHandle() == null ? json : json.put("handle", message.recallHandle());
  }

  private static JsonObject common(
      String topic,
      int queueId,
      @Nullable String tag,
      @Nullable String keys,
      @Nullable String messageId,
      String offsetMessageId) {
    JsonObject json =
        new JsonObject()
            .put("topic", topic)
            .put("queueId", queueId)
            .put("messageId", messageId == null ? offsetMessageId : messageId)
            .put("offsetMessageId", offsetMessageId);
    if (tag != null) {
      json.put("tag", tag);
    }
    if (keys != null && !keys.isBlank()) {
      json.put("keys", new JsonArray(List.of(keys.trim().split(" +"))));
    }
    return json;
  }

  private Future<Answer> cancel(Call call) {
    return call.json()
        .compose(
            body -> {
              String topic = required(body, "topic");
              String handle = required(body, "handle");
              return atBroker(
                  call, body, (pending, address) -> pending.cancel(address, topic, handle));
            });
  }

  private Future<Answer> transactions(Call call) {
    int limit = (int) call.number("limit");
    PendingMessages pending = call.client().pending();
    return call.client()
        .admin()
        .clusterInfo()
        .compose(
            cluster ->
                BrokerPages.page(
                    cluster,
                    "transactions",
                    limit,
                    call.textOrNull("after"),
                    (address, after) ->
                        pending
                            .transactions(address, limit, offset(after))
                            .map(PendingOperations::transactionPage)))
        .map(Answer::ok);
  }

  private static @Nullable Long offset(@Nullable String after) {
    try {
      return after == null ? null : Long.valueOf(after);
    } catch (NumberFormatException e) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER,
          "The parameter after is no place in this list.",
          "Give what an earlier answer told as next, or leave it out.");
    }
  }

  private static BrokerPages.Page transactionPage(OpenTransactions page) {
    return new BrokerPages.Page(
        BrokerPages.items(
            page.transactions(),
            each ->
                new BrokerPages.Item(
                    each.storedMs(), Long.toString(each.halfOffset()), json(each))),
        page.next() == null ? null : page.next().toString(),
        new JsonObject().put("open", page.open()).put("checkMax", page.checkMax()));
  }

  private static JsonObject json(OpenTransactions.Open open) {
    return common(
            open.topic(),
            open.queueId(),
            open.tags(),
            open.keys(),
            open.uniqueKey(),
            open.offsetMsgId())
        .put("group", open.group())
        .put("producers", open.producers())
        .put("checks", open.checks())
        .put("nextCheckMs", open.nextCheckMs())
        .put("ending", open.ending())
        .put("bornHost", open.bornHost())
        .put("storedAt", open.storedMs())
        .put("bodyBytes", open.bodyBytes());
  }

  private Future<Answer> check(Call call) {
    return call.json()
        .compose(
            body -> {
              String id = required(body, "offsetMessageId");
              return atBroker(call, body, (pending, address) -> pending.checkNow(address, id));
            });
  }

  private interface Doing {
    Future<Void> at(PendingMessages pending, String address);
  }

  /** Does something at the broker that the body names, if the cluster has it. */
  private static Future<Answer> atBroker(Call call, JsonObject body, Doing what) {
    String broker = required(body, "broker");
    return call.client()
        .admin()
        .clusterInfo()
        .compose(cluster -> what.at(call.client().pending(), BrokerPages.master(cluster, broker)))
        .map(ignored -> Answer.noContent())
        .recover(PendingOperations::gone);
  }

  /** What the broker says of something that has ended meanwhile. */
  private static Future<Answer> gone(Throwable failure) {
    if (failure instanceof RequestRefused refused
        && (refused.code() == ResponseCode.ILLEGAL_OPERATION
            || refused.code() == ResponseCode.SYSTEM_ERROR
                && refused.remark().contains("half message"))) {
      return Future.failedFuture(
          new Problem(
              ProblemKind.CONFLICT, refused.remark(), "It may have ended; list them anew."));
    }
    return Future.failedFuture(failure);
  }

  private static String required(JsonObject body, String field) {
    String text = Fields.text(body, field, "");
    if (text.isEmpty()) {
      throw Problem.badField(field, "is lacking", "Give it as the list told it.");
    }
    return text;
  }
}
