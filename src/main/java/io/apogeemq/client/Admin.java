package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.protocol.body.GroupList;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What administrators ask a cluster about its nodes and topics, and change there. Groups have a class
 * of their own ({@link GroupAdmin}), and so have stored messages ({@link MessageQuery}).
 *
 * <p>Methods may be called from any thread. Futures fail with {@link RequestRefused} or the
 * transport's failure. Answers are never older than the question: nothing is remembered here.
 */
public final class Admin {
  private final Nodes nodes;

  Admin(Nodes nodes) {
    this.nodes = nodes;
  }

  // ---- nodes ----

  /** Who is in which cluster. */
  public Future<ClusterInfo> clusterInfo() {
    return nodes.clusterInfo();
  }

  /** The addresses of all masters, sorted. */
  public Future<List<String>> masters() {
    return nodes.masters();
  }

  /** A broker's figures by name. */
  public Future<Map<String, String>> brokerFigures(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.GET_BROKER_RUNTIME_INFO),
        r -> Body.parse(KvTable.class, r.body()).table());
  }

  /** How far the groups of a broker are, with all their topics there. May take it a while. */
  public Future<ConsumeStatsList> brokerProgress(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.GET_BROKER_CONSUME_STATS, new StatsHeaders.BrokerConsumeStats(false)),
        r -> Body.parse(ConsumeStatsList.class, r.body()));
  }

  /** A broker's configuration by key, in its order. */
  public Future<Map<String, String>> brokerConfig(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.GET_BROKER_CONFIG),
        r -> lines(r.body().toString(StandardCharsets.UTF_8)));
  }

  private static Map<String, String> lines(String text) {
    Map<String, String> all = new LinkedHashMap<>();
    for (String line : text.split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.startsWith("#")) {
        all.put(line.substring(0, equals).trim(), line.substring(equals + 1).trim());
      }
    }
    return all;
  }

  /** Changes some keys of a broker's configuration; the broker refuses what it can't change now. */
  public Future<Void> updateBrokerConfig(String address, Map<String, String> changes) {
    String text =
        changes.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining("\n"));
    return nodes.to(
        address,
        RemotingCommand.request(RequestCode.UPDATE_BROKER_CONFIG)
            .body(text.getBytes(StandardCharsets.UTF_8)));
  }

  // ---- topics ----

  /** All topics that the name server knows, in its order. */
  public Future<List<String>> topics() {
    return nodes.fromNameServer(
        () -> RemotingCommand.request(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER),
        r -> List.copyOf(Body.parse(TopicList.class, r.body()).topicList()));
  }

  /** Where a topic is; code 17 if nobody knows it. */
  public Future<TopicRoute> route(String topic) {
    return nodes.route(topic);
  }

  /** The topics of one broker, by name, sorted. */
  public Future<TreeMap<String, TopicConfig>> topicConfigs(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.GET_ALL_TOPIC_CONFIG),
        r -> new TreeMap<>(Body.parse(TopicConfigWrapper.class, r.body()).topicConfigTable()));
  }

  /** The ends of all queues of a topic, from all its brokers, sorted. */
  public Future<TreeMap<MessageQueue, TopicStatsTable.TopicOffset>> topicStats(String topic) {
    return nodes
        .fromBrokersOf(
            topic,
            () ->
                RemotingCommand.request(
                    RequestCode.GET_TOPIC_STATS_INFO, new TopicHeaders.OfTopic(topic)),
            r -> Body.parse(TopicStatsTable.class, r.body()))
        .map(
            tables -> {
              TreeMap<MessageQueue, TopicStatsTable.TopicOffset> all = new TreeMap<>();
              for (TopicStatsTable each : tables) {
                each.offsetTable().forEach((queue, ends) -> all.put(MessageQueue.of(queue), ends));
              }
              return all;
            });
  }

  /** The groups that consume a topic, as its brokers know them, sorted. */
  public Future<List<String>> groupsOf(String topic) {
    return nodes
        .fromBrokersOf(
            topic,
            () ->
                RemotingCommand.request(
                    RequestCode.QUERY_TOPIC_CONSUME_BY_WHO, new TopicHeaders.OfTopic(topic)),
            r -> Body.parse(GroupList.class, r.body()).groupList())
        .map(
            lists -> {
              TreeSet<String> all = new TreeSet<>();
              lists.forEach(all::addAll);
              return List.copyOf(all);
            });
  }

  /** Creates a topic with so many queues on each master, or changes it to that. */
  public Future<Void> createTopic(String topic, int queues) {
    return createTopic(TopicConfig.of(topic, queues, TopicConfig.READ | TopicConfig.WRITE));
  }

  /** Creates a topic on all masters, or changes it. */
  public Future<Void> createTopic(TopicConfig config) {
    return nodes.toMasters(update(config));
  }

  /** Creates a topic on one broker, or changes it. */
  public Future<Void> updateTopic(String address, TopicConfig config) {
    return nodes.to(address, update(config).get());
  }

  private static Supplier<RemotingCommand> update(TopicConfig config) {
    return () ->
        RemotingCommand.request(
            RequestCode.UPDATE_AND_CREATE_TOPIC,
            new TopicHeaders.Update(
                config.topicName(),
                Routes.TEMPLATE_TOPIC,
                config.readQueueNums(),
                config.writeQueueNums(),
                config.perm(),
                config.topicFilterType(),
                config.topicSysFlag(),
                config.order(),
                attributes(config),
                null));
  }

  /** {@code +name=value,…}, as the original's tools send attributes. */
  private static @Nullable String attributes(TopicConfig config) {
    Map<String, String> attributes = config.attributes();
    return attributes == null || attributes.isEmpty()
        ? null
        : attributes.entrySet().stream()
            .map(each -> "+" + each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(","));
  }

  /** Deletes a topic: from all masters, then from the name servers. */
  public Future<Void> deleteTopic(String topic) {
    return nodes
        .toMasters(
            () ->
                RemotingCommand.request(
                    RequestCode.DELETE_TOPIC_IN_BROKER, new TopicHeaders.OfTopic(topic)))
        .compose(
            ignored ->
                nodes.toEveryNameServer(
                    () ->
                        RemotingCommand.request(
                            RequestCode.DELETE_TOPIC_IN_NAMESRV,
                            new RouteHeaders.DeleteTopicRoute(topic, null))));
  }

  /**
   * Writes a topic's order configuration to all name servers.
   *
   * @param queues broker names and their queue numbers, {@code broker-a:4;broker-b:4}
   * @param whole true: this is all; false: brokers that it doesn't name keep what they have
   */
  public Future<Void> updateOrder(String topic, String queues, boolean whole) {
    return new OrderConfig(nodes).update(topic, queues, whole);
  }
}
