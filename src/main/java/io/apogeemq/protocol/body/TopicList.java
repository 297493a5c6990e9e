package io.apogeemq.protocol.body;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Topic names, and for some codes the address of a broker. */
public record TopicList(@Nullable String brokerAddr, Set<String> topicList) implements Body {}
