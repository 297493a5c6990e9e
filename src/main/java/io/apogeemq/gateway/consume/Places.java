package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import java.util.Collection;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where a reader is in the queues of a topic. Name servers forget a broker that is away, and with it its
 * queues; the reader's position still names them, and goes on naming them until the broker is back.
 *
 * @param present queue → the next offset, where it can be read now
 * @param away the same of brokers that have no queue to read now
 */
public record Places(TreeMap<MessageQueue, Long> present, TreeMap<MessageQueue, Long> away) {

  /** All queues. */
  public TreeMap<MessageQueue, Long> all() {
    TreeMap<MessageQueue, Long> all = new TreeMap<>(present);
    all.putAll(away);
    return all;
  }

  /** The names of the brokers that these queues are on. */
  public static Set<String> brokers(Collection<MessageQueue> queues) {
    Set<String> names = new TreeSet<>();
    queues.forEach(each -> names.add(each.brokerName()));
    return names;
  }
}
