/**
 * Transactions: half messages that wait for the producer's decision (code 37), and the questions that
 * the broker asks of producers that don't decide (code 39, sent to them). Start at {@link
 * io.apogeemq.broker.transaction.Transactions}; how a half message comes in: {@link
 * io.apogeemq.broker.transaction.HalfDetour}.
 */
@NullMarked
package io.apogeemq.broker.transaction;

import org.jspecify.annotations.NullMarked;
