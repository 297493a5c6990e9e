package io.apogeemq.broker.pop;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Transport;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The readable queues of a topic on all brokers: what its route at the name servers says, or where none
 * answers, what this broker has. A route is asked for once in a while ({@code
 * loadBalancePollNameServerInterval}); this broker's own part is always as its table says.
 *
 * <p>Confined to one event loop; the topics it remembers are bounded.
 */
final class TopicQueues {
  private static final int MAX_TOPICS = 10_000;
  private static final long TIMEOUT_MS = 3000;

  /** The other brokers' part of a route. */
  private record Known(List<MessageQueue> elsewhere, long untilMs) {}

  private final BrokerIdentity broker;
  private final TopicTable topics;
  private final List<String> nameServers;
  private final Transport transport;
  private final long keptMs;
  private final LongSupplier clockMs;
  private final Map<String, Known> known = new HashMap<>();

  /** {@code clockMs}: monotonic. */
  TopicQueues(
      BrokerIdentity broker,
      TopicTable topics,
      List<String> nameServers,
      Transport transport,
      long keptMs,
      LongSupplier clockMs) {
    this.broker = broker;
    this.topics = topics;
    this.nameServers = nameServers;
    this.transport = transport;
    this.keptMs = keptMs;
    this.clockMs = clockMs;
  }

  /** The queues in no order; none if nobody knows the topic. Never fails. */
  Future<List<MessageQueue>> of(String topic) {
    Known remembered = known.get(topic);
    long now = clockMs.getAsLong();
    if (remembered != null && remembered.untilMs() > now) {
      return Future.succeededFuture(withOwn(topic, remembered.elsewhere()));
    }
    if (nameServers.isEmpty()) {
      return Future.succeededFuture(withOwn(topic, List.of()));
    }
    return route(topic, 0)
        .map(
            route -> {
              List<MessageQueue> elsewhere = elsewhere(topic, route);
              if (known.size() >= MAX_TOPICS) {
                known.clear();
              }
              known.put(topic, new Known(elsewhere, now + keptMs));
              return withOwn(topic, elsewhere);
            })
        .otherwise(
            failure -> withOwn(topic, remembered == null ? List.of() : remembered.elsewhere()));
  }

  private List<MessageQueue> withOwn(String topic, List<MessageQueue> elsewhere) {
    List<MessageQueue> all = new ArrayList<>(elsewhere);
    TopicConfig own = topics.find(topic);
    if (own != null && own.readable()) {
      addQueues(all, topic, broker.name(), own.readQueueNums());
    }
    return all;
  }

  private List<MessageQueue> elsewhere(String topic, @Nullable TopicRoute route) {
    List<MessageQueue> all = new ArrayList<>();
    if (route != null) {
      for (QueueData each : route.queueDatas()) {
        if ((each.perm() & TopicConfig.READ) != 0 && !each.brokerName().equals(broker.name())) {
          addQueues(all, topic, each.brokerName(), each.readQueueNums());
        }
      }
    }
    return all;
  }

  private static void addQueues(List<MessageQueue> all, String topic, String broker, int queues) {
    for (int i = 0; i < queues; i++) {
      all.add(new MessageQueue(broker, i, topic));
    }
  }

  /** Asks one name server after the other; null if the topic has no route. */
  private Future<@Nullable TopicRoute> route(String topic, int server) {
    RemotingCommand ask =
        RemotingCommand.request(
            RequestCode.GET_ROUTEINFO_BY_TOPIC, new RouteHeaders.GetRoute(topic, true));
    return transport
        .request(nameServers.get(server), ask, TIMEOUT_MS)
        .map(
            answer -> {
              try {
                return answer.code() == ResponseCode.SUCCESS
                    ? Body.parse(TopicRoute.class, answer.body())
                    : null;
              } finally {
                answer.release();
              }
            })
        .recover(
            failure ->
                server + 1 < nameServers.size()
                    ? route(topic, server + 1)
                    : Future.failedFuture(failure));
  }
}
