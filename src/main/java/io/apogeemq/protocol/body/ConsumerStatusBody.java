package io.apogeemq.protocol.body;

import java.util.Map;

/** Where the consumers of a group are: the answer to codes 221 and 223. */
public record ConsumerStatusBody(
    Map<String, Map<MessageQueue, Long>> consumerTable, Map<MessageQueue, Long> messageQueueTable)
    implements Body {}
