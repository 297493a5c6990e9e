package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeStats;
import java.util.List;
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
  /** What several brokers tell, together. */
  static GroupProgress of(List<ConsumeStats> brokers) {
    double tps = 0;
    TreeMap<MessageQueue, ConsumeStats.OffsetWrapper> all = new TreeMap<>();
    for (ConsumeStats each : brokers) {
      tps += each.consumeTps();
      each.offsetTable().forEach((queue, offsets) -> all.put(MessageQueue.of(queue), offsets));
    }
    return new GroupProgress(tps, all);
  }

  /** The same and what another broker tells. */
  public GroupProgress plus(GroupProgress other) {
    TreeMap<MessageQueue, ConsumeStats.OffsetWrapper> all = new TreeMap<>(queues);
    all.putAll(other.queues);
    return new GroupProgress(consumeTps + other.consumeTps, all);
  }

  /** Messages behind the group's offsets, of all queues; one that lies beyond a queue's end counts 0. */
  public long lag() {
    return queues.values().stream().mapToLong(GroupProgress::lag).sum();
  }

  /** The same of one queue. */
  public static long lag(ConsumeStats.OffsetWrapper queue) {
    return Math.max(0, queue.brokerOffset() - queue.consumerOffset());
  }

  /** The same by topic. */
  public Map<String, Long> lagByTopic() {
    Map<String, Long> all = new TreeMap<>();
    queues.forEach((queue, each) -> all.merge(queue.topic(), lag(each), Long::sum));
    return all;
  }
}
