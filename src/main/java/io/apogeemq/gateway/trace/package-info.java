/** What became of one message. Start at {@code TraceOperations}. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.trace;
