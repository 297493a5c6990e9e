package io.apogeemq.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.config.Credentials;
import io.apogeemq.gateway.http.Problem;
import org.junit.jupiter.api.Test;

/** How fast secrets can be guessed, and whom that keeps out; on a clock of the test. */
class GuessThrottleTest {
  private static final String OWNER = "10.0.0.1";
  private static final String ELSEWHERE = "10.0.0.2";
  private static final Credentials RIGHT = new Credentials("administrator", "right");

  private long nowMs = 1_000_000;
  private final GuessThrottle throttle = new GuessThrottle(() -> nowMs);

  @Test
  void anHourIsGoodForFewGuesses() {
    int guesses = 0;
    for (long endMs = nowMs + 3_600_000; nowMs < endMs; nowMs += 1_000) {
      if (guesses(ELSEWHERE, "guess" + nowMs)) {
        guesses++;
      }
    }
    assertThat(guesses).isBetween(50, 75);
  }

  @Test
  void manyAddressesGuessNoFasterAtOneAccount() {
    for (int i = 0; i < 5; i++) {
      assertThat(guesses("10.0.1." + i, "guess" + i)).isTrue();
    }
    assertThat(guesses("10.0.1.99", "another guess")).isFalse();
    throttle.admit("10.0.1.99", new Credentials("another-account", "secret"));
  }

  @Test
  void guessesThatWaitForTheirAnswersAtOnceGainNothing() {
    for (int i = 0; i < 5; i++) {
      Credentials guess = new Credentials("administrator", "guess" + i);
      throttle.admit(ELSEWHERE, guess);
      assertThat(throttle.begin(ELSEWHERE, guess)).isTrue();
    }
    assertMustWait(ELSEWHERE, new Credentials("administrator", "a sixth"));
  }

  /** All event loops of a gateway may ask at its start. */
  @Test
  void theSameSecretManyTimesAtOnceIsOneGuess() {
    for (int i = 0; i < 100; i++) {
      throttle.admit(OWNER, RIGHT);
      assertThat(throttle.begin(OWNER, RIGHT)).isEqualTo(i == 0);
    }
  }

  @Test
  void whoSucceedsDoesNotWaitWhoeverGuessesElsewhere() {
    accepted(OWNER, RIGHT);
    guessUntilItWaits(ELSEWHERE);
    for (int i = 0; i < 100; i++) {
      throttle.admit(OWNER, RIGHT);
    }
    nowMs += Sessions.LIFE_MS - 1; // as long as it is used
    throttle.admit(OWNER, RIGHT);
    nowMs += Sessions.LIFE_MS - 1;
    guessUntilItWaits(ELSEWHERE);
    throttle.admit(OWNER, RIGHT);
  }

  /** Behind a proxy all have one address. */
  @Test
  void whoSucceedsDoesNotWaitWhoeverGuessesAtHisAddress() {
    accepted(OWNER, RIGHT);
    for (int i = 0; i < 100; i++) {
      guesses(OWNER, "guess" + i);
      throttle.admit(OWNER, RIGHT);
      assertThat(throttle.begin(OWNER, RIGHT)).isFalse();
    }
    assertMustWait(ELSEWHERE, RIGHT); // there it is a guess
  }

  /** As after a restart, when nobody's secret was accepted yet. */
  @Test
  void guessesFromElsewhereKeepAnOwnerOutForSeconds() {
    for (int i = 0; i < 30; i++) {
      guessUntilItWaits("10.0.1." + i);
      nowMs += 5_000;
    }
    guesses("10.0.2.1", "one more");
    long fromMs = nowMs;
    while (mustWait(OWNER, RIGHT)) { // and asks all the time
      nowMs += 100;
    }
    assertThat(nowMs - fromMs).isBetween(1_000L, 5_000L);
  }

  @Test
  void whoAsksWhileHeMustWaitDoesNotWaitLonger() {
    guessUntilItWaits(ELSEWHERE);
    for (int i = 0; i < 10; i++) {
      assertMustWait(OWNER, RIGHT);
      nowMs += 100;
    }
    throttle.admit(OWNER, RIGHT);
  }

  @Test
  void aProgramWithAnOldSecretWaitsAloneAndKeepsNobodyOut() {
    int asked = 0;
    for (int i = 0; i < 100; i++) {
      asked += guesses(ELSEWHERE, "old") ? 1 : 0;
    }
    assertThat(asked).isEqualTo(5);
    throttle.admit(ELSEWHERE, RIGHT);
    throttle.admit(OWNER, RIGHT);
  }

  @Test
  void whatNobodyCouldDecideIsNoFailure() {
    for (int i = 0; i < 100; i++) {
      throttle.admit(OWNER, RIGHT);
      assertThat(throttle.begin(OWNER, RIGHT)).isTrue();
      throttle.undecided(OWNER, RIGHT);
    }
  }

  @Test
  void whatNobodyCouldDecideTakesBackOnlyWhatItCounted() {
    guesses(ELSEWHERE, "old");
    nowMs += 15 * 60_000; // forgotten
    guessUntilItWaits(ELSEWHERE);
    nowMs += 1_000;
    Credentials old = new Credentials("administrator", "old");
    throttle.admit(ELSEWHERE, old);
    throttle.begin(ELSEWHERE, old);
    throttle.undecided(ELSEWHERE, old);
    assertThat(guesses(ELSEWHERE, "a sixth")).isFalse();
  }

  @Test
  void aSecretThatIsNoLongerRightIsAGuessAgain() {
    accepted(OWNER, RIGHT);
    throttle.refused(OWNER, RIGHT);
    assertThat(throttle.begin(OWNER, RIGHT)).isTrue();
  }

  @Test
  void guessesFromManyAddressesFillNoMemoryAndKeepNobodyOut() {
    for (int i = 0; i < 100_000; i++) {
      Credentials guess = new Credentials("account" + i, "guess");
      throttle.admit("address" + i, guess);
      throttle.begin("address" + i, guess);
      throttle.refused("address" + i, guess);
    }
    assertThat(throttle.held()).isEqualTo(20_000);
    throttle.admit(OWNER, RIGHT);
    accepted(OWNER, RIGHT);
    guessUntilItWaits(ELSEWHERE); // what comes now is still counted
  }

  @Test
  void oneAddressWithManyNamesTakesLittleRoomAndKeepsNobodyElseOut() {
    int asked = 0;
    for (int i = 0; i < 100_000; i++) {
      Credentials guess = new Credentials("account" + i, "guess");
      if (!mustWait(ELSEWHERE, guess)) {
        throttle.begin(ELSEWHERE, guess);
        throttle.refused(ELSEWHERE, guess);
        asked++;
      }
    }
    assertThat(asked).isEqualTo(5);
    assertThat(throttle.held()).isLessThan(20);
    throttle.admit(OWNER, RIGHT);
    throttle.admit(OWNER, new Credentials("account99999", "secret"));
  }

  /** Where brokers check nobody. */
  @Test
  void manyAcceptedSecretsFillNoMemory() {
    for (int i = 0; i < 50_000; i++) {
      accepted(ELSEWHERE, new Credentials("account" + i, "any"));
    }
    accepted(OWNER, RIGHT);
    assertThat(throttle.held()).isEqualTo(20_000);
    guessUntilItWaits(ELSEWHERE);
    throttle.admit(OWNER, RIGHT);
    throttle.admit(ELSEWHERE, new Credentials("account49999", "any"));
  }

  private void accepted(String address, Credentials account) {
    throttle.admit(address, account);
    throttle.begin(address, account);
    throttle.accepted(address, account);
  }

  /** Whether a wrong secret got as far as a broker. */
  private boolean guesses(String address, String secret) {
    Credentials guess = new Credentials("administrator", secret);
    if (mustWait(address, guess)) {
      return false;
    }
    throttle.begin(address, guess);
    throttle.refused(address, guess);
    return true;
  }

  private void guessUntilItWaits(String address) {
    for (int i = 0; guesses(address, "guess" + i + " at " + nowMs); i++) {
      assertThat(i).isLessThan(5);
    }
  }

  private boolean mustWait(String address, Credentials account) {
    try {
      throttle.admit(address, account);
      return false;
    } catch (Problem wait) {
      return true;
    }
  }

  private void assertMustWait(String address, Credentials account) {
    assertThatThrownBy(() -> throttle.admit(address, account)).isInstanceOf(Problem.class);
  }
}
