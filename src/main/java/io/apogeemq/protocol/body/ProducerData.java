package io.apogeemq.protocol.body;

/** One producer group of a heartbeat. */
public record ProducerData(String groupName) implements Body {}
