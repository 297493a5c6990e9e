package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A consumer group as a broker keeps it. The boxed members are of 5.x and absent before.
 *
 * @param whichBrokerWhenConsumeSlowly id of the broker that a lagging consumer reads from
 */
public record SubscriptionGroupConfig(
    @Nullable Map<String, String> attributes,
    long brokerId,
    @OrElse("true") boolean consumeBroadcastEnable,
    @OrElse("true") boolean consumeEnable,
    @OrElse("true") boolean consumeFromMinEnable,
    @Nullable Boolean consumeMessageOrderly,
    @Nullable Integer consumeTimeoutMinute,
    String groupName,
    @Nullable Json groupRetryPolicy,
    @Nullable Integer groupSysFlag,
    @OrElse("true") boolean notifyConsumerIdsChangedEnable,
    @OrElse("16") int retryMaxTimes,
    @OrElse("1") int retryQueueNums,
    @Nullable Json subscriptionDataSet,
    @OrElse("1") long whichBrokerWhenConsumeSlowly)
    implements Body {
  /** A group as its first use creates it. */
  public static SubscriptionGroupConfig of(String groupName) {
    return new SubscriptionGroupConfig(
        null, 0, true, true, true, null, null, groupName, null, null, true, 16, 1, null, 1);
  }
}
