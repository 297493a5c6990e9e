package io.apogeemq.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * What a gateway has done since its start, and what is open now. One for all event loops; safe for any
 * thread. Labels are operations of openapi.yaml and statuses of HTTP, never names that a client chooses, so
 * that their number is bounded. A meter is looked up once, not for each message.
 */
public final class Metrics {
  /** Requests of one operation that were answered with one status. */
  private record Kind(String operation, int status) {}

  private final MeterRegistry registry;
  private final Map<Kind, Timer> answers = new ConcurrentHashMap<>();
  private final Counter stored;
  private final Counter refused;
  private final Counter delivered;
  private final LongAdder subscriptions = new LongAdder();
  private final LongAdder tails = new LongAdder();
  private final LongAdder credits = new LongAdder();

  /**
   * @param connections how many are open now
   */
  public Metrics(MeterRegistry registry, Supplier<Number> connections) {
    this.registry = registry;
    stored = published("stored");
    refused = published("failed");
    delivered =
        Counter.builder("apogee.gateway.messages.delivered")
            .description("Messages handed to consumers.")
            .register(registry);
    gauge("connections", "Connections open now.", connections);
    gauge("subscriptions", "WebSockets open now.", subscriptions::sum);
    gauge("tails", "Event streams open now.", tails::sum);
    gauge("credits", "Messages that subscribers may still get.", credits::sum);
  }

  private Counter published(String outcome) {
    return Counter.builder("apogee.gateway.messages.published")
        .description("Messages by what became of them.")
        .tag("outcome", outcome)
        .register(registry);
  }

  private void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder("apogee.gateway." + name, value).description(description).register(registry);
  }

  /**
   * A request has ended.
   *
   * @param durationNs from its head to its end; of a stream, as long as it was open
   */
  public void answered(String operation, int status, long durationNs) {
    answers
        .computeIfAbsent(new Kind(operation, status), this::timer)
        .record(durationNs, TimeUnit.NANOSECONDS);
  }

  private Timer timer(Kind kind) {
    return Timer.builder("apogee.gateway.requests")
        .description("Requests that have ended, and how long they took; streams: were open.")
        .tag("operation", kind.operation())
        .tag("status", Integer.toString(kind.status()))
        .register(registry);
  }

  /** A message was published, or could not be. */
  public void published(boolean ok) {
    (ok ? stored : refused).increment();
  }

  /** Messages were handed to a consumer, by receive, by WebSocket or as events. */
  public void delivered(int messages) {
    delivered.increment(messages);
  }

  /** A WebSocket was opened (1) or has closed (-1). */
  public void subscriptions(int change) {
    subscriptions.add(change);
  }

  /** An event stream was opened (1) or has ended (-1). */
  public void tails(int change) {
    tails.add(change);
  }

  /** Messages that subscribers are willing to get beyond those that they have got. */
  public void credits(long change) {
    credits.add(change);
  }
}
