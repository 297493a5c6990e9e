/**
 * Request-reply: an answer goes over the broker to the client that waits for it. Start at {@link
 * io.apogeemq.broker.reply.ReplyHandlers}.
 */
@NullMarked
package io.apogeemq.broker.reply;

import org.jspecify.annotations.NullMarked;
