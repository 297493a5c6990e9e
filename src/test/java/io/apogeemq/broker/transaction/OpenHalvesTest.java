package io.apogeemq.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Table and wheel against plain maps. The seed is the test's name. */
class OpenHalvesTest {
  private static final int STEPS = 5_000;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void tableAndWheelSayWhatPlainMapsSay(long seed) {
    Random random = new Random(seed);
    OpenHalves halves = new OpenHalves();
    DueWheel wheel = new DueWheel(0);
    Map<Long, Long> positions = new HashMap<>();
    Map<Long, Long> due = new HashMap<>();
    long nowMs = 0;
    long next = random.nextInt(1 << 20);
    for (int step = 0; step < STEPS; step++) {
      int dice = random.nextInt(10);
      long some = next - 1 - random.nextInt(1_500);
      int slot = halves.find(some);
      assertThat(slot >= 0).isEqualTo(positions.containsKey(some));
      if (dice < 5) {
        int added = halves.add(next, next * 300, 0, 0, Half.NO_KEY);
        positions.put(next, next * 300);
        due.put(next, nowMs + random.nextInt(300_000));
        wheel.add(added, due.get(next));
        next += 1 + random.nextInt(2);
      } else if (slot >= 0 && dice < 8) {
        wheel.remove(slot);
        halves.remove(slot);
        positions.remove(some);
        due.remove(some);
      } else if (slot >= 0 && dice == 8) {
        halves.move(slot, next, some);
        positions.remove(some);
        positions.put(next, some);
        due.put(next, due.remove(some));
        next++;
      } else {
        nowMs += random.nextInt(2_000);
        takeDue(halves, wheel, due, nowMs);
        // What was due is looked at again later.
        for (Map.Entry<Long, Long> each : due.entrySet()) {
          if (each.getValue() < 0) {
            each.setValue(nowMs + random.nextInt(200_000));
            wheel.add(halves.find(each.getKey()), each.getValue());
          }
        }
      }
      assertThat(halves.size()).isEqualTo(positions.size());
    }
    positions.forEach(
        (offset, position) ->
            assertThat(halves.logPosition(halves.find(offset))).isEqualTo(position));
    assertThat(halves.lowest(next)).isEqualTo(new TreeSet<>(positions.keySet()).first());
  }

  /** Exactly what is due comes, none of it early, and at most a tick late. */
  private static void takeDue(OpenHalves halves, DueWheel wheel, Map<Long, Long> due, long nowMs) {
    wheel.advance(nowMs);
    for (int slot = wheel.poll(); slot >= 0; slot = wheel.poll()) {
      long offset = halves.queueOffset(slot);
      assertThat(due.get(offset)).isLessThanOrEqualTo(nowMs).isNotNegative();
      due.put(offset, -1L);
    }
    assertThat(due.values()).noneMatch(at -> at >= 0 && at <= nowMs - 2 * DueWheel.TICK_MS);
  }
}
