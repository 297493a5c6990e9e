/** Small tables as JSON files. Start at {@link io.apogeemq.store.state.StateFile}. */
@NullMarked
package io.apogeemq.store.state;

import org.jspecify.annotations.NullMarked;
