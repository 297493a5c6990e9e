/**
 * Figures for people and tools: rates, lag. Start at {@link io.apogeemq.broker.stats.Rates}.
 */
@NullMarked
package io.apogeemq.broker.stats;

import org.jspecify.annotations.NullMarked;
