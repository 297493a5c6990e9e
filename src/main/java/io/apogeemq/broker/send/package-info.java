/**
 * Publishing: codes 10, 310, 320. {@link io.apogeemq.broker.send.SendHandlers} answers, {@link
 * io.apogeemq.broker.send.MessageIntake} is the one validated path of client messages into the log.
 */
@NullMarked
package io.apogeemq.broker.send;

import org.jspecify.annotations.NullMarked;
