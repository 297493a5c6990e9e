package io.apogeemq.gateway.figures;

import io.apogeemq.client.Inspection;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.gateway.figures.Warning.Kind;
import io.apogeemq.gateway.figures.Warning.Level;
import io.apogeemq.gateway.http.Answer;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.http.OperationFamily;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What is wrong with the cluster, worst first; each with its cause and what helps. */
public final class WarningOperations implements OperationFamily {
  /** Whoever is less behind may just have ended. */
  private static final long LAG_WITHOUT_MEMBERS = 1_000;

  private static final int GROUPS_ASKED = 5;

  /** Lists of topics are long, so they are not asked for each time. */
  private static final long TOPICS_FRESH_MS = 30_000;

  private final Vertx vertx;
  private final LiveFigures figures;
  private final boolean open;

  /**
   * @param open whether others than this machine's users reach the gateway
   */
  public WarningOperations(Vertx vertx, LiveFigures figures, boolean open) {
    this.vertx = vertx;
    this.figures = figures;
    this.open = open;
  }

  @Override
  public Map<String, Handling> operations() {
    return Map.of("listWarnings", this::warnings);
  }

  private Future<Answer> warnings(Call call) {
    return call.client()
        .known()
        .compose(known -> figures.look(vertx, call.account(), LiveFigures.View::now))
        .compose(
            now ->
                Future.all(topics(call, now), unread(call.client().inspection(), now))
                    .map(
                        both -> {
                          List<Warning> all =
                              new ArrayList<>(BrokerWarnings.of(now.brokers(), open));
                          all.addAll(both.resultAt(0));
                          all.addAll(both.resultAt(1));
                          all.sort(Comparator.comparing(Warning::level));
                          JsonArray json = new JsonArray();
                          all.forEach(each -> json.add(each.json()));
                          return Answer.ok(
                              new JsonObject().put("at", now.atMs()).put("warnings", json));
                        }));
  }

  /** What one account was told of topics; others may see other topics. */
  private record TopicWarnings(List<Warning> all) {}

  private static Future<List<Warning>> topics(Call call, ClusterFigures now) {
    return call.client()
        .recent(
            TopicWarnings.class,
            TOPICS_FRESH_MS,
            () -> TopicPlaces.check(call.client().admin(), now.brokers()).map(TopicWarnings::new))
        .map(TopicWarnings::all)
        .otherwise(failure -> List.of(TopicPlaces.notCompared(failure)));
  }

  /** Groups that are far behind while nobody takes anything. */
  private static Future<List<Warning>> unread(Inspection inspection, ClusterFigures now) {
    List<String> masters =
        now.brokers().stream()
            .filter(each -> each.isMaster() && each.failure() == null)
            .map(BrokerFigures::address)
            .toList();
    List<Warning> found = new ArrayList<>();
    List<Future<?>> asked = new ArrayList<>();
    now.lag().furthest().stream()
        .limit(GROUPS_ASKED)
        .filter(each -> each.lag() >= LAG_WITHOUT_MEMBERS)
        .forEach(
            each -> {
              List<Future<Void>> silent =
                  masters.stream().map(at -> nothingTaken(inspection, at, each.group())).toList();
              asked.add(Future.all(silent).onSuccess(ignored -> found.add(nobody(each))));
            });
    return Future.join(asked).transform(done -> Future.succeededFuture(found));
  }

  /**
   * Completes if at this broker no member of the group is connected, nor has anybody taken a message by a
   * receipt in the last minute; fails if somebody has, or the broker can't tell.
   */
  private static Future<Void> nothingTaken(Inspection inspection, String address, String group) {
    return inspection
        .members(address, group)
        .transform(
            asked ->
                asked.cause() instanceof RequestRefused refused
                        && refused.code() == ResponseCode.CONSUMER_NOT_ONLINE
                    ? inspection.progress(address, group, null)
                    : Future.failedFuture("members, or no answer"))
        .compose(
            progress ->
                progress.consumeTps() > 0
                    ? Future.failedFuture("it is being read")
                    : Future.succeededFuture());
  }

  private static Warning nobody(GroupLags.OfGroup group) {
    return Warning.of(
            Kind.NOBODY_CONSUMES,
            Level.WARNING,
            "Group "
                + group.group()
                + " is "
                + group.lag()
                + " messages behind, and nobody takes any.",
            "Start its consumers, or delete the group if nobody needs it.")
        .with("group", group.group())
        .with("lag", Long.toString(group.lag()));
  }
}
