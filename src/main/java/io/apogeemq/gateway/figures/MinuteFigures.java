package io.apogeemq.gateway.figures;

import java.util.Arrays;

/** Gathers the seconds of a minute into one point of it. Belongs to one thread. */
final class MinuteFigures {
  private static final Figure[] FIGURES = Figure.values();
  private static final long MINUTE_MS = 60_000;

  private final FigureRing minutes;
  private final double[] sums = new double[FIGURES.length];
  private final int[] known = new int[FIGURES.length];
  private long minute = -1;

  MinuteFigures(FigureRing minutes) {
    this.minutes = minutes;
  }

  /** Adds a second; the minute's point shows it at once. */
  void add(long timeMs, double[] figures) {
    if (timeMs / MINUTE_MS != minute) {
      minute = timeMs / MINUTE_MS;
      Arrays.fill(sums, 0);
      Arrays.fill(known, 0);
    }
    double[] point = new double[FIGURES.length];
    for (Figure each : FIGURES) {
      int i = each.ordinal();
      if (!Double.isNaN(figures[i])) {
        sums[i] = each.showsWorst() ? Math.max(sums[i], figures[i]) : sums[i] + figures[i];
        known[i]++;
      }
      point[i] = known[i] == 0 ? Double.NaN : each.showsWorst() ? sums[i] : sums[i] / known[i];
    }
    minutes.put(timeMs, point);
  }
}
