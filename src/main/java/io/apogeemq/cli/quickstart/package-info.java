/**
 * The two programs by which everyone meets RocketMQ, with the same behaviour and the same lines as
 * the original's: {@link io.apogeemq.cli.quickstart.Producer} and {@link
 * io.apogeemq.cli.quickstart.Consumer}.
 */
@NullMarked
package io.apogeemq.cli.quickstart;

import org.jspecify.annotations.NullMarked;
