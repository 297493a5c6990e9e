/**
 * What topics there are: the table, creation by the first send, the requests that change and list
 * topics. Start at {@link io.apogeemq.broker.topic.TopicTable}.
 */
@NullMarked
package io.apogeemq.broker.topic;

import org.jspecify.annotations.NullMarked;
