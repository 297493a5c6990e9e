/** The disk as the store sees it: an interface and its FileChannel form. Tests bring a simulated one. Start at {@link io.apogeemq.store.io.Disk}. */
@NullMarked
package io.apogeemq.store.io;

import org.jspecify.annotations.NullMarked;
