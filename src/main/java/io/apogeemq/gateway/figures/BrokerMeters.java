package io.apogeemq.gateway.figures;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a broker tells about itself as meters, by cluster, name and id (0: the master). What it doesn't
 * tell has none. Rates are left to who reads the counters.
 */
final class BrokerMeters {
  private static final double S_PER_MS = 1e-3;

  /**
   * One figure.
   *
   * @param name behind {@code apogee.broker.}
   * @param value NaN if the broker doesn't tell it
   */
  private record Row(String name, String description, ToDoubleFunction<BrokerFigures> value) {
    static Row of(String name, String description, String key) {
      return new Row(name, description, each -> each.number(key));
    }

    String meter() {
      return "apogee.broker." + name;
    }
  }

  private static final List<Row> COUNTERS =
      List.of(
          Row.of("messages.in", "Messages stored since its start.", "msgPutTotalTodayNow"),
          Row.of("messages.out", "Messages given since its start.", "msgGetTotalTodayNow"),
          Row.of("bytes.in", "Bytes of the messages stored.", "putMessageSizeTotal"),
          Row.of("bytes.out", "Bytes of the messages given.", "getMessageSizeTotal"),
          Row.of("sends.failed", "Sends that could not be stored.", "putMessageFailedTimes"));

  private static final List<Row> GAUGES =
      List.of(
          new Row("up", "Whether it answers.", each -> each.failure() == null ? 1 : 0),
          new Row("sends.refused", "Whether it takes no messages.", BrokerMeters::refuses),
          Row.of("disk.used.ratio", "How full its disk is.", "commitLogDiskRatio"),
          new Row("log.bytes", "Size of its commit log.", BrokerFigures::logBytes),
          new Row("memory.bytes", "Memory of its process.", BrokerFigures::memory),
          Row.of("heap.used.bytes", "Heap in use.", "heapUsedBytes"),
          Row.of("heap.max.bytes", "Largest heap.", "heapMaxBytes"),
          Row.of("connections", "Clients connected.", "clientConnections"),
          Row.of("topics", "Topics that it has.", "topics"),
          Row.of("groups", "Groups that it has.", "groups"),
          new Row("start.time.seconds", "When it was started, since 1970.", time("bootTimestamp")),
          new Row(
              "oldest.message.time.seconds",
              "When its oldest message was stored, since 1970.",
              time("earliestMessageTimeStamp")));

  /** Quantile → key, in ms. */
  private static final Map<String, String> PUT_TIMES =
      Map.of("0.5", "putLatency50", "0.99", "putLatency99", "0.999", "putLatency999");

  private BrokerMeters() {}

  static void bind(MeterRegistry registry, BrokerFigures broker) {
    Tags tags =
        Tags.of(
            "cluster", broker.cluster(), "broker", broker.name(), "id", Long.toString(broker.id()));
    for (Row each : COUNTERS) {
      double value = each.value().applyAsDouble(broker);
      if (value >= 0) {
        Counter.builder(each.meter())
            .description(each.description())
            .tags(tags)
            .register(registry)
            .increment(value);
      }
    }
    for (Row each : GAUGES) {
      gauge(registry, each, tags, broker);
    }
    PUT_TIMES.forEach(
        (quantile, key) ->
            gauge(
                registry,
                new Row(
                    "put.seconds",
                    "How long a message waits until it is stored.",
                    each -> each.number(key) * S_PER_MS),
                tags.and("quantile", quantile),
                broker));
  }

  private static void gauge(MeterRegistry registry, Row row, Tags tags, BrokerFigures broker) {
    double value = row.value().applyAsDouble(broker);
    if (!Double.isNaN(value)) {
      Gauge.builder(row.meter(), () -> value)
          .description(row.description())
          .tags(tags)
          .register(registry);
    }
  }

  /** None of a broker without messages, which tells 0 or less. */
  private static ToDoubleFunction<BrokerFigures> time(String key) {
    return each -> each.number(key) > 0 ? each.number(key) * S_PER_MS : Double.NaN;
  }

  private static double refuses(BrokerFigures broker) {
    return broker.table().containsKey("sendsRefusedBecause")
        ? broker.readOnlyBecause().isEmpty() ? 0 : 1
        : Double.NaN;
  }
}
