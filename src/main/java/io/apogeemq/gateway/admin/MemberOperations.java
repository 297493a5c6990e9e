package io.apogeemq.gateway.admin;

import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/** The members of a group, and what one of them is doing. */
public final class MemberOperations implements OperationFamily {
  /** As long as brokers wait for a client themselves. */
  private static final long WAIT_MS = 10_000;

  @Override
  public Map<String, Handling> operations() {
    return Map.of("groupMembers", this::members, "memberInfo", this::info);
  }

  private Future<Answer> members(Call call) {
    String group = call.text("group");
    return Membership.of(call.client(), group)
        .compose(
            all ->
                call.flag("details")
                    ? all.asked(call.client(), group)
                    : Future.succeededFuture(all))
        .map(all -> Answer.ok(new JsonObject().put("group", group).mergeIn(all.json())));
  }

  private Future<Answer> info(Call call) {
    String group = call.text("group");
    String clientId = call.text("clientId");
    GatewayClient client = call.client();
    return Membership.of(client, group)
        .map(all -> find(all, group, clientId))
        .compose(
            member ->
                client
                    .inspection()
                    .runningInfo(
                        member.client().connections().get(0).broker(),
                        group,
                        clientId,
                        call.flag("threads"),
                        WAIT_MS)
                    .recover(e -> Future.failedFuture(unanswered(clientId, e)))
                    .map(said -> Answer.ok(json(member.with(said), said))));
  }

  private static MemberRow find(Membership all, String group, String clientId) {
    return all.members().stream()
        .filter(each -> each.client().clientId().equals(clientId))
        .findFirst()
        .orElseThrow(
            () ->
                new Problem(
                    ProblemKind.NOT_FOUND,
                    "The group " + group + " has no member " + clientId + " now.",
                    "GET /v1/groups/" + group + "/members lists them."));
  }

  /** Brokers hand on what the client said, and it may not know the question. */
  private static Throwable unanswered(String clientId, Throwable failure) {
    return failure instanceof RequestRefused refused && !Brokers.isDenied(failure)
        ? new Problem(
            ProblemKind.NOT_SUPPORTED,
            "The client " + clientId + " does not say what it does: " + refused.remark(),
            "Clients in Java and Go do; look at that client's own log.")
        : failure;
  }

  private static JsonObject json(MemberRow member, ConsumerRunningInfo said) {
    JsonObject rates = new JsonObject();
    new TreeMap<>(said.statusTable())
        .forEach(
            (topic, each) ->
                rates.put(
                    topic,
                    new JsonObject()
                        .put("pullMs", each.pullRT())
                        .put("pulledPerSecond", each.pullTPS())
                        .put("consumeMs", each.consumeRT())
                        .put("consumedPerSecond", each.consumeOKTPS())
                        .put("failedPerSecond", each.consumeFailedTPS())));
    JsonObject properties = new JsonObject();
    new TreeMap<>(said.properties()).forEach(properties::put);
    return member
        .json()
        .put("properties", properties)
        .put("rates", rates)
        .put("threads", said.jstack());
  }
}
