package io.apogeemq.app;

import io.apogeemq.broker.Broker;
import io.apogeemq.broker.BrokerConfig;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.FlushDiskType;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.Settings;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.StoreConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The broker of this process: opens its store, serves, and closes both in the opposite order. */
final class BrokerPart implements Part {
  private static final Logger log = LoggerFactory.getLogger(BrokerPart.class);

  /** What a record has beside its body: fixed fields, topic, and properties of at most 32 KiB. */
  private static final int RECORD_OVERHEAD_BYTES = 64 * 1024;

  private final Vertx vertx;
  private final Settings settings;
  private @Nullable Broker broker;

  BrokerPart(Vertx vertx, Settings settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  @Override
  public String name() {
    return "broker";
  }

  @Override
  public Future<String> start() {
    log.info("{}", promise());
    MessageStore store;
    try {
      store = LogStore.open(storeConfig()); // recovers what a crash left, on this thread
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
    Broker starting = new Broker(vertx, BrokerConfig.from(settings), store);
    broker = starting;
    return starting.start().map(served -> bootLine());
  }

  private StoreConfig storeConfig() {
    StoreConfig usual = StoreConfig.at(settings.get(BrokerKeys.STORE_PATH_ROOT_DIR));
    return new StoreConfig(
        usual.rootDir(),
        settings.get(BrokerKeys.STORE_PATH_COMMIT_LOG),
        settings.get(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES),
        settings.get(BrokerKeys.FLUSH_DISK_TYPE) == FlushDiskType.SYNC_FLUSH
            ? StoreConfig.FlushMode.SYNC
            : StoreConfig.FlushMode.ASYNC,
        settings.get(BrokerKeys.FLUSH_INTERVAL_COMMIT_LOG_MS),
        settings.get(BrokerKeys.SYNC_FLUSH_TIMEOUT_MS),
        settings.get(BrokerKeys.MAX_MESSAGE_SIZE_BYTES) + RECORD_OVERHEAD_BYTES,
        usual.pageBytes(),
        settings.get(BrokerKeys.PAGE_MEMORY_BYTES),
        settings.get(BrokerKeys.APPEND_QUEUE_BYTES),
        usual.maxBatchBytes(),
        usual.maxUnflushedBytes(),
        settings.get(BrokerKeys.INDEX_BLOCK_BYTES),
        usual.indexMemoryEntries(),
        settings.get(BrokerKeys.READER_THREADS),
        settings.get(BrokerKeys.DISK_SPACE_WARNING_LEVEL_RATIO) / 100.0,
        settings.get(BrokerKeys.FILE_RESERVED_TIME_HOURS),
        Set.copyOf(settings.get(BrokerKeys.DELETE_WHEN)));
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
    return broker == null ? Future.succeededFuture() : broker.stop();
  }
}
