package io.apogeemq.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Many seeded lives of a broker's transactions against a model: each ends exactly once, as its producer
 * decided. {@code -Dsim.seeds} says how many, {@code -Dsim.seed} repeats one.
 */
class TransactionModelTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 30);

  @Test
  void whateverHappensEachTransactionEndsOnceAndNoneIsSeenEarly() {
    Long one = Long.getLong("sim.seed");
    int crashes = 0;
    int checks = 0;
    int deleted = 0;
    for (long seed = one == null ? 1 : one; seed <= (one == null ? SEEDS : one); seed++) {
      TransactionRun life = new TransactionRun(seed);
      try {
        life.run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dsim.seed=" + seed + "\n" + life.story(), e);
      }
      crashes += life.crashes;
      checks += life.checks;
      deleted += life.rolled;
    }
    System.out.printf("%d crashes, %d checks, %d files deleted%n", crashes, checks, deleted);
    if (one == null && SEEDS >= 30) {
      assertThat(crashes).isGreaterThan(SEEDS);
      assertThat(checks).isGreaterThan(SEEDS);
      assertThat(deleted).isPositive();
    }
  }
}
