package io.apogeemq.broker.pull;

/**
 * What pulling must know of this broker.
 *
 * @param readable false if {@code brokerPermission} forbids reading
 * @param longPolling false: a pull that finds nothing waits {@code shortPollingMs} only
 */
public record PullConfig(
    String brokerName, boolean readable, boolean longPolling, long shortPollingMs) {}
