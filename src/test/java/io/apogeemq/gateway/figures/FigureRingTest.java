package io.apogeemq.gateway.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is remembered of the figures, and how minutes are made of seconds. */
class FigureRingTest {
  private static final long START_MS = 1_700_000_040_000L; // a whole minute

  private final FigureRing ring = new FigureRing(60, 1_000);

  @Test
  void onlyTheNewestStepsAreRemembered() {
    for (int i = 0; i < 100; i++) {
      ring.put(START_MS + i * 1_000L, figures(i));
    }
    JsonArray times = ring.after(0, START_MS + 99_000).getJsonArray("times");
    assertThat(times).hasSize(60);
    assertThat(times.getLong(0)).isEqualTo(START_MS + 40_000);
    assertThat(times.getLong(59)).isEqualTo(START_MS + 99_000);
  }

  @Test
  void whoHasSeenSomeGetsTheRestOnly() {
    for (int i = 0; i < 10; i++) {
      ring.put(START_MS + i * 1_000L, figures(i));
    }
    JsonObject points = ring.after(START_MS + 7_000, START_MS + 9_000);
    assertThat(points.getJsonArray("times")).containsExactly(START_MS + 8_000, START_MS + 9_000);
    assertThat(points.getJsonArray("messagesInPerSecond")).containsExactly(8.0, 9.0);
  }

  @Test
  void whatIsNotKnownIsNoZero() {
    ring.put(START_MS, figures(Double.NaN));
    assertThat(ring.after(0, START_MS).getJsonArray("lag")).containsExactly((Object) null);
  }

  @Test
  void aLongHoleIsShownAsOne() {
    ring.put(START_MS, figures(1));
    ring.put(START_MS + 40_000, figures(2));
    JsonObject points = ring.after(0, START_MS + 40_000);
    assertThat(points.getJsonArray("lag")).containsExactly(1.0, null, 2.0);
  }

  @Test
  void aMinuteHasTheAverageOfRatesAndTheWorstOfTheRest() {
    FigureRing minutes = new FigureRing(10, 60_000);
    MinuteFigures minute = new MinuteFigures(minutes);
    minute.add(START_MS, figures(10));
    minute.add(START_MS + 1_000, figures(Double.NaN));
    minute.add(START_MS + 2_000, figures(30));
    minute.add(START_MS + 60_000, figures(7));
    JsonObject points = minutes.after(0, START_MS + 60_000);
    assertThat(points.getJsonArray("messagesInPerSecond")).containsExactly(20.0, 7.0);
    assertThat(points.getJsonArray("putP99Ms")).containsExactly(30.0, 7.0);
  }

  private static double[] figures(double value) {
    double[] all = new double[Figure.values().length];
    Arrays.fill(all, value);
    return all;
  }
}
