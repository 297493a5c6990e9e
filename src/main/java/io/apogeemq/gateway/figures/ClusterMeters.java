package io.apogeemq.gateway.figures;

import io.apogeemq.client.Inspection;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.admin.SystemNames;
import io.apogeemq.gateway.http.BrokerCodes;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.TopicFigures;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What brokers tell of themselves, their topics and groups, in the name of whoever asks, as meters for one
 * scrape. They belong into a registry of their own, which goes with the scrape: so nobody is shown what
 * another was told, and names that are gone leave nothing behind.
 *
 * <p>Only our brokers tell of topics and groups; RocketMQ's have to look every queue up. Brokers that
 * refuse are left out, those that don't answer are down.
 */
public final class ClusterMeters implements MeterBinder {
  /** A broker that takes longer is as good as down, and must not cost the scrape of all others. */
  private static final long PATIENCE_MS = 2_000;

  /**
   * What one broker told.
   *
   * @param refused whether it accepts none who asks
   * @param topics null if it doesn't tell
   * @param groups null if it doesn't tell
   */
  private record Told(
      BrokerFigures figures,
      boolean refused,
      @Nullable List<TopicFigures.Row> topics,
      @Nullable List<GroupFigures.Row> groups) {}

  private final List<Told> brokers;
  private final Set<String> nodes;

  private ClusterMeters(List<Told> brokers, Set<String> nodes) {
    this.brokers = brokers;
    this.nodes = nodes;
  }

  /** Asks all brokers. Fails if none of them accepts the client's account, or nobody. */
  public static Future<ClusterMeters> ask(GatewayClient client) {
    // Name servers know no accounts, so what they tell is kept until a broker has answered.
    return soon(client.known())
        .compose(known -> soon(client.admin().clusterInfo()))
        .compose(info -> ask(client, info));
  }

  private static Future<ClusterMeters> ask(GatewayClient client, ClusterInfo info) {
    List<Future<Told>> answers = new ArrayList<>();
    for (BrokerFigures each : BrokerFigures.named(info)) {
      answers.add(ask(client, each));
    }
    return Future.join(answers)
        .map(
            all ->
                new ClusterMeters(
                    answers.stream().map(Future::result).toList(), SystemNames.nodes(info)));
  }

  /** Never fails. */
  private static Future<Told> ask(GatewayClient client, BrokerFigures broker) {
    String address = broker.address();
    Inspection inspection = client.inspection();
    Future<Map<String, String>> figures = soon(client.admin().brokerFigures(address));
    Future<List<TopicFigures.Row>> topics = ofMaster(broker, inspection::topics);
    Future<List<GroupFigures.Row>> groups = ofMaster(broker, inspection::groups);
    return Future.join(figures, topics, groups)
        .transform(
            ignored -> {
              Throwable failure = figures.cause();
              BrokerFigures now =
                  broker.answered(
                      failure == null ? figures.result() : Map.of(),
                      failure == null ? null : failure.toString(),
                      null);
              boolean refused = failure != null && BrokerCodes.denies(failure);
              return Future.succeededFuture(
                  new Told(now, refused, topics.result(), groups.result()));
            });
  }

  private static <T> Future<T> ofMaster(BrokerFigures broker, Function<String, Future<T>> ask) {
    return broker.isMaster() ? soon(ask.apply(broker.address())) : Future.succeededFuture();
  }

  private static <T> Future<T> soon(Future<T> answer) {
    return answer.timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Map<String, List<Told>> masters = new TreeMap<>();
    for (Told each : brokers) {
      if (!each.refused()) {
        BrokerMeters.bind(registry, each.figures());
      }
      if (each.figures().isMaster()) {
        masters.computeIfAbsent(each.figures().cluster(), cluster -> new ArrayList<>()).add(each);
      }
    }
    masters.forEach(
        (cluster, all) -> {
          NamedMeters meters = new NamedMeters(registry, cluster);
          List<List<TopicFigures.Row>> topics = whole(all, Told::topics);
          if (topics != null) {
            meters.topics(topics, nodes);
          }
          List<List<GroupFigures.Row>> groups = whole(all, Told::groups);
          if (groups != null) {
            meters.groups(groups);
          }
        });
  }

  /** What all of them told; null if one didn't: a part would look like the whole. */
  private static <T> @Nullable List<T> whole(List<Told> all, Function<Told, @Nullable T> part) {
    List<T> parts = new ArrayList<>();
    for (Told each : all) {
      T told = part.apply(each);
      if (told == null) {
        return null;
      }
      parts.add(told);
    }
    return parts;
  }
}
