package io.apogeemq.client;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Brokers that could not be reached, or did not answer in time. Name servers take up to two minutes to
 * notice, so whoever has a choice leaves them out until then; one question in {@value #LEFT_OUT_S} seconds
 * finds out whether they are back.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class SilentBrokers {
  private static final long LEFT_OUT_S = 30;
  private static final long LEFT_OUT_NS = TimeUnit.SECONDS.toNanos(LEFT_OUT_S);

  private final LongSupplier clockNs;

  /** By name: when it may be asked next. As many as ever were in a route, at most. */
  private final Map<String, Long> nextNs = new HashMap<>();

  /**
   * @param clockNs never jumps
   */
  SilentBrokers(LongSupplier clockNs) {
    this.clockNs = clockNs;
  }

  boolean isAny() {
    return !nextNs.isEmpty();
  }

  /** Whether to ask this broker now; whoever does says so by {@link #asking}. */
  boolean mayAsk(String brokerName) {
    Long next = nextNs.get(brokerName);
    return next == null || next - clockNs.getAsLong() <= 0;
  }

  /** This broker is being asked: if it was silent, this is the question that finds out. */
  void asking(String brokerName) {
    if (nextNs.containsKey(brokerName)) {
      failed(brokerName);
    }
  }

  void failed(String brokerName) {
    nextNs.put(brokerName, clockNs.getAsLong() + LEFT_OUT_NS);
  }

  void answered(String brokerName) {
    nextNs.remove(brokerName);
  }
}
