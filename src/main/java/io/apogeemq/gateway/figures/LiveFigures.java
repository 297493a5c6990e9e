package io.apogeemq.gateway.figures;

import io.apogeemq.client.Admin;
import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.access.Clients;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers for their figures, every second while somebody looks and every ten seconds otherwise,
 * and remembers the last 15 minutes by the second and the last day by the minute. How far groups are
 * behind costs brokers more and is asked for less often.
 *
 * <p>It asks as whoever looked last, for brokers check accounts; whoever sees the figures has been
 * accepted by a broker before. One for the gateway, on an event loop of its own; {@link #look} may be
 * called from any other.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class LiveFigures extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(LiveFigures.class);

  private static final long SECOND_MS = 1_000;
  private static final long MINUTE_MS = 60_000;
  private static final int SECONDS_KEPT = 15 * 60;
  private static final int MINUTES_KEPT = 24 * 60;

  /** Somebody looks while he asked within this time. */
  private static final long LOOKING_MS = 5_000;

  private static final long UNSEEN_MS = 10_000;
  private static final long LAG_MS = 5_000;

  /** What is older is asked for anew before it is shown. */
  private static final long FRESH_MS = 1_500;

  /** For so long is asked in the name of somebody who looks no more. */
  private static final long REMEMBERED_MS = 12 * 3_600_000L;

  private static final int MAX_WAITING = 1_000;

  private final String nameServers;
  private final FigureRing seconds = new FigureRing(SECONDS_KEPT, SECOND_MS);
  private final FigureRing minutes = new FigureRing(MINUTES_KEPT, MINUTE_MS);
  private final MinuteFigures minute = new MinuteFigures(minutes);
  private final Map<String, BrokerFigures> before = new HashMap<>();
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private @Nullable Clients clients;
  private @Nullable Credentials account;
  private @Nullable ClusterFigures latest;
  private GroupLags lags = GroupLags.UNKNOWN;
  private boolean asking;
  private boolean lagging;
  private long lookedMs;
  private long askedMs;

  /** What is told to who looks. */
  record View(ClusterFigures now, FigureRing seconds, FigureRing minutes, long everyMs) {}

  public LiveFigures(String nameServers) {
    this.nameServers = nameServers;
  }

  @Override
  public Future<?> start() {
    clients = new Clients(vertx, nameServers);
    vertx.setPeriodic(SECOND_MS, ignored -> tick());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    Clients made = clients;
    return made == null ? Future.succeededFuture() : made.close();
  }

  private void tick() {
    long nowMs = System.currentTimeMillis();
    boolean looking = nowMs - lookedMs < LOOKING_MS;
    if (nowMs - lookedMs > REMEMBERED_MS) {
      account = null;
    }
    if (looking || nowMs - askedMs >= UNSEEN_MS) {
      ask();
    }
    if (nowMs - lags.atMs() >= (looking ? LAG_MS : MINUTE_MS)) {
      askLags();
    }
  }

  /**
   * Shows the figures to somebody, on this verticle's loop; they are asked for first if they are old.
   *
   * @param who whom the brokers have accepted; null for nobody in particular
   * @param show makes of them what completes the future, on the caller's loop
   */
  <T> Future<T> look(Vertx caller, @Nullable Credentials who, Function<View, T> show) {
    Promise<T> shown = Promise.promise();
    Context back = caller.getOrCreateContext();
    context.runOnContext(
        ignored ->
            looked(who)
                .map(done -> show.apply(view()))
                .onComplete(result -> back.runOnContext(there -> shown.handle(result))));
    return shown.future();
  }

  private View view() {
    return new View(Objects.requireNonNull(latest), seconds, minutes, SECOND_MS);
  }

  private Future<Void> looked(@Nullable Credentials who) {
    long nowMs = System.currentTimeMillis();
    lookedMs = nowMs;
    account = who;
    ClusterFigures known = latest;
    if (known != null && (nowMs - known.atMs() < FRESH_MS || waiting.size() >= MAX_WAITING)) {
      return Future.succeededFuture();
    }
    Promise<Void> asked = Promise.promise();
    waiting.add(asked);
    ask();
    return asked.future();
  }

  private void ask() {
    if (asking) {
      return;
    }
    asking = true;
    askedMs = System.currentTimeMillis();
    with(this::askAll)
        .onComplete(
            done -> {
              asking = false;
              if (done.failed()) {
                log.debug("no figures: {}", done.cause().toString());
              } else {
                take(done.result());
              }
              List<Promise<Void>> told = List.copyOf(waiting);
              waiting.clear();
              told.forEach(each -> each.handle(done.mapEmpty()));
            });
  }

  private <T> Future<T> with(Function<Admin, Future<T>> action) {
    try {
      return Objects.requireNonNull(clients).with(account, client -> action.apply(client.admin()));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<List<BrokerFigures>> askAll(Admin admin) {
    return admin
        .clusterInfo()
        .compose(
            info -> {
              List<Future<BrokerFigures>> answers = new ArrayList<>();
              for (BrokerFigures each : named(info)) {
                answers.add(ask(admin, each));
              }
              return Future.join(answers).map(all -> answers.stream().map(Future::result).toList());
            });
  }

  /** Every broker that the name server names, with nothing but its name yet. */
  private static List<BrokerFigures> named(ClusterInfo info) {
    List<BrokerFigures> all = new ArrayList<>();
    for (BrokerData broker : info.brokerAddrTable().values()) {
      broker
          .brokerAddrs()
          .forEach(
              (id, address) ->
                  all.add(
                      new BrokerFigures(
                          Objects.requireNonNullElse(broker.cluster(), ""),
                          broker.brokerName(),
                          id,
                          address,
                          0,
                          Map.of(),
                          null,
                          null)));
    }
    all.sort(
        Comparator.comparing(BrokerFigures::cluster)
            .thenComparing(BrokerFigures::name)
            .thenComparingLong(BrokerFigures::id));
    return all;
  }

  /** Never fails: a broker that doesn't answer is one whose figures are not known. */
  private Future<BrokerFigures> ask(Admin admin, BrokerFigures broker) {
    return admin
        .brokerFigures(broker.address())
        .transform(
            answer ->
                Future.succeededFuture(
                    new BrokerFigures(
                        broker.cluster(),
                        broker.name(),
                        broker.id(),
                        broker.address(),
                        System.currentTimeMillis(),
                        answer.succeeded() ? answer.result() : Map.of(),
                        answer.succeeded() ? null : answer.cause().getMessage(),
                        before.get(broker.address()))));
  }

  private void take(List<BrokerFigures> brokers) {
    before.clear();
    brokers.forEach(each -> before.put(each.address(), each.alone()));
    ClusterFigures now = new ClusterFigures(System.currentTimeMillis(), brokers, lags);
    latest = now;
    double[] values = now.values();
    seconds.put(now.atMs(), values);
    minute.add(now.atMs(), values);
  }

  private void askLags() {
    ClusterFigures known = latest;
    if (lagging || known == null) {
      return;
    }
    lagging = true;
    List<String> masters =
        known.brokers().stream()
            .filter(each -> each.isMaster() && each.failure() == null)
            .map(BrokerFigures::address)
            .toList();
    with(admin -> lagsOf(admin, masters))
        .onComplete(
            done -> {
              lagging = false;
              lags =
                  done.succeeded()
                      ? GroupLags.of(System.currentTimeMillis(), done.result())
                      : new GroupLags(System.currentTimeMillis(), Double.NaN, List.of());
            });
  }

  /** Fails if one of them doesn't answer: a part is not the whole. */
  private static Future<List<ConsumeStatsList>> lagsOf(Admin admin, List<String> masters) {
    List<Future<ConsumeStatsList>> answers = masters.stream().map(admin::brokerProgress).toList();
    Supplier<List<ConsumeStatsList>> all = () -> answers.stream().map(Future::result).toList();
    return Future.all(answers).map(done -> all.get());
  }
}
