/**
 * Which messages are in which queue, and which carry a key: in memory while fresh, then in one file per segment. Start
 * at {@link io.apogeemq.store.index.LogIndex}, which names the parts; {@link io.apogeemq.store.index.IndexFormat} draws the bytes.
 */
@NullMarked
package io.apogeemq.store.index;

import org.jspecify.annotations.NullMarked;
