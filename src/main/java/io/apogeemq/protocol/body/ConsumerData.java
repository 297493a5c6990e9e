package io.apogeemq.protocol.body;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One consumer group of a heartbeat. An absent choice is one that this version does not know. */
public record ConsumerData(
    @Nullable ConsumeFromWhere consumeFromWhere,
    @Nullable ConsumeType consumeType,
    String groupName,
    @Nullable MessageModel messageModel,
    Set<SubscriptionData> subscriptionDataSet,
    boolean unitMode)
    implements Body {}
