package io.apogeemq.sim;

import io.apogeemq.sim.PlantedDisk.Mistake;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulation that finds nothing proves something only if it finds what is there. */
class PlantedMistakesTest {
  private static final int SEEDS = 500;

  @ParameterizedTest
  @EnumSource(Mistake.class)
  void aPlantedMistakeIsFoundSoon(Mistake mistake) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      StoreRun run = new StoreRun(seed, disk -> new PlantedDisk(disk, mistake));
      try {
        run.run();
      } catch (Exception | AssertionError found) {
        System.out.println(mistake + " is found by seed " + seed + ": " + found.getMessage());
        return;
      }
    }
    throw new AssertionError(mistake + " is not found in " + SEEDS + " lives");
  }
}
