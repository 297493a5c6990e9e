/**
 * Ends and entries of queues. Start at {@code QueueHandlers}.
 */
@NullMarked
package io.apogeemq.broker.queue;

import org.jspecify.annotations.NullMarked;
