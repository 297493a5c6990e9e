package io.apogeemq.broker.group;

import io.apogeemq.broker.group.ClientTable.Member;
import io.apogeemq.protocol.body.SubscriptionData;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two members of a group that want different messages of a topic. Each gets what it asked for, but of
 * its own queues only: what one's filter leaves out there nobody else gets. RocketMQ wants all members
 * of a group to subscribe alike.
 *
 * @param first what the first client wants, as people write it; "nothing" without a subscription
 */
public record SubscriptionMismatch(
    String topic, String firstClientId, String first, String secondClientId, String second) {

  /**
   * The first difference to the oldest member, or null if all want the same. Members without any
   * subscription don't count: they choose their queues themselves, or have yet to tell theirs (5.x).
   */
  static @Nullable SubscriptionMismatch among(Collection<Member> members) {
    Member oldest = null;
    for (Member each : members) {
      if (each.subscriptions().isEmpty()) {
        continue;
      }
      if (oldest == null) {
        oldest = each;
        continue;
      }
      String topic = firstDifference(oldest, each);
      if (topic != null) {
        return new SubscriptionMismatch(
            topic,
            oldest.client().clientId(),
            text(oldest.subscriptions().get(topic)),
            each.client().clientId(),
            text(each.subscriptions().get(topic)));
      }
    }
    return null;
  }

  private static @Nullable String firstDifference(Member one, Member other) {
    if (one.subscriptions().equals(other.subscriptions())) {
      return null;
    }
    Set<String> topics = new LinkedHashSet<>(one.subscriptions().keySet());
    topics.addAll(other.subscriptions().keySet());
    for (String topic : topics) {
      if (!alike(one.subscriptions().get(topic), other.subscriptions().get(topic))) {
        return topic;
      }
    }
    return null;
  }

  /** Versions and the order of tags don't matter. */
  private static boolean alike(@Nullable SubscriptionData one, @Nullable SubscriptionData other) {
    if (one == null || other == null) {
      return one == other;
    }
    boolean tags = one.expressionType().equals("TAG") && !one.codeSet().isEmpty();
    return one.expressionType().equals(other.expressionType())
        && (tags
            ? one.codeSet().equals(other.codeSet())
            : Objects.equals(one.subString(), other.subString()));
  }

  private static String text(@Nullable SubscriptionData subscription) {
    return subscription == null
        ? "nothing"
        : "'" + subscription.subString() + "' (" + subscription.expressionType() + ")";
  }

  @Override
  public String toString() {
    return "topic "
        + topic
        + ": client "
        + firstClientId
        + " subscribes to "
        + first
        + ", client "
        + secondClientId
        + " to "
        + second;
  }
}
