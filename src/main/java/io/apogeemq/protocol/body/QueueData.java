package io.apogeemq.protocol.body;

/**
 * The queues of a topic on one broker name.
 *
 * @param perm 4 read, 2 write, 1 inherit
 * @param topicSysFlag 1 unit topic, 2 has a unit subscription
 */
public record QueueData(
    String brokerName, int perm, int readQueueNums, int topicSysFlag, int writeQueueNums)
    implements Body {}
