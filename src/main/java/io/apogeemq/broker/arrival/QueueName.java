package io.apogeemq.broker.arrival;

/** A queue of this broker. */
public record QueueName(String topic, int queueId) {}
