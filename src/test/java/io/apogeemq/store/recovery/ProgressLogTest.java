package io.apogeemq.store.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressLogTest {
  @Test
  void progressIsToldInPercentSpeedAndTimeLeft() {
    assertThat(ProgressLog.line(3L << 30, 12L << 30, 4_000))
        .isEqualTo("25 % of 12.0 GiB, 0.81 GB/s, 12 s left");
  }

  @Test
  void anEstimateThatWasTooLowAndNothingAtAllAreNoTrouble() {
    assertThat(ProgressLog.line(2L << 30, 1L << 30, 1_000)).startsWith("100 % of 2.0 GiB");
    assertThat(ProgressLog.line(0, 0, 0)).startsWith("100 % of 0.0 GiB");
  }
}
