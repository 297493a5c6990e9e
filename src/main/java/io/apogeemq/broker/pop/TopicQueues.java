package io.apogeemq.broker.pop;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.topic.RouteLookup;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.MessageQueue;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicRoute;
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

  /** The other brokers' part of a route. */
  private record Known(List<MessageQueue> elsewhere, long untilMs) {}

  private final BrokerIdentity broker;
  private final TopicTable topics;
  private final RouteLookup lookup;
  private final long keptMs;
  private final LongSupplier clockMs;
  private final Map<String, Known> known = new HashMap<>();

  /** {@code clockMs}: monotonic. */
  TopicQueues(
      BrokerIdentity broker,
      TopicTable topics,
      RouteLookup lookup,
      long keptMs,
      LongSupplier clockMs) {
    this.broker = broker;
    this.topics = topics;
    this.lookup = lookup;
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
    if (!lookup.isPossible()) {
      return Future.succeededFuture(withOwn(topic, List.of()));
    }
    return lookup
        .route(topic)
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
}
