package io.apogeemq.broker;

import io.apogeemq.broker.pull.PullConfig;
import io.apogeemq.broker.send.IntakeConfig;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.upkeep.RouteRegistration;
import io.apogeemq.broker.upkeep.Upkeep;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.HostPort;
import io.apogeemq.config.Settings;
import io.apogeemq.protocol.body.TopicConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

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

  public static BrokerConfig from(Settings settings) {
    int port = settings.get(BrokerKeys.LISTEN_PORT);
    return new BrokerConfig(
        settings,
        settings.get(BrokerKeys.BROKER_CLUSTER_NAME),
        settings.get(BrokerKeys.BROKER_NAME),
        settings.get(BrokerKeys.BROKER_ID),
        settings.get(BrokerKeys.BIND_ADDRESS),
        port,
        new InetSocketAddress(settings.get(BrokerKeys.BROKER_IP1), port),
        settings.get(BrokerKeys.NAMESRV_ADDR),
        settings.get(BrokerKeys.STORE_PATH_ROOT_DIR));
  }

  /** The second port with the same service, two below the first, as in the original. */
  int fastPort() {
    return listenPort - 2;
  }

  /** The broker's address as routes give it. */
  public String address() {
    return storeHost.getHostString() + ":" + listenPort;
  }

  /** Where slaves dial. */
  String haAddress() {
    return settings.get(BrokerKeys.BROKER_IP2) + ":" + settings.get(BrokerKeys.HA_LISTEN_PORT);
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

  IntakeConfig intake() {
    return new IntakeConfig(
        brokerName,
        storeHost,
        clusterName,
        settings.get(BrokerKeys.MAX_MESSAGE_SIZE_BYTES),
        (settings.get(BrokerKeys.BROKER_PERMISSION) & TopicConfig.WRITE) != 0);
  }

  PullConfig pull() {
    return new PullConfig(
        brokerName,
        (settings.get(BrokerKeys.BROKER_PERMISSION) & TopicConfig.READ) != 0,
        settings.get(BrokerKeys.LONG_POLLING_ENABLE),
        settings.get(BrokerKeys.SHORT_POLLING_TIME_MS));
  }
}
