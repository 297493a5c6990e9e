/** Deleting old segments and guarding the disk's fill level. Start at {@link io.apogeemq.store.retention.Retention}. */
@NullMarked
package io.apogeemq.store.retention;

import org.jspecify.annotations.NullMarked;
