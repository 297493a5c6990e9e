package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.apogeemq.gateway.http.Problem;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who has how many requests left; on a clock of the test. */
class RateLimitTest {
  private static final int PER_SECOND = 50;

  private long nowNs;
  private final RateLimit limit = new RateLimit(PER_SECOND, () -> nowNs);

  @Test
  void afterARestASecondsRequestsMayComeAtOnce() {
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i < PER_SECOND; i++) {
        limit.admit("a");
      }
      assertThatThrownBy(() -> limit.admit("a")).isInstanceOf(Problem.class);
      limit.admit("b");
      nowNs += 1_000_000_000L;
    }
  }

  /** At each request of one of them all others were looked at. */
  @Test
  void manyAddressesAtOnceCostWhatEachCosts() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < 200_000; i++) {
            nowNs += 1_000; // none has rested long enough
            limit.admit("address" + i);
          }
        });
  }

  @Test
  void whoHasRestedIsForgotten() {
    for (int second = 0; second < 10; second++) {
      for (int i = 0; i < 20_000; i++) {
        limit.admit("address" + second + "-" + i);
      }
      assertThat(limit.size()).isLessThanOrEqualTo(20_000);
      nowNs += 1_000_000_000L;
    }
    limit.admit("one more");
    assertThat(limit.size()).isEqualTo(1);
  }
}
