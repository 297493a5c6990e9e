package io.apogeemq.gateway.figures;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;

/**
 * The figures of the last so many steps of time, a second or a minute each; the newest overwrites the
 * oldest. All memory is taken at once. Belongs to one thread.
 */
final class FigureRing {
  private static final Figure[] FIGURES = Figure.values();

  /** A hole between two points is shown as one if it is longer than this many seconds. */
  private static final long SPARSE_MS = 15_000;

  private final long stepMs;
  private final long[] times;
  private final float[][] values;

  /**
   * @param steps how many are remembered
   */
  FigureRing(int steps, long stepMs) {
    this.stepMs = stepMs;
    times = new long[steps];
    values = new float[FIGURES.length][steps];
  }

  /** Remembers what was so at a time, for the whole step that it lies in. */
  void put(long timeMs, double[] figures) {
    int at = slot(timeMs);
    times[at] = timeMs / stepMs * stepMs;
    for (Figure each : FIGURES) {
      values[each.ordinal()][at] = (float) figures[each.ordinal()];
    }
  }

  private int slot(long timeMs) {
    return (int) (timeMs / stepMs % times.length);
  }

  /**
   * The points behind a time, in order.
   *
   * <pre>
   *   { "times": [ms, …], "messagesInPerSecond": [number or null, …], … }
   * </pre>
   *
   * Where nothing was known for longer than usual stands a point of nulls.
   */
  JsonObject after(long fromMs, long nowMs) {
    JsonArray all = new JsonArray();
    JsonArray[] columns = new JsonArray[FIGURES.length];
    Arrays.setAll(columns, i -> new JsonArray());
    long first = Math.max(fromMs / stepMs + 1, nowMs / stepMs - times.length + 1) * stepMs;
    long lastMs = fromMs;
    for (long time = first; time <= nowMs; time += stepMs) {
      int at = slot(time);
      if (times[at] != time) {
        continue;
      }
      if (!all.isEmpty() && time - lastMs > SPARSE_MS + stepMs) {
        all.add(lastMs + stepMs);
        for (JsonArray each : columns) {
          each.addNull();
        }
      }
      all.add(time);
      lastMs = time;
      for (int i = 0; i < columns.length; i++) {
        columns[i].add(number(values[i][at]));
      }
    }
    JsonObject json = new JsonObject().put("times", all);
    for (Figure each : FIGURES) {
      json.put(each.field(), columns[each.ordinal()]);
    }
    return json;
  }

  /** JSON has no NaN. */
  static Object number(double value) {
    return Double.isNaN(value) ? null : (Object) value;
  }
}
