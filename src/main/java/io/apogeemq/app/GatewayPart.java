package io.apogeemq.app;

import io.apogeemq.client.ClientOptions;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.console.ConsolePage;
import io.apogeemq.gateway.Gateway;
import io.apogeemq.gateway.GatewayOptions;
import io.apogeemq.gateway.access.Certificates;
import io.apogeemq.gateway.metrics.ProcessMeters;
import io.apogeemq.remoting.Loopback;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP gateway of this process, with the console's page on its port. */
final class GatewayPart implements Part {
  private static final Logger log = LoggerFactory.getLogger(GatewayPart.class);

  private final Vertx vertx;
  private final GatewayOptions options;
  private final @Nullable Loopback broker;
  private final CertifiedAccounts accounts;
  private final ProcessMeters meters;
  private final int eventLoops;
  private final boolean mustOpen;

  /** Null before the start. Main writes it, the shutdown thread reads it. */
  private volatile @Nullable Future<String> deployment;

  /**
   * @param broker of this process; null: there is none
   * @param meters of this process, those of the Vert.x instance among them
   * @param mustOpen false: a port that is taken is warned of, and the rest of the node serves without a
   *     gateway
   */
  GatewayPart(
      Vertx vertx,
      GatewayOptions options,
      @Nullable Loopback broker,
      CertifiedAccounts accounts,
      ProcessMeters meters,
      int eventLoops,
      boolean mustOpen) {
    this.vertx = vertx;
    this.options = options;
    this.broker = broker;
    this.accounts = accounts;
    this.meters = meters;
    this.eventLoops = eventLoops;
    this.mustOpen = mustOpen;
  }

  @Override
  public String name() {
    return "gateway";
  }

  @Override
  public Future<String> start() {
    Certificates certificates;
    try {
      certificates = accounts.open(vertx, options.tls());
    } catch (ConfigRejected e) {
      return Future.failedFuture(e);
    }
    Future<String> deploying =
        new Gateway(
                vertx,
                options,
                ClientOptions.of(options.nameServers()).setLoopback(broker),
                certificates,
                eventLoops,
                Main.version(),
                meters,
                new ConsolePage())
            .deploy();
    deployment = deploying;
    return deploying
        .map(id -> BootLines.gateway(options.bindAddress(), options.port(), options.tls() != null))
        .recover(
            e ->
                mustOpen ? Future.failedFuture(unopened(e)) : Future.succeededFuture(doWithout(e)));
  }

  private IllegalStateException unopened(Throwable cause) {
    return new IllegalStateException(
        "port "
            + options.port()
            + " of "
            + options.bindAddress()
            + " can't be opened ("
            + cause.getMessage()
            + "); choose another one by gatewayPort, or 0 for no gateway; gatewayBindAddress must be an"
            + " address of this machine",
        cause);
  }

  private String doWithout(Throwable cause) {
    log.warn("no gateway: {}", unopened(cause).getMessage());
    return "The gateway is off: " + unopened(cause).getMessage();
  }

  @Override
  public Future<Void> stop() {
    Future<String> deployed = deployment;
    return deployed == null
        ? Future.succeededFuture()
        : deployed.transform(
            id -> id.succeeded() ? vertx.undeploy(id.result()) : Future.succeededFuture());
  }
}
