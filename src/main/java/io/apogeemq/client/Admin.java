package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClusterInfo;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.GroupList;
import io.apogeemq.protocol.body.KvTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.body.TopicStatsTable;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.header.KvHeaders;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What administrators ask a cluster and change in it. Methods may be called from any thread; futures
 * complete on the client's loop and fail with {@link RequestRefused} or the transport's failure.
 * Answers are never older than the question: nothing is remembered here.
 */
public final class Admin {
  private static final String ORDER_NAMESPACE = "ORDER_TOPIC_CONFIG";

  private final Calls calls;
  private final Routes routes;

  Admin(Calls calls, Routes routes) {
    this.calls = calls;
    this.routes = routes;
  }

  /** Who is in which cluster. */
  public Future<ClusterInfo> clusterInfo() {
    return fromNameServer(
        () -> RemotingCommand.request(RequestCode.GET_BROKER_CLUSTER_INFO),
        r -> Body.parse(ClusterInfo.class, r.body()));
  }

  /** All topics that the name server knows, in its order. */
  public Future<List<String>> topics() {
    return fromNameServer(
        () -> RemotingCommand.request(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER),
        r -> List.copyOf(Body.parse(TopicList.class, r.body()).topicList()));
  }

  /** Where a topic is; code 17 if nobody knows it. */
  public Future<TopicRoute> route(String topic) {
    return calls.loop().call(() -> routes.fetch(topic));
  }

  /** A broker's figures by name. */
  public Future<Map<String, String>> brokerFigures(String address) {
    return fromBroker(
        address,
        () -> RemotingCommand.request(RequestCode.GET_BROKER_RUNTIME_INFO),
        r -> Body.parse(KvTable.class, r.body()).table());
  }

  /** The ends of all queues of a topic, from all its brokers, sorted. */
  public Future<TreeMap<MessageQueue, TopicStatsTable.TopicOffset>> topicStats(String topic) {
    return fromBrokersOf(
            topic,
            () ->
                RemotingCommand.request(
                    RequestCode.GET_TOPIC_STATS_INFO, new TopicHeaders.OfTopic(topic)),
            r -> Body.parse(TopicStatsTable.class, r.body()))
        .map(
            tables -> {
              TreeMap<MessageQueue, TopicStatsTable.TopicOffset> all = new TreeMap<>();
              for (TopicStatsTable each : tables) {
                each.offsetTable().forEach((queue, ends) -> all.put(ours(queue), ends));
              }
              return all;
            });
  }

  private static MessageQueue ours(io.apogeemq.protocol.body.MessageQueue queue) {
    return new MessageQueue(queue.topic(), queue.brokerName(), queue.queueId());
  }

  /** The groups that consume a topic, as its first broker knows them. */
  public Future<List<String>> groupsOf(String topic) {
    return calls
        .loop()
        .call(
            () ->
                routes
                    .fetch(topic)
                    .compose(
                        route ->
                            calls.ok(
                                firstAddress(topic, route),
                                RemotingCommand.request(
                                    RequestCode.QUERY_TOPIC_CONSUME_BY_WHO,
                                    new TopicHeaders.OfTopic(topic)),
                                r ->
                                    List.copyOf(
                                        Body.parse(GroupList.class, r.body()).groupList()))));
  }

  private static String firstAddress(String topic, TopicRoute route) {
    for (BrokerData each : route.brokerDatas()) {
      String address = anyAddress(each);
      if (address != null) {
        return address;
      }
    }
    throw new RequestRefused(ResponseCode.TOPIC_NOT_EXIST, topic + " is on no broker");
  }

  /** The master's address, or a slave's if there is no master, or null. */
  private static @Nullable String anyAddress(BrokerData broker) {
    String master = broker.brokerAddrs().get(BrokerData.MASTER_ID);
    return master != null
        ? master
        : broker.brokerAddrs().values().stream().findFirst().orElse(null);
  }

  /** Creates a topic on a broker, or changes it. */
  public Future<Void> updateTopic(String address, TopicConfig config) {
    return fromBroker(
        address,
        () ->
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
                    null,
                    null)),
        r -> null);
  }

  /**
   * Writes a topic's order configuration to all name servers.
   *
   * @param queues broker names and their queue numbers, {@code broker-a:4;broker-b:4}
   * @param whole true: this is all; false: brokers that it doesn't name keep what they have
   */
  public Future<Void> updateOrder(String topic, String queues, boolean whole) {
    Future<String> known =
        whole
            ? Future.succeededFuture("")
            : fromNameServer(
                    () ->
                        RemotingCommand.request(
                            RequestCode.GET_KV_CONFIG, new KvHeaders.Get(ORDER_NAMESPACE, topic)),
                    r -> r.header(KvHeaders.GetReply.class).value())
                .recover(
                    e ->
                        e instanceof RequestRefused refused
                                && refused.code() == ResponseCode.QUERY_NOT_FOUND
                            ? Future.succeededFuture("")
                            : Future.failedFuture(e));
    return known.compose(
        old ->
            calls
                .loop()
                .call(
                    () ->
                        calls.everyNameServer(
                            () ->
                                RemotingCommand.request(
                                    RequestCode.PUT_KV_CONFIG,
                                    new KvHeaders.Put(
                                        ORDER_NAMESPACE, topic, merged(old, queues))))));
  }

  private static String merged(@Nullable String old, String queues) {
    Map<String, String> byBroker = new LinkedHashMap<>();
    for (String each : ((old == null ? "" : old) + ";" + queues).split(";")) {
      if (!each.isEmpty()) {
        byBroker.put(each.substring(0, Math.max(each.indexOf(':'), 0)), each);
      }
    }
    return String.join(";", byBroker.values());
  }

  /** How far a group is, from all brokers that know it; code 17 if none does. */
  public Future<GroupProgress> progress(String group) {
    return fromBrokersOf(
            Names.RETRY + group,
            () ->
                RemotingCommand.request(
                    RequestCode.GET_CONSUME_STATS,
                    new StatsHeaders.ConsumeStats(group, null, null)),
            r -> Body.parse(ConsumeStats.class, r.body()))
        .map(
            tables -> {
              double tps = 0;
              TreeMap<MessageQueue, ConsumeStats.OffsetWrapper> all = new TreeMap<>();
              for (ConsumeStats each : tables) {
                tps += each.consumeTps();
                each.offsetTable().forEach((queue, offsets) -> all.put(ours(queue), offsets));
              }
              return new GroupProgress(tps, all);
            });
  }

  /**
   * How far a group is.
   *
   * @param consumeTps messages per second
   */
  public record GroupProgress(
      double consumeTps, TreeMap<MessageQueue, ConsumeStats.OffsetWrapper> queues) {
    /** Messages behind the group's offsets, of all queues. */
    public long lag() {
      return queues.values().stream()
          .mapToLong(each -> each.brokerOffset() - each.consumerOffset())
          .sum();
    }
  }

  /** Who consumes in a group; code 206 if nobody does. */
  public Future<ConsumerConnection> members(String group) {
    String topic = Names.RETRY + group;
    return calls
        .loop()
        .call(
            () ->
                routes
                    .fetch(topic)
                    .compose(
                        route ->
                            calls.ok(
                                firstAddress(topic, route),
                                RemotingCommand.request(
                                    RequestCode.GET_CONSUMER_CONNECTION_LIST,
                                    new GroupHeaders.OfConsumers(group)),
                                r -> Body.parse(ConsumerConnection.class, r.body()))));
  }

  private <T> Future<T> fromNameServer(
      Supplier<RemotingCommand> request, Function<RemotingCommand, T> read) {
    return calls.loop().call(() -> calls.nameServer(request, read));
  }

  private <T> Future<T> fromBroker(
      String address, Supplier<RemotingCommand> request, Function<RemotingCommand, T> read) {
    return calls.loop().call(() -> calls.ok(address, request.get(), read));
  }

  /** Asks all brokers of a topic; all must answer. */
  private <T> Future<List<T>> fromBrokersOf(
      String topic, Supplier<RemotingCommand> request, Function<RemotingCommand, T> read) {
    return calls
        .loop()
        .call(
            () ->
                routes
                    .fetch(topic)
                    .compose(
                        route -> {
                          TreeSet<String> addresses = new TreeSet<>();
                          for (BrokerData each : route.brokerDatas()) {
                            String address = anyAddress(each);
                            if (address != null) {
                              addresses.add(address);
                            }
                          }
                          List<Future<T>> answers = new ArrayList<>();
                          for (String each : addresses) {
                            answers.add(calls.ok(each, request.get(), read));
                          }
                          return Future.all(answers)
                              .map(all -> answers.stream().map(Future::result).toList());
                        }));
  }
}
