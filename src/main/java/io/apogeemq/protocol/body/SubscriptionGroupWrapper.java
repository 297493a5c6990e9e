package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All consumer groups of a broker: the answer to code 201, and {@code subscriptionGroup.json}.
 *
 * @param forbiddenTable 5.x: per group and topic a bit set of what is forbidden; absent before
 */
public record SubscriptionGroupWrapper(
    @Nullable DataVersion dataVersion,
    @Nullable Map<String, Map<String, Integer>> forbiddenTable,
    Map<String, SubscriptionGroupConfig> subscriptionGroupTable)
    implements Body {}
