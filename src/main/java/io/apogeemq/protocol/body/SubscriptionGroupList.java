package io.apogeemq.protocol.body;

import java.util.List;

/** Groups to create or change in one go: the body of code 225. */
public record SubscriptionGroupList(List<SubscriptionGroupConfig> groupConfigList)
    implements Body {}
