/** Receiving messages, and saying what became of them. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.consume;
