/**
 * Waiting for messages: {@link io.apogeemq.broker.arrival.ParkedRequests} holds what waits on one
 * event loop, {@link io.apogeemq.broker.arrival.ArrivalFan} tells the loops what the store has.
 */
@NullMarked
package io.apogeemq.broker.arrival;

import org.jspecify.annotations.NullMarked;
