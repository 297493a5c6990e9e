package io.apogeemq.protocol.body;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Queues that an ordered consumer wants or gives back: the body of codes 41 and 42. */
public record LockBatchRequest(
    String clientId,
    String consumerGroup,
    Set<MessageQueue> mqSet,
    @Nullable Boolean onlyThisBroker)
    implements Body {}
