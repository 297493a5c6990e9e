package io.apogeemq.broker.stats;

import static io.apogeemq.protocol.remoting.RequestCode.GET_BROKER_CONSUME_STATS;
import static io.apogeemq.protocol.remoting.RequestCode.GET_CONSUME_STATS;
import static io.apogeemq.protocol.remoting.RequestCode.GET_TOPIC_STATS_INFO;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CONSUME_TIME_SPAN;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_SUBSCRIPTION_BY_CONSUMER;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_TOPICS_BY_CONSUMER;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_TOPIC_CONSUME_BY_WHO;
import static io.apogeemq.protocol.remoting.RequestCode.VIEW_BROKER_STATS_DATA;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.ClientTable.ConsumerGroup;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerStatsData;
import io.apogeemq.protocol.body.ConsumeStats;
import io.apogeemq.protocol.body.ConsumeStatsList;
import io.apogeemq.protocol.body.GroupList;
import io.apogeemq.protocol.body.SubscriptionData;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicList;
import io.apogeemq.protocol.header.StatsHeaders;
import io.apogeemq.protocol.header.TopicHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests for figures: ends of a topic (202), lag of a group (208, 317), who consumes a
 * topic (300), time spans (303), rates (315), topics and subscription of a group (343, 345).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class StatsHandlers implements RequestFamily {
  private final BrokerIdentity broker;
  private final TopicTable topics;
  private final GroupTable groups;
  private final ClientTable clients;
  private final OffsetTable offsets;
  private final Lag lag;
  private final Rates rates;

  public StatsHandlers(
      BrokerIdentity broker,
      TopicTable topics,
      GroupTable groups,
      ClientTable clients,
      OffsetTable offsets,
      Lag lag,
      Rates rates) {
    this.broker = broker;
    this.topics = topics;
    this.groups = groups;
    this.clients = clients;
    this.offsets = offsets;
    this.lag = lag;
    this.rates = rates;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(GET_TOPIC_STATS_INFO, Access.OPEN, TopicHeaders.OfTopic.class, this::topicStats),
        Route.on(
            GET_CONSUME_STATS, Access.OPEN, StatsHeaders.ConsumeStats.class, this::consumeStats),
        Route.on(
            QUERY_TOPIC_CONSUME_BY_WHO, Access.OPEN, TopicHeaders.OfTopic.class, this::consumersOf),
        Route.on(QUERY_CONSUME_TIME_SPAN, Access.OPEN, StatsHeaders.TimeSpan.class, this::timeSpan),
        Route.on(
            VIEW_BROKER_STATS_DATA, Access.OPEN, StatsHeaders.BrokerStats.class, this::brokerStats),
        Route.on(
            GET_BROKER_CONSUME_STATS,
            Access.OPEN,
            StatsHeaders.BrokerConsumeStats.class,
            this::brokerConsumeStats),
        Route.on(
            QUERY_TOPICS_BY_CONSUMER,
            Access.OPEN,
            StatsHeaders.TopicsOfGroup.class,
            this::topicsOfGroup),
        Route.on(
            QUERY_SUBSCRIPTION_BY_CONSUMER,
            Access.OPEN,
            StatsHeaders.SubscriptionOfGroup.class,
            this::subscription));
  }

  private Future<Reply> topicStats(Exchange from, TopicHeaders.OfTopic ask) {
    TopicConfig topic = topics.find(ask.topic());
    if (topic == null) {
      return unknownTopic(ask.topic());
    }
    return lag.ofTopic(topic).map(stats -> Reply.ok().body(stats.toJson()));
  }

  private Future<Reply> consumeStats(Exchange from, StatsHeaders.ConsumeStats ask) {
    return lag.ofGroup(ask.consumerGroup(), wantedTopics(ask))
        .map(stats -> Reply.ok().body(stats.toJson()));
  }

  private Set<String> wantedTopics(StatsHeaders.ConsumeStats ask) {
    if (ask.topicList() != null && !ask.topicList().isBlank()) {
      return new TreeSet<>(List.of(ask.topicList().split(";")));
    }
    if (ask.topic() != null && !ask.topic().isBlank()) {
      return Set.of(ask.topic());
    }
    return lag.topicsOf(ask.consumerGroup());
  }

  private Future<Reply> consumersOf(Exchange from, TopicHeaders.OfTopic ask) {
    Set<String> names = new TreeSet<>(offsets.groupsOf(ask.topic()));
    for (ConsumerGroup each : clients.consumerGroups()) {
      if (each.subscriptions().containsKey(ask.topic())) {
        names.add(each.name());
      }
    }
    return Reply.ok().body(new GroupList(names).toJson()).now();
  }

  private Future<Reply> timeSpan(Exchange from, StatsHeaders.TimeSpan ask) {
    TopicConfig topic = topics.find(ask.topic());
    if (topic == null) {
      return unknownTopic(ask.topic());
    }
    return lag.timeSpans(ask.group(), topic).map(spans -> Reply.ok().body(spans.toJson()));
  }

  private Future<Reply> brokerStats(Exchange from, StatsHeaders.BrokerStats ask) {
    Rates.Tally tally = tally(ask.statsName(), ask.statsKey());
    if (tally == null) {
      return Reply.of(
              ResponseCode.SYSTEM_ERROR,
              "The stats <" + ask.statsName() + "> <" + ask.statsKey() + "> not exist")
          .now();
    }
    boolean bytes = ask.statsName().endsWith("_SIZE");
    BrokerStatsData data =
        new BrokerStatsData(
            item(tally.day(), bytes), item(tally.hour(), bytes), item(tally.minute(), bytes));
    return Reply.ok().body(data.toJson()).now();
  }

  /** The statistics that are kept: what goes into a topic, and what a group gets and hands back of it. */
  private Rates.@Nullable Tally tally(String statsName, String key) {
    return switch (statsName) {
      case "TOPIC_PUT_NUMS", "TOPIC_PUT_SIZE" -> rates.putInto(key);
      case "GROUP_GET_NUMS", "GROUP_GET_SIZE" -> ofGroup(key, rates::gotFrom);
      case "SNDBCK_PUT_NUMS" -> ofGroup(key, rates::sentBackOf);
      default -> null;
    };
  }

  private static Rates.@Nullable Tally ofGroup(
      String topicAtGroup, BiFunction<String, String, Rates.@Nullable Tally> find) {
    int at = topicAtGroup.indexOf('@');
    return at < 0
        ? null
        : find.apply(topicAtGroup.substring(0, at), topicAtGroup.substring(at + 1));
  }

  private static BrokerStatsData.Item item(Rates.Window window, boolean bytes) {
    long sum = bytes ? window.bytes() : window.messages();
    double tps = bytes ? window.bytesPerSecond() : window.messagesPerSecond();
    double average = window.messages() == 0 ? 0 : sum / (double) window.messages();
    return new BrokerStatsData.Item(average, sum, tps);
  }

  private Future<Reply> brokerConsumeStats(Exchange from, StatsHeaders.BrokerConsumeStats ask) {
    boolean ordered = Boolean.TRUE.equals(ask.isOrder());
    List<Map<String, List<ConsumeStats>>> rows = new ArrayList<>();
    List<Supplier<Future<?>>> lookups = new ArrayList<>();
    Map<String, Set<String>> topicsOf = lag.topicsByGroup();
    for (SubscriptionGroupConfig each : groups.all()) {
      String group = each.groupName();
      List<ConsumeStats> ofGroup = new ArrayList<>();
      rows.add(Map.of(group, ofGroup));
      for (String name : topicsOf.getOrDefault(group, Set.of())) {
        TopicConfig topic = topics.find(name);
        if (topic != null && (!ordered || topic.order())) {
          lookups.add(() -> lag.ofGroup(group, Set.of(name)).onSuccess(ofGroup::add));
        }
      }
    }
    // One row after the other: each looks up several queues at once by itself.
    return Lookups.run(lookups, 1)
        .map(
            done -> {
              long behind = 0;
              long inFlight = 0;
              for (Map<String, List<ConsumeStats>> row : rows) {
                for (List<ConsumeStats> ofGroup : row.values()) {
                  for (ConsumeStats stats : ofGroup) {
                    for (ConsumeStats.OffsetWrapper queue : stats.offsetTable().values()) {
                      behind += queue.brokerOffset() - queue.consumerOffset();
                      inFlight +=
                          queue.pullOffset() == null
                              ? 0
                              : queue.pullOffset() - queue.consumerOffset();
                    }
                  }
                }
              }
              return Reply.ok()
                  .body(new ConsumeStatsList(broker.address(), rows, behind, inFlight).toJson());
            });
  }

  private Future<Reply> topicsOfGroup(Exchange from, StatsHeaders.TopicsOfGroup ask) {
    Set<String> names = offsets.topicsOf(ask.group());
    return Reply.ok().body(new TopicList(broker.address(), names).toJson()).now();
  }

  /** Answer to 345; the subscription is absent while the group is not online. */
  private record SubscriptionAnswer(
      String group, @Nullable SubscriptionData subscriptionData, @Nullable String topic)
      implements Body {}

  private Future<Reply> subscription(Exchange from, StatsHeaders.SubscriptionOfGroup ask) {
    ConsumerGroup online = clients.consumerGroup(ask.group());
    SubscriptionData found =
        online == null || ask.topic() == null ? null : online.subscriptions().get(ask.topic());
    return Reply.ok().body(new SubscriptionAnswer(ask.group(), found, ask.topic()).toJson()).now();
  }

  private static Future<Reply> unknownTopic(String topic) {
    return Reply.of(ResponseCode.TOPIC_NOT_EXIST, "topic[" + topic + "] not exist").now();
  }
}
