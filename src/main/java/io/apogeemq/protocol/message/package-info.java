/**
 * The stored message, which is also the message in a pull answer. Start at {@link
 * io.apogeemq.protocol.message.StoredMessage}, which draws the bytes.
 */
@NullMarked
package io.apogeemq.protocol.message;

import org.jspecify.annotations.NullMarked;
