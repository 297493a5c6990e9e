/** The commit log: segment files, the pages of recent bytes in memory, the appender and the reader. Start at {@link io.apogeemq.store.log.Appender} and {@link io.apogeemq.store.log.LogReader}. */
@NullMarked
package io.apogeemq.store.log;

import org.jspecify.annotations.NullMarked;
