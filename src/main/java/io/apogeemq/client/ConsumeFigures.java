package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * How a consumer gets on with its topics: times and rates of the last minute and failures of the last
 * hour, for tools that ask it. Bounded by the topics that it subscribed to.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class ConsumeFigures {
  private static final int MINUTE_SLOTS = 6;
  private static final long MINUTE_SLOT_MS = 10_000;
  private static final int HOUR_SLOTS = 60;
  private static final long HOUR_SLOT_MS = 60_000;
  private static final double SECONDS = 60;
  private static final double NS_PER_MS = 1e6;

  /** One topic. */
  private static final class OfTopic {
    final MovingSum pulls = ofMinute();
    final MovingSum pullNs = ofMinute();
    final MovingSum pulled = ofMinute();
    final MovingSum deliveries = ofMinute();
    final MovingSum deliveryNs = ofMinute();
    final MovingSum consumed = ofMinute();
    final MovingSum failed = ofMinute();
    final MovingSum failedInHour = new MovingSum(HOUR_SLOTS, HOUR_SLOT_MS);

    private static MovingSum ofMinute() {
      return new MovingSum(MINUTE_SLOTS, MINUTE_SLOT_MS);
    }
  }

  private final LongSupplier clockMs;
  private final Map<String, OfTopic> topics = new HashMap<>();

  /**
   * @param clockMs never goes back
   */
  ConsumeFigures(LongSupplier clockMs) {
    this.clockMs = clockMs;
  }

  /** By this machine's clock. */
  ConsumeFigures() {
    this(() -> System.nanoTime() / 1_000_000);
  }

  /** Messages came, so long after they were asked for. */
  void pulled(String topic, int messages, long tookNs) {
    OfTopic of = of(topic);
    long nowMs = clockMs.getAsLong();
    of.pulls.add(1, nowMs);
    of.pullNs.add(tookNs, nowMs);
    of.pulled.add(messages, nowMs);
  }

  /** The listener is done with messages, well or not. */
  void delivered(String topic, int messages, boolean consumed, long tookNs) {
    OfTopic of = of(topic);
    long nowMs = clockMs.getAsLong();
    of.deliveries.add(1, nowMs);
    of.deliveryNs.add(tookNs, nowMs);
    if (consumed) {
      of.consumed.add(messages, nowMs);
    } else {
      of.failed.add(messages, nowMs);
      of.failedInHour.add(messages, nowMs);
    }
  }

  private OfTopic of(String topic) {
    return topics.computeIfAbsent(topic, ignored -> new OfTopic());
  }

  /** The figures of these topics, zeros where nothing happened. */
  Map<String, ConsumerRunningInfo.Figures> of(Iterable<String> wanted) {
    long nowMs = clockMs.getAsLong();
    Map<String, ConsumerRunningInfo.Figures> all = new TreeMap<>();
    for (String each : wanted) {
      OfTopic of = topics.getOrDefault(each, new OfTopic());
      all.put(
          each,
          new ConsumerRunningInfo.Figures(
              meanMs(of.pullNs, of.pulls, nowMs),
              of.pulled.sum(nowMs) / SECONDS,
              meanMs(of.deliveryNs, of.deliveries, nowMs),
              of.consumed.sum(nowMs) / SECONDS,
              of.failed.sum(nowMs) / SECONDS,
              of.failedInHour.sum(nowMs)));
    }
    return all;
  }

  private static double meanMs(MovingSum ns, MovingSum count, long nowMs) {
    return ns.sum(nowMs) / NS_PER_MS / Math.max(1, count.sum(nowMs));
  }
}
