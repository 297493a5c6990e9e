/** Which messages are in which queue: in memory while fresh, one file per segment. Start at {@link io.apogeemq.store.index.QueueTable}; {@link io.apogeemq.store.index.IndexFormat} draws the bytes. */
@NullMarked
package io.apogeemq.store.index;

import org.jspecify.annotations.NullMarked;
