package io.apogeemq.gateway.metrics;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/**
 * What this process has done since its start, and what is open now. One for all event loops; safe for any
 * thread. Labels are operations of openapi.yaml and statuses of HTTP, never names that a client chooses, so
 * that their number is bounded.
 */
public final class Metrics {
  /** For requests that no operation answers. */
  public static final String NO_OPERATION = "none";

  private static final double NS = 1e-9;

  /** Requests of one operation that were answered with one status. */
  private record Kind(String operation, int status) {}

  private record Answers(LongAdder count, LongAdder durationNs) {
    Answers() {
      this(new LongAdder(), new LongAdder());
    }
  }

  private final Map<Kind, Answers> answers = new ConcurrentHashMap<>();
  private final LongAdder stored = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder subscriptions = new LongAdder();
  private final LongAdder tails = new LongAdder();
  private final LongAdder credits = new LongAdder();

  /**
   * A request has ended.
   *
   * @param durationNs from its head to its end; of a stream, as long as it was open
   */
  public void answered(String operation, int status, long durationNs) {
    Answers all = answers.computeIfAbsent(new Kind(operation, status), ignored -> new Answers());
    all.count().increment();
    all.durationNs().add(durationNs);
  }

  /** A message was published, or could not be. */
  public void published(boolean ok) {
    (ok ? stored : refused).increment();
  }

  /** Messages were handed to a consumer, by receive, by WebSocket or as events. */
  public void delivered(int messages) {
    delivered.add(messages);
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

  /**
   * All of them in Prometheus' text format.
   *
   * @param connections open now
   */
  public String text(int connections) {
    PrometheusText text = new PrometheusText();
    text.counter("apogee_gateway_requests_total", "Requests that have ended.");
    eachKind(text, each -> each.count().sum());
    text.counter("apogee_gateway_request_seconds_total", "How long they took; streams: were open.");
    eachKind(text, each -> each.durationNs().sum() * NS);
    text.counter("apogee_gateway_messages_published_total", "Messages by what became of them.");
    text.value(stored.sum(), "outcome", "stored").value(refused.sum(), "outcome", "failed");
    text.counter("apogee_gateway_messages_delivered_total", "Messages handed to consumers.");
    text.value(delivered.sum());
    text.gauge("apogee_gateway_connections", "Connections open now.").value(connections);
    text.gauge("apogee_gateway_subscriptions", "WebSockets open now.").value(subscriptions.sum());
    text.gauge("apogee_gateway_tails", "Event streams open now.").value(tails.sum());
    text.gauge("apogee_gateway_credits", "Messages that subscribers may still get.");
    text.value(credits.sum());
    return text.toString();
  }

  private void eachKind(PrometheusText text, ToDoubleFunction<Answers> value) {
    answers.entrySet().stream()
        .sorted(
            Map.Entry.comparingByKey(
                Comparator.comparing(Kind::operation).thenComparingInt(Kind::status)))
        .forEach(
            each ->
                text.value(
                    value.applyAsDouble(each.getValue()),
                    "operation",
                    each.getKey().operation(),
                    "status",
                    Integer.toString(each.getKey().status())));
  }
}
