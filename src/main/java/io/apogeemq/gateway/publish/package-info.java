/** Sending messages: one, many, a stream of them. */
@org.jspecify.annotations.NullMarked
package io.apogeemq.gateway.publish;
