package io.apogeemq.broker.send;

import java.net.InetSocketAddress;

/**
 * What the intake must know of this broker.
 *
 * @param storeHost the address that clients reach this broker at; part of every message id
 * @param clusterName stored with every message, for request-reply
 * @param maxBodyBytes largest accepted body ({@code maxMessageSize}), also of a whole batch
 * @param writable false if {@code brokerPermission} forbids writing
 */
public record IntakeConfig(
    String brokerName,
    InetSocketAddress storeHost,
    String clusterName,
    int maxBodyBytes,
    boolean writable) {}
