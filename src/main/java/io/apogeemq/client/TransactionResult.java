package io.apogeemq.client;

/**
 * How a message of a transaction was sent.
 *
 * @param sent where the half message is parked, and the ids
 * @param outcome what the broker has confirmed; unknown: it will ask
 */
public record TransactionResult(SendResult sent, TransactionOutcome outcome) {}
