package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All topics of a broker: the answer to code 21, a part of a registration, and {@code topics.json}.
 *
 * @param mappingDataVersion of the static topics of 5.x, which we don't have; kept for copying
 */
public record TopicConfigWrapper(
    @Nullable DataVersion dataVersion,
    @Nullable DataVersion mappingDataVersion,
    Map<String, TopicConfig> topicConfigTable)
    implements Body {}
