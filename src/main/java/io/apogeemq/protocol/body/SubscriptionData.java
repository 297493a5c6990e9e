package io.apogeemq.protocol.body;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a consumer wants of one topic.
 *
 * @param codeSet hash codes of the tags
 * @param expressionType TAG or SQL92
 * @param subVersion ms timestamp of the subscription
 */
public record SubscriptionData(
    boolean classFilterMode,
    Set<Integer> codeSet,
    @OrElse("TAG") String expressionType,
    @Nullable String filterClassSource,
    @Nullable String subString,
    long subVersion,
    Set<String> tagsSet,
    String topic)
    implements Body {}
