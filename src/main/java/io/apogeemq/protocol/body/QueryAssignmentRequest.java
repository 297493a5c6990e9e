package io.apogeemq.protocol.body;

import org.jspecify.annotations.Nullable;

/** A 5.x client asks for its queues: the body of code 400. */
public record QueryAssignmentRequest(
    String clientId,
    String consumerGroup,
    @Nullable MessageModel messageModel,
    @Nullable String strategyName,
    String topic)
    implements Body {}
