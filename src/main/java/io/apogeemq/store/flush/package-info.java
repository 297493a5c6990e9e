/** Forcing written bytes to the disk, and who waits for it. Start at {@link io.apogeemq.store.flush.Flusher}. */
@NullMarked
package io.apogeemq.store.flush;

import org.jspecify.annotations.NullMarked;
