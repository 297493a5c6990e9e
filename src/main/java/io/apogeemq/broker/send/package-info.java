/**
 * Publishing: codes 10, 310, 320. {@link io.apogeemq.broker.send.SendHandlers} answers, {@link
 * io.apogeemq.broker.send.MessageIntake} is the one validated path of client messages into the log.
 *
 * <p>{@link io.apogeemq.broker.send.RetryWindow} remembers the last sends, so that a retry of one whose
 * answer may have gone unheard is not stored twice.
 */
@NullMarked
package io.apogeemq.broker.send;

import org.jspecify.annotations.NullMarked;
