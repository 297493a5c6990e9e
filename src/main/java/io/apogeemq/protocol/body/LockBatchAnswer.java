package io.apogeemq.protocol.body;

import java.util.Set;

/** The queues that were locked: the answer to code 41. */
public record LockBatchAnswer(Set<MessageQueue> lockOKMQSet) implements Body {}
