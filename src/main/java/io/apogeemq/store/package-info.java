/**
 * Files: the commit log, the index that each segment brings along, recovery. No socket, no group, no
 * broker role. Start at {@link io.apogeemq.store.MessageStore}; docs/STORE.md draws the bytes.
 */
@NullMarked
package io.apogeemq.store;

import org.jspecify.annotations.NullMarked;
