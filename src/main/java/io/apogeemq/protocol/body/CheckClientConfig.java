package io.apogeemq.protocol.body;

import org.jspecify.annotations.Nullable;

/** A subscription to be checked before a consumer starts: the body of code 46. */
public record CheckClientConfig(
    String clientId, String group, @Nullable String namespace, SubscriptionData subscriptionData)
    implements Body {}
