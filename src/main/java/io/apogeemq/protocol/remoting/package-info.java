/**
 * Remoting frames: bytes to values and back. No socket, no clock. Start at {@link
 * io.apogeemq.protocol.remoting.Frame}, which draws the bytes.
 */
@NullMarked
package io.apogeemq.protocol.remoting;

import org.jspecify.annotations.NullMarked;
