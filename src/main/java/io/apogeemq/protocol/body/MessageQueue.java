package io.apogeemq.protocol.body;

/** A queue as clients name it; also a member name of tables. */
public record MessageQueue(String brokerName, int queueId, String topic) implements Body {}
