package io.apogeemq.protocol.body;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who consumes in a group, and how: the answer to code 203. */
public record ConsumerConnection(
    Set<ClientConnection> connectionSet,
    @Nullable ConsumeFromWhere consumeFromWhere,
    @Nullable ConsumeType consumeType,
    @Nullable MessageModel messageModel,
    Map<String, SubscriptionData> subscriptionTable)
    implements Body {}
