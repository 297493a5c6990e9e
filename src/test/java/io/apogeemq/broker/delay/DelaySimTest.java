package io.apogeemq.broker.delay;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * Many seeded lives of delayed messages. {@code -Dsim.seeds=N} runs more, {@code -Dsim.seed=S} one
 * again.
 */
class DelaySimTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 60);
  private static final Long ONLY = Long.getLong("sim.seed");

  @Test
  void eachIsDeliveredOnceAndNoneEarlyWhateverCrashes() {
    if (ONLY != null) {
      live(ONLY);
      return;
    }
    for (long seed = 1; seed <= SEEDS; seed++) {
      live(seed);
    }
  }

  private static void live(long seed) {
    DelayRun run = new DelayRun(seed);
    try {
      run.run();
    } catch (Exception | AssertionError e) {
      fail("-Dsim.seed=" + seed + " fails: " + e.getMessage() + "\n" + run.story, e);
    }
  }
}
