package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Progress per delay level: the answer to code 45, and {@code delayOffset.json}. */
public record DelayOffsetTable(@Nullable DataVersion dataVersion, Map<Integer, Long> offsetTable)
    implements Body {}
