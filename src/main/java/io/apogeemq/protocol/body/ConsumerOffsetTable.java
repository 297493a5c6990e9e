package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Committed queue offsets by {@code topic@group} and queue id: the answer to code 43, and {@code
 * consumerOffset.json}.
 */
public record ConsumerOffsetTable(
    @Nullable DataVersion dataVersion, Map<String, Map<Integer, Long>> offsetTable)
    implements Body {}
