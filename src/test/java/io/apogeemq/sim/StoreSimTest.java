package io.apogeemq.sim;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Many seeded lives of a store. {@code -Dsim.seeds=N} runs more, {@code -Dsim.seed=S} one again.
 */
class StoreSimTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 200);
  private static final Long ONLY = Long.getLong("sim.seed");
  private static final long FIRST = 1;

  @Test
  void noAcknowledgedMessageIsLostAndNoneInventedWhateverFails() {
    if (ONLY != null) {
      live(ONLY);
      return;
    }
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      live(seed);
    }
  }

  /** Runs seeds FIRST to LAST without the build around it: the way to spend a night. */
  public static void main(String[] args) {
    long last = Long.parseLong(args[1]);
    for (long seed = Long.parseLong(args[0]); seed <= last; seed++) {
      live(seed);
    }
    System.out.println("seeds " + args[0] + " to " + last + " hold");
  }

  private static void live(long seed) {
    StoreRun run = new StoreRun(seed);
    try {
      run.run();
    } catch (Exception | AssertionError e) {
      fail("-Dsim.seed=" + seed + " fails: " + e.getMessage() + "\n" + run.story, e);
    }
  }
}
