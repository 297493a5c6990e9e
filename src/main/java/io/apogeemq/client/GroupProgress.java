package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeStats;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a group is.
 *
 * @param consumeTps messages per second
 * @param queues per queue its end, the group's offset, and the store time of what was consumed last
 */
public record GroupProgress(
    double consumeTps, TreeMap<MessageQueue, ConsumeStats.OffsetWrapper> queues) {
  /** Messages behind the group's offsets, of all queues. */
  public long lag() {
    return queues.values().stream()
        .mapToLong(each -> each.brokerOffset() - each.consumerOffset())
        .sum();
  }

  /** The same by topic. */
  public Map<String, Long> lagByTopic() {
    Map<String, Long> all = new TreeMap<>();
    queues.forEach(
        (queue, each) ->
            all.merge(queue.topic(), each.brokerOffset() - each.consumerOffset(), Long::sum));
    return all;
  }
}
