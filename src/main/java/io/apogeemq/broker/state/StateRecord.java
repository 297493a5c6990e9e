package io.apogeemq.broker.state;

import io.apogeemq.protocol.body.MessageRequestMode;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One change of the broker's state, as it stands in the log. Every record is absolute (what is, or
 * what is gone), so that replaying it twice, or after a newer checkpoint, ends in the same state.
 */
public sealed interface StateRecord {

  /** The topic exists with this configuration. */
  record PutTopic(TopicConfig topic) implements StateRecord {}

  /** The topic, its queues and all offsets in it are gone. */
  record DeleteTopic(String topic) implements StateRecord {}

  /** The consumer group exists with this configuration. */
  record PutGroup(SubscriptionGroupConfig group) implements StateRecord {}

  /**
   * The consumer group is gone.
   *
   * @param offsetsToo its offsets as well
   */
  record DeleteGroup(String group, boolean offsetsToo) implements StateRecord {}

  /**
   * These offsets were committed.
   *
   * @param committed per {@code topic@group} and queue id the next offset to consume
   */
  record Offsets(Map<String, Map<Integer, Long>> committed) implements StateRecord {}

  /**
   * These queues are locked for ordered consumption.
   *
   * @param number of this change of the locks; each is larger than those before it
   * @param holder id of the client that has them now, empty: nobody
   * @param queues per topic the queue ids
   */
  record OrderLocks(long number, String group, String holder, Map<String, Set<Integer>> queues)
      implements StateRecord {}

  /** The group consumes the topic in this mode. */
  record PutRequestMode(MessageRequestMode mode) implements StateRecord {}

  /**
   * Steps of pop consumers.
   *
   * @param steps per {@code topic@group} and queue id what happened, in order; {@code
   *     broker.pop.LedgerEvent} says how it reads
   */
  record PopSteps(Map<String, Map<Integer, List<String>>> steps) implements StateRecord {}

  /**
   * So often the producers of open half messages were asked for their outcome.
   *
   * @param byHalfOffset per offset in the half queue; 0: the half message is closed, or lies elsewhere
   */
  record TransactionChecks(Map<Long, Integer> byHalfOffset) implements StateRecord {}
}
