/**
 * The process: reads arguments and files, builds the parts in order, starts and stops them. Nobody
 * calls this room. Start at {@link io.apogeemq.app.Node}; the main classes are {@link
 * io.apogeemq.app.NamesrvStartup}, {@link io.apogeemq.app.BrokerStartup} (names that {@code jps} must
 * show) and {@link io.apogeemq.app.Main} for everything else.
 */
@NullMarked
package io.apogeemq.app;

import org.jspecify.annotations.NullMarked;
