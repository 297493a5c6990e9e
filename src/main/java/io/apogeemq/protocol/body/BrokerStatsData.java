package io.apogeemq.protocol.body;

/** A rate over three windows: the answer to code 315. */
public record BrokerStatsData(Item statsDay, Item statsHour, Item statsMinute) implements Body {
  /** One window: average per event, sum, events per second. */
  public record Item(double avgpt, long sum, double tps) implements Body {}
}
