package io.apogeemq.gateway.admin;

import io.apogeemq.client.MessageQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sends that have failed since the last one that succeeded. Whatever ends a replay, it may be what
 * these failed of, so who goes on later begins before them.
 */
final class FailedRun {
  /** So many end a replay. */
  static final int MAX = 10;

  private final TreeMap<MessageQueue, Long> first = new TreeMap<>();
  private int count;

  void add(MessageQueue queue, long offset) {
    first.putIfAbsent(queue, offset);
    count++;
  }

  /** It can never be sent as it is: whoever goes on need not begin before it, whatever failed at first. */
  void pass(MessageQueue queue, long offset) {
    first.remove(queue, offset);
  }

  /** One has succeeded. */
  void end() {
    first.clear();
    count = 0;
  }

  /** Whether nothing is left for somebody who goes on. */
  boolean isEmpty() {
    return first.isEmpty();
  }

  boolean isTooLong() {
    return count >= MAX;
  }

  /** Where to go on: as these say, but before what has failed. */
  TreeMap<MessageQueue, Long> before(SortedMap<MessageQueue, Long> next) {
    TreeMap<MessageQueue, Long> from = new TreeMap<>(next);
    first.forEach((queue, offset) -> from.merge(queue, offset, Math::min));
    return from;
  }
}
