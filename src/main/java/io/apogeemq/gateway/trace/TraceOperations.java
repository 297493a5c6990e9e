package io.apogeemq.gateway.trace;

import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.consume.Lookup;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.ItemResults;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.gateway.message.Shown;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code traceMessage}: where a message is stored, what each group has made of it, and what clients have
 * written about it. Everything is asked anew of the brokers' indexes and offsets; nothing is recorded for it.
 */
public final class TraceOperations implements OperationFamily {
  /** Groups that are looked at; each costs some requests. */
  private static final int MAX_GROUPS = 50;

  private static final Shown NO_BODY = new Shown("text", 0);

  @Override
  public Map<String, Handling> operations() {
    return Map.of("traceMessage", this::trace);
  }

  private Future<Answer> trace(Call call) {
    String topic = call.text("topic");
    String id = call.text("id");
    GatewayClient client = call.client();
    Future<List<ReceivedMessage>> stored =
        Lookup.byId(client, topic, id).recover(TraceOperations::noneIfNotFound);
    Future<List<ReceivedMessage>> parked = Parked.of(client, topic, id);
    return Future.all(stored, parked)
        .compose(
            ignored -> {
              if (stored.result().isEmpty() && parked.result().isEmpty()) {
                return Future.failedFuture(
                    new Problem(
                        ProblemKind.NOT_FOUND,
                        "No broker has a message " + id + " of the topic " + topic + ".",
                        "See that it is the id of a message of this topic, and that it is not deleted"
                            + " by now."));
              }
              return tell(client, topic, id, stored.result(), parked.result());
            })
        .map(Answer::ok);
  }

  private static Future<List<ReceivedMessage>> noneIfNotFound(Throwable failure) {
    boolean none = failure instanceof Problem problem && problem.kind() == ProblemKind.NOT_FOUND;
    return none ? Future.succeededFuture(List.of()) : Future.failedFuture(failure);
  }

  private static Future<JsonObject> tell(
      GatewayClient client,
      String topic,
      String id,
      List<ReceivedMessage> stored,
      List<ReceivedMessage> parked) {
    // The id that its producer gave it: retried copies keep it.
    String messageId = stored.isEmpty() ? id : stored.get(0).messageId();
    JsonObject json = new JsonObject().put("messageId", messageId).put("topic", topic);
    JsonArray places = new JsonArray();
    stored.forEach(each -> places.add(NO_BODY.json(each)));
    JsonArray waiting = new JsonArray();
    parked.stream()
        .filter(each -> stored.stream().noneMatch(copy -> Parked.isOf(each, copy)))
        .forEach(each -> waiting.add(Parked.json(each)));
    json.put("stored", places).put("waiting", waiting);
    Future<List<String>> groups =
        stored.isEmpty()
            ? Future.succeededFuture(List.of())
            : client.admin().groupsOf(topic).recover(TraceOperations::noneIfUnknown);
    return groups
        .compose(all -> groups(client, topic, messageId, stored, all, json))
        .compose(ignored -> ClientTrace.of(client, messageId))
        .map(
            told ->
                told.isEmpty()
                    ? json
                    : json.put("clientTrace", new JsonArray(new ArrayList<>(told))));
  }

  private static Future<List<String>> noneIfUnknown(Throwable failure) {
    boolean unknown =
        failure instanceof RequestRefused refused && refused.code() == ResponseCode.TOPIC_NOT_EXIST;
    return unknown ? Future.succeededFuture(List.of()) : Future.failedFuture(failure);
  }

  /** One after the other, so that a trace is no storm of requests. */
  private static Future<Void> groups(
      GatewayClient client,
      String topic,
      String messageId,
      List<ReceivedMessage> stored,
      List<String> all,
      JsonObject json) {
    JsonArray told = new JsonArray();
    json.put("groups", told).put("groupsLeftOut", Math.max(0, all.size() - MAX_GROUPS));
    Future<Void> done = Future.succeededFuture();
    if (stored.isEmpty()) {
      return done;
    }
    ReceivedMessage last = stored.get(stored.size() - 1);
    for (String group : all.subList(0, Math.min(MAX_GROUPS, all.size()))) {
      done =
          done.compose(
              ignored ->
                  new GroupTrace(client, topic, group, messageId, last)
                      .run()
                      .recover(
                          e ->
                              Future.succeededFuture(
                                  GroupTrace.untold(group).mergeIn(ItemResults.problem(e))))
                      .map(
                          found -> {
                            told.add(found);
                            return null;
                          }));
    }
    return done;
  }
}
