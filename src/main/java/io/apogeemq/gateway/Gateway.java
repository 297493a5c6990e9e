package io.apogeemq.gateway;

import io.apogeemq.client.ClientOptions;
import io.apogeemq.gateway.access.Certificates;
import io.apogeemq.gateway.access.GuessThrottle;
import io.apogeemq.gateway.access.RateLimit;
import io.apogeemq.gateway.access.Sessions;
import io.apogeemq.gateway.access.Tokens;
import io.apogeemq.gateway.figures.LiveFigures;
import io.apogeemq.gateway.http.BodyBudget;
import io.apogeemq.gateway.metrics.Metrics;
import io.apogeemq.gateway.metrics.ProcessMeters;
import io.apogeemq.gateway.openapi.ApiDocument;
import io.apogeemq.gateway.publish.SentOnce;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A gateway: one {@link GatewayVerticle} on each event loop, all on one port, and the little that they
 * share. It keeps nothing that a restart would lose but tokens, sessions and the memory of idempotency keys.
 */
public final class Gateway {
  private static final int MAX_KEYS = 100_000;
  private static final Duration KEY_LIFE = Duration.ofMinutes(10);

  private final Vertx vertx;
  private final GatewayOptions options;
  private final ClientOptions cluster;
  private final int eventLoops;
  private final Certificates certificates;
  private final String version;
  private final ProcessMeters meters;
  private final Consumer<Router> pages;

  /** A gateway with nothing but the operations of its document, that asks for no certificates. */
  public Gateway(Vertx vertx, GatewayOptions options, int eventLoops, String version) {
    this(
        vertx,
        options,
        ClientOptions.of(options.nameServers()),
        Certificates.NONE,
        eventLoops,
        version,
        new ProcessMeters(),
        ignored -> {});
  }

  /**
   * @param cluster options of each client: the cluster, and no account; not changed any more
   * @param certificates the accounts of clients that show one
   * @param eventLoops how many of them serve it
   * @param version of this program, as it says itself
   * @param meters of this process
   * @param pages adds what else is served on the port; called on each event loop
   */
  public Gateway(
      Vertx vertx,
      GatewayOptions options,
      ClientOptions cluster,
      Certificates certificates,
      int eventLoops,
      String version,
      ProcessMeters meters,
      Consumer<Router> pages) {
    this.vertx = vertx;
    this.options = options;
    this.cluster = cluster;
    this.certificates = certificates;
    this.eventLoops = eventLoops;
    this.version = version;
    this.meters = meters;
    this.pages = pages;
  }

  /** Completes with the deployment's id when the port is open; fails if it can't be opened. */
  public Future<String> deploy() {
    // Reading the document takes a moment, so it is done once, off the event loops.
    return vertx.executeBlocking(ApiDocument::ofThisJar).compose(this::deploy);
  }

  private Future<String> deploy(ApiDocument document) {
    LiveFigures figures = new LiveFigures(cluster);
    AtomicInteger connections = new AtomicInteger();
    Shared shared =
        new Shared(
            cluster,
            document,
            new Tokens(System::currentTimeMillis),
            certificates,
            figures,
            new Sessions(System::currentTimeMillis),
            new GuessThrottle(() -> System.nanoTime() / 1_000_000),
            new RateLimit(options.requestsPerSecond(), System::nanoTime),
            new BodyBudget(options.bodyMemoryBytes()),
            new SentOnce(MAX_KEYS, KEY_LIFE.toMillis(), () -> System.nanoTime() / 1_000_000),
            connections,
            new AtomicLong(),
            new Metrics(meters.registry(), connections::get),
            meters,
            version,
            pages);
    return vertx.deployVerticle(new Whole(shared));
  }

  /** Deploys what a gateway is made of; what a verticle deploys ends with it. */
  private final class Whole extends VerticleBase {
    private final Shared shared;

    private Whole(Shared shared) {
      this.shared = shared;
    }

    @Override
    public Future<?> start() {
      return vertx
          .deployVerticle(shared.figures())
          .compose(
              ignored ->
                  vertx.deployVerticle(
                      () -> new GatewayVerticle(options, shared),
                      new DeploymentOptions().setInstances(eventLoops)));
    }
  }

  /**
   * What the event loops share; each part says how it is safe.
   *
   * @param connections open now
   * @param changes how often something was changed through this gateway
   */
  record Shared(
      ClientOptions cluster,
      ApiDocument document,
      Tokens tokens,
      Certificates certificates,
      LiveFigures figures,
      Sessions sessions,
      GuessThrottle throttle,
      RateLimit limit,
      BodyBudget bodies,
      SentOnce sent,
      AtomicInteger connections,
      AtomicLong changes,
      Metrics metrics,
      ProcessMeters meters,
      String version,
      Consumer<Router> pages) {}
}
