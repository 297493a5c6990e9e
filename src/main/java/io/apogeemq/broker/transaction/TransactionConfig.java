package io.apogeemq.broker.transaction;

import java.net.InetSocketAddress;

/**
 * What this room takes from the settings.
 *
 * @param storeHost the broker's own address, part of message ids
 * @param rejects half messages are refused ({@code rejectTransactionMessage})
 * @param timeoutMs a half message is left alone for so long before its producers are asked
 * @param checkIntervalMs between two questions about one half message
 * @param checkMax so often is asked at most, then it is given up
 * @param checksPerSecond questions of all half messages together
 * @param maxOpen half messages that may be open; above that they are refused
 */
public record TransactionConfig(
    String brokerName,
    InetSocketAddress storeHost,
    boolean rejects,
    long timeoutMs,
    long checkIntervalMs,
    int checkMax,
    int checksPerSecond,
    int maxOpen) {}
