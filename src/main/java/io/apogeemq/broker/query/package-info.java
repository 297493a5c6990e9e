/**
 * Single messages by position or key. Start at {@code QueryHandlers}.
 */
@NullMarked
package io.apogeemq.broker.query;

import org.jspecify.annotations.NullMarked;
