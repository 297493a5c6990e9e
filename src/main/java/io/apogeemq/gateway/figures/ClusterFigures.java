package io.apogeemq.gateway.figures;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The cluster at one moment.
 *
 * @param atMs when it was asked
 * @param brokers masters and slaves, by cluster, name and id
 * @param lag of its groups, as it was last asked for
 */
record ClusterFigures(long atMs, List<BrokerFigures> brokers, GroupLags lag) {

  /** By {@link Figure#ordinal}. */
  double[] values() {
    List<BrokerFigures> masters = brokers.stream().filter(BrokerFigures::isMaster).toList();
    double[] values = new double[Figure.values().length];
    values[Figure.MESSAGES_IN.ordinal()] = sum(masters, BrokerFigures::in);
    values[Figure.MESSAGES_OUT.ordinal()] = sum(brokers, BrokerFigures::out);
    values[Figure.BYTES_IN.ordinal()] = sum(masters, each -> each.rate("putMessageSizeTotal"));
    values[Figure.BYTES_OUT.ordinal()] = sum(brokers, each -> each.rate("getMessageSizeTotal"));
    values[Figure.PUT_P50_MS.ordinal()] = highest(masters, each -> each.putMs("putLatency50"));
    values[Figure.PUT_P99_MS.ordinal()] = highest(masters, each -> each.putMs("putLatency99"));
    values[Figure.PULL_P50_MS.ordinal()] = highest(brokers, each -> each.pullMs("getLatency50"));
    values[Figure.PULL_P99_MS.ordinal()] = highest(brokers, each -> each.pullMs("getLatency99"));
    values[Figure.LAG.ordinal()] = lag.total();
    values[Figure.DISK_USED_RATIO.ordinal()] =
        highest(brokers, each -> each.number("commitLogDiskRatio"));
    values[Figure.MEMORY_BYTES.ordinal()] = sum(brokers, BrokerFigures::memory);
    values[Figure.CONNECTIONS.ordinal()] = sum(masters, each -> each.number("clientConnections"));
    return values;
  }

  /** Of those that tell it; NaN if nobody does. */
  private static double sum(List<BrokerFigures> of, ToDoubleFunction<BrokerFigures> figure) {
    double sum = Double.NaN;
    for (BrokerFigures each : of) {
      double value = figure.applyAsDouble(each);
      if (!Double.isNaN(value)) {
        sum = Double.isNaN(sum) ? value : sum + value;
      }
    }
    return sum;
  }

  private static double highest(List<BrokerFigures> of, ToDoubleFunction<BrokerFigures> figure) {
    return of.stream()
        .mapToDouble(figure)
        .filter(value -> !Double.isNaN(value))
        .max()
        .orElse(Double.NaN);
  }

  JsonObject json() {
    double[] values = values();
    JsonObject json = new JsonObject();
    for (Figure each : Figure.values()) {
      json.put(each.field(), FigureRing.number(values[each.ordinal()]));
    }
    return json;
  }
}
