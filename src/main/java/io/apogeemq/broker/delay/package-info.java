/**
 * Messages that are delivered later: after the time of a delay level, or at a time of their own (5.x
 * timers). Start at {@link io.apogeemq.broker.delay.DelayDetour}, which parks them, and {@link
 * io.apogeemq.broker.delay.DelayService}, which delivers them.
 */
@NullMarked
package io.apogeemq.broker.delay;

import org.jspecify.annotations.NullMarked;
