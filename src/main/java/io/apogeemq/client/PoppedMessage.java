package io.apogeemq.client;

/**
 * A message that a {@link PopConsumer} took, and what it is acknowledged by.
 *
 * @param message its {@code reconsumeTimes} says how often it was out before
 */
public record PoppedMessage(ReceivedMessage message, Receipt receipt) {}
