package io.apogeemq.broker.pop;

import io.apogeemq.protocol.body.MessageQueue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shares out queues among the members of a group as the original's server does ({@code
 * QueryAssignmentProcessor}): queues and clients sorted, so that every broker comes to the same result.
 */
final class Assignment {
  private static final Comparator<MessageQueue> ORDER =
      Comparator.comparing(MessageQueue::topic)
          .thenComparing(MessageQueue::brokerName)
          .thenComparingInt(MessageQueue::queueId);

  /** The strategies by the names that clients send. */
  private enum Strategy {
    AVG,
    AVG_BY_CIRCLE
  }

  private final Strategy strategy;
  private final List<MessageQueue> queues;
  private final List<String> clients;

  private Assignment(Strategy strategy, List<MessageQueue> queues, List<String> clients) {
    this.strategy = strategy;
    this.queues = queues.stream().sorted(ORDER).toList();
    this.clients = clients.stream().sorted().toList();
  }

  /** Null if the strategy is unknown, or there is no client. */
  static @Nullable Assignment of(
      @Nullable String strategy, List<MessageQueue> queues, List<String> clients) {
    if (clients.isEmpty()) {
      return null;
    }
    for (Strategy each : Strategy.values()) {
      if (each.name().equals(strategy)) {
        return new Assignment(each, queues, clients);
      }
    }
    return null;
  }

  /** The queues that a client pulls from. */
  List<MessageQueue> pulled(String client) {
    int index = clients.indexOf(client);
    if (index < 0) {
      return List.of();
    }
    List<MessageQueue> mine = new ArrayList<>();
    if (strategy == Strategy.AVG_BY_CIRCLE) {
      for (int i = index; i < queues.size(); i += clients.size()) {
        mine.add(queues.get(i));
      }
      return mine;
    }
    int rest = queues.size() % clients.size();
    int each = queues.size() / clients.size();
    int first = index * each + Math.min(index, rest);
    return queues.subList(first, first + each + (index < rest ? 1 : 0));
  }

  /**
   * The queues that a client pops from.
   *
   * @param shareWith so many other members take from the queues of each; 0 and less, or nearly all: each
   *     takes from any queue of every broker, said by queue id -1
   */
  List<MessageQueue> popped(String client, int shareWith) {
    if (shareWith <= 0 || shareWith >= clients.size() - 1) {
      return queues.stream()
          .map(queue -> new MessageQueue(queue.brokerName(), -1, queue.topic()))
          .distinct()
          .toList();
    }
    int index = clients.indexOf(client);
    if (index < 0) {
      return List.of();
    }
    if (clients.size() > queues.size()) {
      return queues.isEmpty() ? List.of() : List.of(queues.get(index % queues.size()));
    }
    List<MessageQueue> mine = new ArrayList<>(pulled(client));
    for (int i = 1; i <= shareWith; i++) {
      mine.addAll(pulled(clients.get((index + i) % clients.size())));
    }
    return mine.stream().distinct().toList();
  }
}
