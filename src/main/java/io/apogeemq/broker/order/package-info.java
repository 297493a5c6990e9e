/**
 * Which member of a group may consume a queue in order: locks that end by themselves. Start at {@link
 * io.apogeemq.broker.order.OrderLocks}.
 */
@NullMarked
package io.apogeemq.broker.order;

import org.jspecify.annotations.NullMarked;
