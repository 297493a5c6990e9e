package io.apogeemq.gateway.figures;

import io.apogeemq.client.Admin;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Inspection;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.access.Claim;
import io.apogeemq.gateway.access.Clients;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.BrokerCodes;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
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
 * behind costs brokers more and is asked for less often, of RocketMQ's only for who has looked lately.
 *
 * <p>It asks as whoever looked last ({@link Audience}), for brokers check accounts; whoever sees the
 * figures has been accepted by a broker before. One for the gateway, on an event loop of its own;
 * {@link #look} may be called from any other.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class LiveFigures extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(LiveFigures.class);

  private static final long SECOND_MS = 1_000;
  private static final long MINUTE_MS = 60_000;
  private static final int SECONDS_KEPT = 15 * 60;
  private static final int MINUTES_KEPT = 24 * 60;

  private static final long UNSEEN_MS = 10_000;
  private static final long LAG_MS = 5_000;

  /** What is older is asked for anew before it is shown. */
  private static final long FRESH_MS = 1_500;

  private static final int MAX_WAITING = 1_000;

  private final ClientOptions cluster;
  private final FigureRing seconds = new FigureRing(SECONDS_KEPT, SECOND_MS);
  private final FigureRing minutes = new FigureRing(MINUTES_KEPT, MINUTE_MS);
  private final MinuteFigures minute = new MinuteFigures(minutes);
  private final Map<String, BrokerFigures> before = new HashMap<>();
  private final List<Promise<Void>> waiting = new ArrayList<>();
  private final Audience audience = new Audience();
  private @Nullable Clients clients;
  private @Nullable ClusterFigures latest;
  private GroupLags lags = GroupLags.UNKNOWN;
  private boolean asking;
  private boolean lagging;
  private boolean refused;
  private long askedMs;

  /** What is told to who looks. */
  record View(ClusterFigures now, FigureRing seconds, FigureRing minutes, long everyMs) {}

  /** {@code cluster}: options of each client, without an account; not changed any more. */
  public LiveFigures(ClientOptions cluster) {
    this.cluster = cluster;
  }

  @Override
  public Future<?> start() {
    clients = new Clients(vertx, cluster);
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
    if (!audience.mayAsk(nowMs)) {
      lags = GroupLags.UNKNOWN;
      return;
    }
    boolean looking = audience.isLooking(nowMs);
    if (looking || nowMs - askedMs >= UNSEEN_MS) {
      ask();
    }
    if (audience.hasCome() && nowMs - lags.atMs() >= (looking ? LAG_MS : MINUTE_MS)) {
      askLags(nowMs);
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
    audience.looked(who, nowMs);
    ClusterFigures known = latest;
    if (known != null
        && !refused
        && (nowMs - known.atMs() < FRESH_MS || waiting.size() >= MAX_WAITING)) {
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
    refused = false;
    askedMs = System.currentTimeMillis();
    Credentials as = audience.account(askedMs);
    with(as, client -> askAll(client.admin()))
        .onComplete(
            done -> {
              asking = false;
              audience.asked(as, refused);
              if (as == null && refused && audience.account(System.currentTimeMillis()) != null) {
                ask(); // somebody came meanwhile, and may know more
                return;
              }
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

  private <T> Future<T> with(@Nullable Credentials as, Function<GatewayClient, Future<T>> action) {
    try {
      return Objects.requireNonNull(clients).with(Claim.proven(as), action);
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
              for (BrokerFigures each : BrokerFigures.named(info)) {
                answers.add(ask(admin, each));
              }
              return Future.join(answers).map(all -> answers.stream().map(Future::result).toList());
            });
  }

  /** Never fails: a broker that doesn't answer is one whose figures are not known. */
  private Future<BrokerFigures> ask(Admin admin, BrokerFigures broker) {
    return admin
        .brokerFigures(broker.address())
        .transform(
            answer -> {
              refused |= answer.failed() && BrokerCodes.denies(answer.cause());
              return Future.succeededFuture(
                  broker.answered(
                      answer.succeeded() ? answer.result() : Map.of(),
                      answer.succeeded() ? null : said(answer.cause()),
                      before.get(broker.address())));
            });
  }

  /** A broker's own words have no code before them. */
  private static String said(Throwable failure) {
    return failure instanceof RequestRefused refused ? refused.remark() : failure.getMessage();
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

  private void askLags(long nowMs) {
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
    boolean anyBroker = audience.isRemembered(nowMs);
    with(audience.account(nowMs), client -> lagsOf(client, masters, anyBroker))
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
  private static Future<List<Map<String, Long>>> lagsOf(
      GatewayClient client, List<String> masters, boolean anyBroker) {
    List<Future<Map<String, Long>>> answers =
        masters.stream().map(each -> lagsOf(client, each, anyBroker)).toList();
    Supplier<List<Map<String, Long>>> all = () -> answers.stream().map(Future::result).toList();
    return Future.all(answers).map(done -> all.get());
  }

  /** Ours tell it from memory; others look every queue up, which is not asked of them for nobody. */
  private static Future<Map<String, Long>> lagsOf(
      GatewayClient client, String master, boolean anyBroker) {
    return client
        .inspection()
        .groups(master)
        .map(GroupLags::byGroup)
        .recover(
            e ->
                anyBroker && Inspection.isUnsupported(e)
                    ? client.admin().brokerProgress(master).map(GroupLags::byGroup)
                    : Future.failedFuture(e));
  }
}
