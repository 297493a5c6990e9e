package io.apogeemq.protocol.body;

import org.jspecify.annotations.Nullable;

/**
 * How a group consumes a topic: the body of code 401.
 *
 * @param mode null is one that we don't know
 * @param popShareQueueNum with POP: so many other members may take from the queues of each; 0 and less:
 *     all take from all
 */
public record MessageRequestMode(
    String consumerGroup, @Nullable RequestMode mode, int popShareQueueNum, String topic)
    implements Body {}
