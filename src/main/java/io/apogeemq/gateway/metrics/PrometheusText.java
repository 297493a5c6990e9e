package io.apogeemq.gateway.metrics;

/**
 * Prometheus' text exposition format, version 0.0.4:
 *
 * <pre>
 *   # HELP name what it is
 *   # TYPE name counter
 *   name{label="value"} 12
 * </pre>
 *
 * <p>Names, labels and values are ours and need no escapes.
 */
final class PrometheusText {
  private final StringBuilder text = new StringBuilder();

  private String name = "";

  PrometheusText counter(String metric, String help) {
    return begin(metric, "counter", help);
  }

  PrometheusText gauge(String metric, String help) {
    return begin(metric, "gauge", help);
  }

  private PrometheusText begin(String metric, String type, String help) {
    name = metric;
    text.append("# HELP ").append(metric).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(metric).append(' ').append(type).append('\n');
    return this;
  }

  /** A value of the metric begun last. {@code labels}: names and values in turn. */
  PrometheusText value(double value, String... labels) {
    text.append(name);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]);
      text.append("=\"").append(labels[i + 1]).append('"');
    }
    text.append(labels.length == 0 ? " " : "} ");
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      text.append((long) value);
    } else {
      text.append(value);
    }
    text.append('\n');
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
