package io.apogeemq.protocol.body;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The progress of all groups, a map of one entry per group: the answer to code 317. */
public record ConsumeStatsList(
    String brokerAddr,
    List<Map<String, List<ConsumeStats>>> consumeStatsList,
    long totalDiff,
    @Nullable Long totalInflightDiff)
    implements Body {}
