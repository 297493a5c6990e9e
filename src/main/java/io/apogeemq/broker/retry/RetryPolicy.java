package io.apogeemq.broker.retry;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.GroupRetryPolicy;
import io.apogeemq.protocol.body.GroupRetryPolicy.Exponential;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a group waits before it gets a message again, if its settings say so ({@code
 * groupRetryPolicy}, 5.x). In the original only gRPC clients go by it; here a consumer that leaves the
 * choice to the broker does, too. A group without one waits by delay levels.
 */
@FunctionalInterface
interface RetryPolicy {
  /** Any further try waits as long as this one. */
  int LAST_STEP = 32;

  /** Steps of a table before the first retry's: those are delays that no retry has had since 3.x. */
  int SKIPPED_STEPS = 2;

  /** How long to wait, at least 1 ms; {@code tries}: how often the message was consumed again so far. */
  long delayMs(int tries);

  /**
   * A group's policy; null if it has none but the default.
   *
   * @throws io.apogeemq.protocol.remoting.MalformedRequest if the settings can't be read
   */
  static @Nullable RetryPolicy of(SubscriptionGroupConfig group) {
    if (group.groupRetryPolicy() == null) {
      return null;
    }
    GroupRetryPolicy policy =
        Body.parse(GroupRetryPolicy.class, group.groupRetryPolicy().compact());
    if (policy.type().equals("EXPONENTIAL")) {
      Exponential steps = policy.exponentialRetryPolicy();
      return steps == null ? null : tries -> exponential(steps, tries);
    }
    List<Long> table =
        policy.customizedRetryPolicy() == null ? List.of() : policy.customizedRetryPolicy().next();
    return table.isEmpty()
        ? null
        : tries -> Math.max(1, table.get(Math.min(tries + SKIPPED_STEPS, table.size() - 1)));
  }

  private static long exponential(Exponential steps, int tries) {
    double delay = steps.initial() * Math.pow(steps.multiplier(), Math.min(tries, LAST_STEP));
    return (long) Math.max(1, Math.min(steps.max(), delay));
  }
}
