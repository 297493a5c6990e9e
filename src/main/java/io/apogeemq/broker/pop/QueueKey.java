package io.apogeemq.broker.pop;

/** A queue as one group sees it. */
record QueueKey(String topic, String group, int queueId) {}
