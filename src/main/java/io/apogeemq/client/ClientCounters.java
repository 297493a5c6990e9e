package io.apogeemq.client;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what clients do, over all topics and groups. Any number of clients may share one. */
public final class ClientCounters implements ClientMetrics {
  private final LongAdder sent = new LongAdder();
  private final LongAdder sendsFailed = new LongAdder();
  private final LongAdder sendNs = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder consumed = new LongAdder();
  private final LongAdder deliveriesFailed = new LongAdder();
  private final LongAdder deliveryNs = new LongAdder();
  private final LongAdder queues = new LongAdder();

  @Override
  public void sent(String topic, int messages, boolean stored, long latencyNs) {
    if (stored) {
      sent.add(messages);
    } else {
      sendsFailed.increment();
    }
    sendNs.add(latencyNs);
  }

  @Override
  public void received(String topic, String group, int messages) {
    received.add(messages);
  }

  @Override
  public void delivered(String topic, String group, int messages, boolean done, long latencyNs) {
    if (done) {
      consumed.add(messages);
    } else {
      deliveriesFailed.increment();
    }
    deliveryNs.add(latencyNs);
  }

  @Override
  public void queueGained(String group, MessageQueue queue) {
    queues.increment();
  }

  @Override
  public void queueLost(String group, MessageQueue queue) {
    queues.decrement();
  }

  /**
   * The counts by name: messages {@code sent}, {@code received} and {@code consumed}, failures {@code
   * sendsFailed} and {@code deliveriesFailed}, times {@code sendNs} and {@code deliveryNs} added up,
   * and {@code queues} read now.
   */
  public Map<String, Long> snapshot() {
    Map<String, Long> all = new TreeMap<>();
    all.put("sent", sent.sum());
    all.put("sendsFailed", sendsFailed.sum());
    all.put("sendNs", sendNs.sum());
    all.put("received", received.sum());
    all.put("consumed", consumed.sum());
    all.put("deliveriesFailed", deliveriesFailed.sum());
    all.put("deliveryNs", deliveryNs.sum());
    all.put("queues", queues.sum());
    return all;
  }
}
