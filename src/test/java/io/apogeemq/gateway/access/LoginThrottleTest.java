package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import org.junit.jupiter.api.Test;

/** How fast secrets can be guessed, and how many sessions there are; on a clock of the test. */
class LoginThrottleTest {
  private long nowMs = 1_000_000;
  private final LoginThrottle throttle = new LoginThrottle(() -> nowMs);

  @Test
  void anHourIsGoodForFewGuesses() {
    int guesses = 0;
    long endMs = nowMs + 3_600_000;
    while (nowMs < endMs) {
      try {
        throttle.begin("10.0.0.1", "administrator");
        guesses++;
      } catch (Problem wait) {
        nowMs += 1_000;
      }
    }
    assertThat(guesses).isBetween(50, 75);
  }

  @Test
  void manyAddressesGuessNoFasterAtOneAccount() {
    for (int i = 0; i < 5; i++) {
      throttle.begin("10.0.0." + i, "administrator");
    }
    assertThatThrownBy(() -> throttle.begin("10.0.0.99", "administrator"))
        .isInstanceOf(Problem.class);
    throttle.begin("10.0.0.99", "another-account");
  }

  @Test
  void whoSucceedsDoesNotWait() {
    for (int i = 0; i < 100; i++) {
      throttle.begin("10.0.0.1", "administrator");
      throttle.forget("10.0.0.1", "administrator");
    }
  }

  @Test
  void sessionsAreFewEnoughToBeKept() {
    Sessions sessions = new Sessions(() -> nowMs);
    for (int i = 0; i < 3_000; i++) {
      nowMs++;
      sessions.open(new Credentials("account" + i, "secret"));
    }
    assertThat(sessions.count()).isEqualTo(1_000);
    nowMs += Sessions.IDLE_MS;
    sessions.open(new Credentials("a", "b"));
    assertThat(sessions.count()).isEqualTo(1);
  }
}
