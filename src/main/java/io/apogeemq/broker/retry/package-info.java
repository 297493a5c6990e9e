/**
 * Messages that a group could not consume: handed back by the consumer, or sent again by it, to the
 * group's retry topic, and to its dead-letter topic when there were enough tries. Start at {@link
 * io.apogeemq.broker.retry.RetryHandlers}.
 */
@NullMarked
package io.apogeemq.broker.retry;

import org.jspecify.annotations.NullMarked;
