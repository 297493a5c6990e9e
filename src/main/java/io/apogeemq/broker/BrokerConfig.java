package io.apogeemq.broker;

import com.sun.management.OperatingSystemMXBean;
import io.apogeemq.broker.delay.DelayConfig;
import io.apogeemq.broker.delay.DelayLevels;
import io.apogeemq.broker.pop.AssignmentHandlers;
import io.apogeemq.broker.pop.PopConfig;
import io.apogeemq.broker.pull.PullConfig;
import io.apogeemq.broker.send.IntakeConfig;
import io.apogeemq.broker.send.RetryWindow;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.transaction.TransactionConfig;
import io.apogeemq.broker.upkeep.RouteRegistration;
import io.apogeemq.broker.upkeep.Upkeep;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.ConfigRejected;
import io.apogeemq.config.FlushDiskType;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.Key;
import io.apogeemq.config.Problem;
import io.apogeemq.config.Settings;
import io.apogeemq.protocol.body.RequestMode;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.StoreConfig;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What this room takes from the settings. {@code storeHost} is the address that clients are told and
 * that is part of every message id.
 */
public record BrokerConfig(
    Settings settings,
    String clusterName,
    String brokerName,
    long brokerId,
    String bindAddress,
    int listenPort,
    InetSocketAddress storeHost,
    List<HostPort> nameServers,
    Path storeRoot) {

  /** A record is at most so much larger than its body: properties, topic and fixed fields. */
  private static final int RECORD_OVERHEAD_BYTES = 64 * 1024;

  /**
   * Reads the settings and resolves the broker's own name.
   *
   * @throws ConfigRejected if {@code brokerIP1} has no address: no message could be stored, for its
   *     record names one
   */
  public static BrokerConfig from(Settings settings) throws ConfigRejected {
    int port = settings.get(BrokerKeys.LISTEN_PORT);
    checkLogLimit(settings);
    return new BrokerConfig(
        settings,
        settings.get(BrokerKeys.BROKER_CLUSTER_NAME),
        settings.get(BrokerKeys.BROKER_NAME),
        settings.get(BrokerKeys.BROKER_ID),
        settings.get(BrokerKeys.BIND_ADDRESS),
        port,
        new InetSocketAddress(resolved(settings, BrokerKeys.BROKER_IP1), port),
        settings.get(BrokerKeys.NAMESRV_ADDR),
        settings.get(BrokerKeys.STORE_PATH_ROOT_DIR));
  }

  /** A limit below two files could only be kept by deleting the one that is written. */
  private static void checkLogLimit(Settings settings) throws ConfigRejected {
    long max = settings.get(BrokerKeys.COMMIT_LOG_MAX_BYTES);
    long least = 2L * settings.get(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES);
    if (max > 0 && max < least) {
      throw new ConfigRejected(
          List.of(
              new Problem(
                  settings.source(BrokerKeys.COMMIT_LOG_MAX_BYTES).toString(),
                  "commitLogMaxBytes="
                      + max
                      + " can't be used: it is less than two files of"
                      + " mappedFileSizeCommitLog, "
                      + least
                      + " bytes")));
    }
  }

  private static InetAddress resolved(Settings settings, Key<String> key) throws ConfigRejected {
    String name = settings.get(key);
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw new ConfigRejected(
          List.of(
              new Problem(
                  settings.source(key).toString(),
                  key.name()
                      + "="
                      + name
                      + " can't be used: no address is known for this host ("
                      + e.getMessage()
                      + ")")));
    }
  }

  /** The second port with the same service, two below the first, as in the original. */
  public int fastPort() {
    return listenPort - 2;
  }

  /** The broker's address as routes give it. */
  public String address() {
    return new HostPort(settings.get(BrokerKeys.BROKER_IP1), listenPort).toString();
  }

  /** Where slaves dial. */
  String haAddress() {
    return new HostPort(
            settings.get(BrokerKeys.BROKER_IP2), settings.get(BrokerKeys.HA_LISTEN_PORT))
        .toString();
  }

  RouteRegistration.Options registration() {
    return new RouteRegistration.Options(
        nameServers.stream().map(HostPort::toString).toList(),
        settings.get(BrokerKeys.REGISTER_NAME_SERVER_PERIOD_MS),
        settings.get(BrokerKeys.REGISTER_BROKER_TIMEOUT_MS));
  }

  Upkeep.Intervals upkeep() {
    return new Upkeep.Intervals(
        settings.get(BrokerKeys.OFFSET_RECORD_INTERVAL_MS),
        settings.get(BrokerKeys.FLUSH_CONSUMER_OFFSET_INTERVAL_MS));
  }

  /** A queue is young while its first message lies no further behind the log's end. */
  long youngLogBytes() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getTotalMemorySize()
        / 100
        * settings.get(BrokerKeys.ACCESS_MESSAGE_IN_MEMORY_MAX_RATIO);
  }

  BrokerIdentity identity() {
    return new BrokerIdentity(clusterName, brokerName, brokerId, address());
  }

  SystemTopics.Options systemTopics() {
    return new SystemTopics.Options(
        settings.get(BrokerKeys.AUTO_CREATE_TOPIC_ENABLE),
        settings.get(BrokerKeys.DEFAULT_TOPIC_QUEUE_NUMS),
        settings.get(BrokerKeys.CLUSTER_TOPIC_ENABLE),
        settings.get(BrokerKeys.BROKER_TOPIC_ENABLE),
        settings.get(BrokerKeys.TRACE_TOPIC_ENABLE));
  }

  /** How the store of this broker is laid out; whoever opens the store asks. */
  public StoreConfig store() {
    int maxBodyBytes = settings.get(BrokerKeys.MAX_MESSAGE_SIZE_BYTES);
    StoreConfig.Bounds defaults = StoreConfig.Bounds.DEFAULT;
    return new StoreConfig(
        storeRoot,
        settings.get(BrokerKeys.STORE_PATH_COMMIT_LOG),
        settings.get(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES),
        maxBodyBytes + RECORD_OVERHEAD_BYTES,
        new StoreConfig.Flush(
            settings.get(BrokerKeys.FLUSH_DISK_TYPE) == FlushDiskType.SYNC_FLUSH
                ? StoreConfig.FlushMode.SYNC
                : StoreConfig.FlushMode.ASYNC,
            settings.get(BrokerKeys.FLUSH_INTERVAL_COMMIT_LOG_MS),
            settings.get(BrokerKeys.SYNC_FLUSH_TIMEOUT_MS)),
        new StoreConfig.Bounds(
            defaults.pageBytes(),
            settings.get(BrokerKeys.PAGE_MEMORY_BYTES),
            settings.get(BrokerKeys.APPEND_QUEUE_BYTES),
            defaults.maxBatchBytes(),
            defaults.maxUnflushedBytes(),
            settings.get(BrokerKeys.INDEX_BLOCK_BYTES),
            defaults.indexMemoryEntries(),
            defaults.keyFilterBytes(),
            settings.get(BrokerKeys.READER_THREADS)),
        retention(settings));
  }

  static RetentionConfig retention(Settings settings) {
    return new RetentionConfig(
        settings.get(BrokerKeys.FILE_RESERVED_TIME_HOURS),
        Set.copyOf(settings.get(BrokerKeys.DELETE_WHEN)),
        new RetentionConfig.DiskLevels(
            settings.get(BrokerKeys.DISK_MAX_USED_SPACE_RATIO) / 100.0,
            settings.get(BrokerKeys.DISK_SPACE_CLEAN_FORCIBLY_RATIO) / 100.0,
            settings.get(BrokerKeys.CLEAN_FILE_FORCIBLY_ENABLE),
            settings.get(BrokerKeys.DISK_SPACE_WARNING_LEVEL_RATIO) / 100.0),
        settings.get(BrokerKeys.COMMIT_LOG_MAX_BYTES),
        settings.get(BrokerKeys.DELETE_UNREAD_FOR_ROOM));
  }

  IntakeConfig intake() {
    return new IntakeConfig(
        brokerName,
        storeHost,
        clusterName,
        settings.get(BrokerKeys.MAX_MESSAGE_SIZE_BYTES),
        (settings.get(BrokerKeys.BROKER_PERMISSION) & TopicConfig.WRITE) != 0);
  }

  RetryWindow.Settings sendRetries() {
    return new RetryWindow.Settings(
        settings.get(BrokerKeys.SEND_RETRY_WINDOW_MESSAGES),
        settings.get(BrokerKeys.SEND_RETRY_WINDOW_MS),
        settings.get(BrokerKeys.SEND_RETRY_LATE_MS));
  }

  PopConfig pop() {
    return new PopConfig(
        brokerName,
        (settings.get(BrokerKeys.BROKER_PERMISSION) & TopicConfig.READ) != 0,
        settings.get(BrokerKeys.ENABLE_RETRY_TOPIC_V2),
        settings.get(BrokerKeys.RETRIEVE_MESSAGE_FROM_POP_RETRY_TOPIC_V1),
        settings.get(BrokerKeys.POP_FROM_RETRY_PROBABILITY),
        settings.get(BrokerKeys.ENABLE_POP_MESSAGE_THRESHOLD)
            ? settings.get(BrokerKeys.POP_INFLIGHT_MESSAGE_THRESHOLD)
            : PopConfig.MAX_OUT,
        settings.get(BrokerKeys.MAX_POP_POLLING_SIZE),
        settings.get(BrokerKeys.POP_POLLING_SIZE));
  }

  AssignmentHandlers.Defaults assignments() {
    return new AssignmentHandlers.Defaults(
        RequestMode.valueOf(settings.get(BrokerKeys.DEFAULT_MESSAGE_REQUEST_MODE)),
        settings.get(BrokerKeys.DEFAULT_POP_SHARE_QUEUE_NUM),
        settings.get(BrokerKeys.SERVER_LOAD_BALANCER_ENABLE));
  }

  TransactionConfig transactions() {
    return new TransactionConfig(
        brokerName,
        storeHost,
        settings.get(BrokerKeys.REJECT_TRANSACTION_MESSAGE),
        settings.get(BrokerKeys.TRANSACTION_TIMEOUT_MS),
        settings.get(BrokerKeys.TRANSACTION_CHECK_INTERVAL_MS),
        settings.get(BrokerKeys.TRANSACTION_CHECK_MAX),
        settings.get(BrokerKeys.TRANSACTION_CHECKS_PER_SECOND),
        settings.get(BrokerKeys.TRANSACTION_MAX_OPEN));
  }

  DelayConfig delay() {
    return new DelayConfig(
        brokerName,
        storeHost,
        DelayLevels.parse(settings.get(BrokerKeys.MESSAGE_DELAY_LEVEL)),
        settings.get(BrokerKeys.TIMER_WHEEL_ENABLE),
        TimeUnit.SECONDS.toMillis(settings.get(BrokerKeys.TIMER_MAX_DELAY_SECONDS)),
        settings.get(BrokerKeys.TIMER_MAX_PENDING_MESSAGES),
        settings.get(BrokerKeys.RECALL_MESSAGE_ENABLE),
        settings.get(BrokerKeys.FLUSH_DELAY_OFFSET_INTERVAL_MS),
        settings.get(BrokerKeys.MAPPED_FILE_SIZE_COMMIT_LOG_BYTES));
  }

  PullConfig pull() {
    return new PullConfig(
        brokerName,
        (settings.get(BrokerKeys.BROKER_PERMISSION) & TopicConfig.READ) != 0,
        settings.get(BrokerKeys.LONG_POLLING_ENABLE),
        settings.get(BrokerKeys.SHORT_POLLING_TIME_MS));
  }
}
