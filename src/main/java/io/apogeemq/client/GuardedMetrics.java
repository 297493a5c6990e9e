package io.apogeemq.client;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an application's metrics throw from what they are told of. */
final class GuardedMetrics implements ClientMetrics {
  private static final Logger log = LoggerFactory.getLogger(GuardedMetrics.class);

  private final ClientMetrics told;

  GuardedMetrics(ClientMetrics told) {
    this.told = told;
  }

  private static void attempt(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.warn("the client's metrics have failed", e);
    }
  }

  @Override
  public void sent(String topic, int messages, boolean stored, long latencyNs) {
    attempt(() -> told.sent(topic, messages, stored, latencyNs));
  }

  @Override
  public void received(String topic, String group, int messages) {
    attempt(() -> told.received(topic, group, messages));
  }

  @Override
  public void delivered(
      String topic, String group, int messages, boolean consumed, long latencyNs) {
    attempt(() -> told.delivered(topic, group, messages, consumed, latencyNs));
  }

  @Override
  public void queueGained(String group, MessageQueue queue) {
    attempt(() -> told.queueGained(group, queue));
  }

  @Override
  public void queueLost(String group, MessageQueue queue) {
    attempt(() -> told.queueLost(group, queue));
  }
}
