package io.apogeemq.app;

import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.NamesrvKeys;
import io.apogeemq.config.Settings;
import io.apogeemq.namesrv.AddressView;
import io.apogeemq.namesrv.NameServer;
import io.apogeemq.namesrv.NameServerConfig;
import io.apogeemq.remoting.tls.ServerTls;
import io.apogeemq.remoting.tls.TlsSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** The name server of this process. */
final class NameServerPart implements Part {
  private final Vertx vertx;
  private final Settings settings;

  /** The id of its verticle; null before the start. Main writes it, the shutdown thread reads it. */
  private volatile @Nullable Future<String> deployment;

  NameServerPart(Vertx vertx, Settings settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  @Override
  public String name() {
    return "name server";
  }

  @Override
  public Future<String> start() {
    NameServerConfig config =
        new NameServerConfig(
            settings.get(NamesrvKeys.BIND_ADDRESS),
            settings.get(NamesrvKeys.LISTEN_PORT),
            settings.get(NamesrvKeys.KV_CONFIG_PATH),
            settings.get(NamesrvKeys.ORDER_MESSAGE_ENABLE),
            settings.get(NamesrvKeys.SUPPORT_ACTING_MASTER),
            settings.get(NamesrvKeys.RETURN_ORDER_TOPIC_CONFIG_TO_BROKER),
            settings.get(NamesrvKeys.ENABLE_ALL_TOPIC_LIST),
            settings.get(NamesrvKeys.SCAN_NOT_ACTIVE_BROKER_INTERVAL_MS),
            settings.asText());
    ServerTls tls;
    try {
      tls = ServerTls.open(vertx, TlsSettings.from(settings));
    } catch (ConfigRejected e) {
      return Future.failedFuture(e);
    }
    Future<String> deploying =
        vertx.deployVerticle(new NameServer(config, AddressView.AS_REGISTERED, tls));
    deployment = deploying;
    return deploying.map(id -> BootLines.nameServer());
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
