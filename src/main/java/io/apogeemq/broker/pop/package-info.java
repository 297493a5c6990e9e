/**
 * POP consumption of 5.x: the broker hands out messages for a time, and what is not acknowledged by then
 * comes back. Codes 400 to 402, 200050 to 200056, 200151.
 *
 * <p>Start at {@link io.apogeemq.broker.pop.PopLedger}, which knows what of a queue is out, then {@link
 * io.apogeemq.broker.pop.PopTable} with all of them and how they survive a restart, {@link
 * io.apogeemq.broker.pop.PopHandlers} for taking, {@link io.apogeemq.broker.pop.AckHandlers} for
 * acknowledging, {@link io.apogeemq.broker.pop.Revival} for what comes back.
 */
@NullMarked
package io.apogeemq.broker.pop;

import org.jspecify.annotations.NullMarked;
