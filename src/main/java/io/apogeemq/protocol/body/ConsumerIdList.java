package io.apogeemq.protocol.body;

import java.util.List;

/** The client ids of a consumer group: the answer to code 38. */
public record ConsumerIdList(List<String> consumerIdList) implements Body {}
