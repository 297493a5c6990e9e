package io.apogeemq.client;

import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The queues of a topic that one producer may write to, and whose turn it is. Confined to the
 * client's loop.
 */
final class PublishQueues {
  private static final int WRITE = 2;

  private final List<MessageQueue> queues;

  private PublishQueues(List<MessageQueue> queues) {
    this.queues = queues;
  }

  /**
   * The writable queues of a route, by broker name and number: those of brokers that have a master
   * and allow writing, or exactly those of the topic's order configuration if it has one.
   *
   * @param limit at most so many queues of each broker
   */
  static PublishQueues of(String topic, TopicRoute route, int limit) {
    List<MessageQueue> all = new ArrayList<>();
    String order = route.orderTopicConf();
    if (order != null && !order.isEmpty()) {
      for (String each : order.split(";")) {
        int colon = each.lastIndexOf(':');
        for (int i = 0; i < Integer.parseInt(each.substring(colon + 1).trim()); i++) {
          all.add(new MessageQueue(topic, each.substring(0, colon).trim(), i));
        }
      }
      return new PublishQueues(all);
    }
    for (QueueData each : route.queueDatas()) {
      if ((each.perm() & WRITE) != 0 && Routes.masterOf(route, each.brokerName()) != null) {
        for (int i = 0; i < Math.min(each.writeQueueNums(), limit); i++) {
          all.add(new MessageQueue(topic, each.brokerName(), i));
        }
      }
    }
    return new PublishQueues(List.copyOf(new TreeSet<>(all)));
  }

  List<MessageQueue> all() {
    return queues;
  }

  /** A queue of this broker, or null if it has none. */
  @Nullable MessageQueue on(String brokerName) {
    for (MessageQueue each : queues) {
      if (each.brokerName().equals(brokerName)) {
        return each;
      }
    }
    return null;
  }

  /**
   * The queue for a turn.
   *
   * @param turn counts up by one for each message; wraps around
   * @return null if there is no queue at all
   */
  @Nullable MessageQueue at(int turn) {
    return queues.isEmpty() ? null : queues.get(Math.floorMod(turn, queues.size()));
  }

  /** How many turns to leave out until one is of a wanted broker; -1 if there is none. */
  int turnsTo(int turn, Predicate<String> wantedBroker) {
    for (int i = 0; i < queues.size(); i++) {
      if (wantedBroker.test(queues.get(Math.floorMod(turn + i, queues.size())).brokerName())) {
        return i;
      }
    }
    return -1;
  }
}
