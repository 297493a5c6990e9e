package io.apogeemq.client;

import java.util.List;

/**
 * Shares the queues of a topic among the members of a group: each takes one run of neighbouring
 * queues, runs differ in length by one at most and the longer ones come first. Every member computes
 * this for itself from the same sorted lists, official clients included, so the rule must be the
 * original's (AVG).
 */
final class QueueAllocation {
  private QueueAllocation() {}

  /**
   * The queues of one member.
   *
   * @param queues all queues of the topic, sorted
   * @param members the ids of all members, sorted
   * @param self the member asked for
   * @return empty if there are more members than queues before it, or it isn't a member
   */
  static List<MessageQueue> average(List<MessageQueue> queues, List<String> members, String self) {
    int index = members.indexOf(self);
    if (index < 0) {
      return List.of();
    }
    int each = queues.size() / members.size();
    int longer = queues.size() % members.size();
    int from = index * each + Math.min(index, longer);
    return queues.subList(from, from + each + (index < longer ? 1 : 0));
  }
}
