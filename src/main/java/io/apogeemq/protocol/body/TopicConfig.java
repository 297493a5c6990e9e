package io.apogeemq.protocol.body;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a broker keeps it.
 *
 * @param attributes 5.x attributes such as {@code message.type}; absent before 5.0
 * @param order whether producers choose the queue by an ordering key
 * @param perm 4 read, 2 write, 1 inherit
 */
public record TopicConfig(
    @Nullable Map<String, String> attributes,
    boolean order,
    @OrElse("6") int perm,
    @OrElse("16") int readQueueNums,
    @OrElse("SINGLE_TAG") String topicFilterType,
    String topicName,
    int topicSysFlag,
    @OrElse("16") int writeQueueNums)
    implements Body {}
