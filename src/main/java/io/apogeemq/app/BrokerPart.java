package io.apogeemq.app;

import io.apogeemq.broker.Broker;
import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.broker.Entrance;
import io.apogeemq.broker.migration.PendingWork;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.FlushDiskType;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.Settings;
import io.apogeemq.remoting.Loopback;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.io.FileDisk;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker of this process: opens its store, serves, and closes both in the opposite order. */
final class BrokerPart implements Part {
  private static final Logger log = LoggerFactory.getLogger(BrokerPart.class);

  private final Vertx vertx;
  private final BrokerConfig config;
  private final Settings settings;
  private final @Nullable Loopback loopback;

  /** Null until its store is open. Main writes it, the shutdown thread reads it. */
  private volatile @Nullable Broker broker;

  BrokerPart(Vertx vertx, BrokerConfig config) {
    this(vertx, config, null);
  }

  /** {@code loopback}: where clients of this process find it; null: they dial its port. */
  BrokerPart(Vertx vertx, BrokerConfig config, @Nullable Loopback loopback) {
    this.vertx = vertx;
    this.config = config;
    this.loopback = loopback;
    settings = config.settings();
  }

  @Override
  public String name() {
    return "broker";
  }

  @Override
  public Future<String> start() {
    log.info("{}", promise());
    Entrance entrance;
    MessageStore store;
    try {
      entrance = new Doorkeeper(vertx, config, loopback).entrance();
      // Recovers what a crash left, and takes over another broker's folder, on this thread.
      store =
          LogStore.open(config.store(), PendingWork.in(new FileDisk(), config.store().rootDir()));
    } catch (IOException | ConfigRejected e) {
      return Future.failedFuture(e);
    }
    Broker starting = new Broker(vertx, config, entrance, store);
    broker = starting;
    return starting.start().map(served -> bootLine());
  }

  private String bootLine() {
    return BootLines.broker(
        settings.get(BrokerKeys.BROKER_NAME),
        new HostPort(settings.get(BrokerKeys.BROKER_IP1), settings.get(BrokerKeys.LISTEN_PORT)),
        settings.get(BrokerKeys.NAMESRV_ADDR));
  }

  /** What an acknowledgement means in this configuration: nobody should have to guess it. */
  private String promise() {
    String where = "store " + settings.get(BrokerKeys.STORE_PATH_ROOT_DIR) + ", ";
    return settings.get(BrokerKeys.FLUSH_DISK_TYPE) == FlushDiskType.SYNC_FLUSH
        ? where + "SYNC_FLUSH: an acknowledged message survives a loss of power"
        : where
            + "ASYNC_FLUSH: an acknowledged message survives the end of the process; a loss of power"
            + " may cost the last "
            + settings.get(BrokerKeys.FLUSH_INTERVAL_COMMIT_LOG_MS)
            + " ms";
  }

  @Override
  public Future<Void> stop() {
    Broker started = broker;
    return started == null ? Future.succeededFuture() : started.stop();
  }
}
