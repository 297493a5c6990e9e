package io.apogeemq.client;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerStatsData;
import io.apogeemq.protocol.body.ConnectedClients;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.protocol.body.GroupFigures;
import io.apogeemq.protocol.body.ProducerTableInfo;
import io.apogeemq.protocol.body.QueryConsumeTimeSpan;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.SubscriptionGroupWrapper;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.body.TopicFigures;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks into one broker: what it knows of topics, groups and clients, its own or through what clients
 * say. Threads and failures as in {@link Admin}. Brokers of RocketMQ refuse {@link #topics}, {@link
 * #groups} and {@link #clients} as not supported (code 3).
 */
public final class Inspection {
  private final Nodes nodes;

  Inspection(Nodes nodes) {
    this.nodes = nodes;
  }

  // ---- all at once; brokers of ours only ----

  /** A line for each topic of the broker. */
  public Future<List<TopicFigures.Row>> topics(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.APOGEE_GET_TOPIC_FIGURES),
        r -> Body.parse(TopicFigures.class, r.body()).topics());
  }

  /** A line for each consumer group of the broker. */
  public Future<List<GroupFigures.Row>> groups(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.APOGEE_GET_GROUP_FIGURES),
        r -> Body.parse(GroupFigures.class, r.body()).groups());
  }

  /**
   * Connected clients.
   *
   * @param group only its members, with their subscriptions; null: all clients, without
   */
  public Future<List<ConnectedClients.Row>> clients(String address, @Nullable String group) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.APOGEE_GET_CLIENTS, new GroupHeaders.Clients(group)),
        r -> Body.parse(ConnectedClients.class, r.body()).clients());
  }

  // ---- any broker ----

  /** The settings of a topic; code 17 if the broker has none of that name. Asks 4.9 for all topics. */
  public Future<TopicConfig> topic(String address, String topic) {
    return nodes
        .from(
            address,
            RemotingCommand.request(RequestCode.GET_TOPIC_CONFIG, new TopicHeaders.OfTopic(topic)),
            r -> Body.parse(TopicConfig.class, r.body()))
        .recover(
            e ->
                isUnsupported(e)
                    ? nodes.from(
                        address,
                        RemotingCommand.request(RequestCode.GET_ALL_TOPIC_CONFIG),
                        r ->
                            found(
                                Body.parse(TopicConfigWrapper.class, r.body())
                                    .topicConfigTable()
                                    .get(topic),
                                ResponseCode.TOPIC_NOT_EXIST,
                                topic))
                    : Future.failedFuture(e));
  }

  /** The ends of the queues of a topic at the broker; code 17 if it has none of that name. */
  public Future<Map<MessageQueue, TopicStatsTable.TopicOffset>> topicStats(
      String address, String topic) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.GET_TOPIC_STATS_INFO, new TopicHeaders.OfTopic(topic)),
        r -> {
          Map<MessageQueue, TopicStatsTable.TopicOffset> all = new TreeMap<>();
          Body.parse(TopicStatsTable.class, r.body())
              .offsetTable()
              .forEach((queue, ends) -> all.put(MessageQueue.of(queue), ends));
          return all;
        });
  }

  /**
   * How far a group is in the queues of the broker.
   *
   * @param topic null: in all topics that it has offsets in
   */
  public Future<GroupProgress> progress(String address, String group, @Nullable String topic) {
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.GET_CONSUME_STATS, new StatsHeaders.ConsumeStats(group, topic, null)),
        r -> GroupProgress.of(List.of(Body.parse(ConsumeStats.class, r.body()))));
  }

  /** The settings of all groups of the broker, by name. */
  public Future<Map<String, SubscriptionGroupConfig>> groupConfigs(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG),
        r ->
            new TreeMap<>(
                Body.parse(SubscriptionGroupWrapper.class, r.body()).subscriptionGroupTable()));
  }

  private static <T> T found(@Nullable T value, int code, String what) {
    if (value == null) {
      throw new RequestRefused(code, what + " is not on this broker");
    }
    return value;
  }

  /** All producers by group. */
  public Future<Map<String, List<ProducerTableInfo.Producer>>> producers(String address) {
    return nodes.from(
        address,
        RemotingCommand.request(RequestCode.GET_ALL_PRODUCER_INFO),
        r -> Body.parse(ProducerTableInfo.class, r.body()).data());
  }

  /** Who consumes in a group at this broker; code 206 if nobody does. */
  public Future<ConsumerConnection> members(String address, String group) {
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.GET_CONSUMER_CONNECTION_LIST, new GroupHeaders.OfConsumers(group)),
        r -> Body.parse(ConsumerConnection.class, r.body()));
  }

  /**
   * Asks a client, through its broker, what it is doing.
   *
   * @param threads whether also what its threads are at
   * @param waitMs how long the client may take
   */
  public Future<ConsumerRunningInfo> runningInfo(
      String address, String group, String clientId, boolean threads, long waitMs) {
    return nodes.from(
        address,
        RemotingCommand.request(
            RequestCode.GET_CONSUMER_RUNNING_INFO,
            new GroupHeaders.RunningInfo(group, clientId, threads)),
        waitMs,
        r -> Body.parse(ConsumerRunningInfo.class, r.body()));
  }

  /** How far a group is behind in time, in all queues of a topic. */
  public Future<TreeMap<MessageQueue, QueryConsumeTimeSpan.QueueTimeSpan>> timeSpans(
      String group, String topic) {
    return nodes
        .fromBrokersOf(
            topic,
            () ->
                RemotingCommand.request(
                    RequestCode.QUERY_CONSUME_TIME_SPAN, new StatsHeaders.TimeSpan(topic, group)),
            r -> Body.parse(QueryConsumeTimeSpan.class, r.body()).consumeTimeSpanSet())
        .map(
            lists -> {
              TreeMap<MessageQueue, QueryConsumeTimeSpan.QueueTimeSpan> all = new TreeMap<>();
              lists.forEach(
                  spans ->
                      spans.forEach(each -> all.put(MessageQueue.of(each.messageQueue()), each)));
              return all;
            });
  }

  /** Events per second that a broker counted in the last minute; 0 if it counted none (code 1). */
  public Future<Double> rate(String address, String statistic, String key) {
    return nodes
        .from(
            address,
            RemotingCommand.request(
                RequestCode.VIEW_BROKER_STATS_DATA, new StatsHeaders.BrokerStats(statistic, key)),
            r -> Body.parse(BrokerStatsData.class, r.body()).statsMinute().tps())
        .recover(
            e ->
                e instanceof RequestRefused refused && refused.code() == ResponseCode.SYSTEM_ERROR
                    ? Future.succeededFuture(0.0)
                    : Future.failedFuture(e));
  }

  /** Whether a node does not know the request. */
  public static boolean isUnsupported(Throwable failure) {
    return failure instanceof RequestRefused refused
        && refused.code() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED;
  }
}
