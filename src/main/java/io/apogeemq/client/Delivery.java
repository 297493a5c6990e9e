package io.apogeemq.client;

import java.util.List;

/**
 * Messages handed to a listener.
 *
 * @param queue where they were read; the topic of a message that failed before may be another
 * @param slot which of the consumer's places for messages under way they take, from 1; 0: none, since
 *     a tool asked for the delivery
 */
public record Delivery(MessageQueue queue, int slot, List<ReceivedMessage> messages) {}
