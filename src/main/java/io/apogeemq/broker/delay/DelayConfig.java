package io.apogeemq.broker.delay;

import java.net.InetSocketAddress;

/**
 * What this room must know of the broker.
 *
 * @param storeHost the broker's own address, part of every record
 * @param levels {@code messageDelayLevel}
 * @param timers {@code timerWheelEnable}: messages may name a time of their own
 * @param maxTimerDelayMs {@code timerMaxDelaySec}
 * @param maxPendingTimers {@code timerMaxPendingMessages}
 * @param recall {@code recallMessageEnable}
 * @param saveEveryMs {@code flushDelayOffsetInterval}
 * @param segmentSizeBytes length of the log's files
 */
public record DelayConfig(
    String brokerName,
    InetSocketAddress storeHost,
    DelayLevels levels,
    boolean timers,
    long maxTimerDelayMs,
    int maxPendingTimers,
    boolean recall,
    long saveEveryMs,
    int segmentSizeBytes) {}
