/** Opening a store folder: what is valid after a crash, and the small files that help to know. Start at {@link io.apogeemq.store.recovery.Recovery}. */
@NullMarked
package io.apogeemq.store.recovery;

import org.jspecify.annotations.NullMarked;
