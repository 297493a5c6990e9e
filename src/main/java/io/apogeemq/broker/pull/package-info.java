/**
 * Consuming by pull: codes 11 and 361. {@link io.apogeemq.broker.pull.PullHandlers} checks and
 * answers, {@link io.apogeemq.broker.pull.PullWait} is a pull that waits for messages.
 */
@NullMarked
package io.apogeemq.broker.pull;

import org.jspecify.annotations.NullMarked;
