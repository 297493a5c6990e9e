package io.apogeemq.broker.send;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.send.RetryWindow.Place;
import io.apogeemq.broker.send.RetryWindow.Settings;
import io.apogeemq.remoting.Liveness;
import io.apogeemq.store.Completions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryWindowTest {
  private static final long WINDOW_MS = 60_000;
  private static final long LATE_MS = 3_000;
  private static final long SEND = 0x1234_5678_9ABC_DEF0L;

  private final RetryWindow window = new RetryWindow(new Settings(1024, WINDOW_MS, LATE_MS));
  private final Liveness first = new Liveness();
  private final Liveness second = new Liveness();
  private final Completions direct = new Completions(Runnable::run);
  private final List<@Nullable Place> told = new ArrayList<>();

  private static boolean isRetry(long ticket) {
    return ticket < 0;
  }

  private boolean ask(long retryTicket) {
    return window.outcome(~retryTicket, direct, told::add);
  }

  /** A send that was stored and answered with success. */
  private long answered(long fingerprint, long receivedMs, long answeredMs, Liveness from) {
    long ticket = window.enter(fingerprint, receivedMs, from);
    assertThat(isRetry(ticket)).isFalse();
    window.stored(ticket, 100, 7, 2, answeredMs, true);
    return ticket;
  }

  @Test
  void whatWasAnsweredInTimeOnAnOpenConnectionIsStoredAgain() {
    answered(SEND, 0, 10, first);
    assertThat(isRetry(window.enter(SEND, 20, first))).isFalse();
  }

  @Test
  void whoseConnectionBrokeIsARetryAndGetsTheFirstPlace() {
    answered(SEND, 0, 10, first);
    first.ended();
    long retry = window.enter(SEND, 20, second);
    assertThat(isRetry(retry)).isTrue();
    assertThat(ask(retry)).isTrue();
    assertThat(told).containsExactly(new Place(100, 7, 2));
  }

  @Test
  void whatWasAnsweredLateIsARetryAlsoOnTheSameConnection() {
    answered(SEND, 0, LATE_MS + 1, first);
    assertThat(isRetry(window.enter(SEND, LATE_MS + 2, first))).isTrue();
  }

  @Test
  void whatWasAnsweredWithADoubtIsARetry() {
    window.stored(window.enter(SEND, 0, first), 100, 7, 2, 10, false);
    assertThat(isRetry(window.enter(SEND, 20, first))).isTrue();
  }

  @Test
  void whatWasNotStoredIsStoredByItsRetry() {
    window.notStored(window.enter(SEND, 0, first));
    first.ended();
    assertThat(isRetry(window.enter(SEND, 20, second))).isFalse();
  }

  @Test
  void aSecondSendWhileTheClientStillWaitsForTheFirstIsAnotherOne() {
    window.enter(SEND, 0, first);
    assertThat(isRetry(window.enter(SEND, LATE_MS, first))).isFalse();
  }

  @Test
  void whatIsInFlightIsARetryFromAnotherConnectionOrAfterClientsGaveUp() {
    window.enter(SEND, 0, first);
    assertThat(isRetry(window.enter(SEND, 1, second))).isTrue();
    assertThat(isRetry(window.enter(SEND, LATE_MS + 1, first))).isTrue();
    first.ended();
    assertThat(isRetry(window.enter(SEND, 1, first))).isTrue();
  }

  @Test
  void aRetryWaitsForAFirstTryInFlight() {
    long send = window.enter(SEND, 0, first);
    ask(window.enter(SEND, 1, second));
    ask(window.enter(SEND, 2, second));
    assertThat(told).isEmpty();
    window.stored(send, 100, 7, 2, 3, true);
    assertThat(told).containsExactly(new Place(100, 7, 2), new Place(100, 7, 2));
  }

  @Test
  void aRetryWhoseFirstTryIsRefusedIsToldToBeStored() {
    long send = window.enter(SEND, 0, first);
    ask(window.enter(SEND, 1, second));
    window.notStored(send);
    assertThat(told).hasSize(1).containsOnlyNulls();
    assertThat(isRetry(window.enter(SEND, 2, second))).isFalse();
  }

  @Test
  void howManyRetriesWaitIsBounded() {
    window.enter(SEND, 0, first);
    int waiting = 0;
    while (waiting < 100_000 && ask(window.enter(SEND, 1, second))) {
      waiting++;
    }
    assertThat(waiting).isEqualTo(1024);
    assertThat(told).isEmpty();
  }

  @Test
  void aRetryThatWasAnsweredInTimeIsHeard() {
    answered(SEND, 0, 10, first);
    first.ended();
    long retry = window.enter(SEND, 20, second);
    window.answeredRetry(~retry, second, 20, 30, true);
    assertThat(isRetry(window.enter(SEND, 40, second))).isFalse();
  }

  @Test
  void aRetryThatMayHaveGoneUnheardTooIsRecognisedAgain() {
    answered(SEND, 0, 10, first);
    first.ended();
    long retry = window.enter(SEND, 20, second);
    window.answeredRetry(~retry, second, 20, 30, true);
    second.ended();
    assertThat(isRetry(window.enter(SEND, 40, new Liveness()))).isTrue();
  }

  @Test
  void anAnswerThatWasHeardStaysHeardWhenAnOlderRetryIsAnsweredBadly() {
    answered(SEND, 0, 10, first);
    first.ended();
    long retry = window.enter(SEND, 20, second);
    window.answeredRetry(~retry, second, 20, 30, true);
    window.answeredRetry(~retry, first, 15, 30, false);
    assertThat(isRetry(window.enter(SEND, 40, second))).isFalse();
  }

  @Test
  void whatIsOlderThanTheWindowDoesNotCount() {
    answered(SEND, 0, 10, first);
    first.ended();
    assertThat(isRetry(window.enter(SEND, WINDOW_MS, second))).isTrue();
    assertThat(isRetry(window.enter(SEND, WINDOW_MS + 1, second))).isFalse();
  }

  @Test
  void theNewestOfSeveralSendsOfOneMessageIsTheOneThatIsRetried() {
    answered(SEND, 0, 10, first);
    window.stored(window.enter(SEND, 20, first), 200, 8, 2, 30, true);
    first.ended();
    ask(window.enter(SEND, 40, second));
    assertThat(told).containsExactly(new Place(200, 8, 2));
  }

  @Test
  void whatTheLastRunStoredCountsAsUnheard() {
    window.recovered(SEND, 0, 100, 7, 2);
    long retry = window.enter(SEND, 10, first);
    assertThat(isRetry(retry)).isTrue();
    ask(retry);
    assertThat(told).containsExactly(new Place(100, 7, 2));
  }

  @Test
  void otherFingerprintsOfTheSameShardAndBucketAreTold() {
    answered(SEND, 0, 10, first);
    first.ended();
    long sameBucket = SEND ^ 1L << 40;
    assertThat(isRetry(window.enter(sameBucket, 20, second))).isFalse();
    assertThat(isRetry(window.enter(SEND, 20, second))).isTrue();
  }

  @Test
  void theOldestSendIsForgottenWhenTheWindowIsFull() {
    RetryWindow small = new RetryWindow(new Settings(64, WINDOW_MS, LATE_MS)); // 4 per shard
    for (int i = 1; i <= 5; i++) {
      small.stored(small.enter(i, 0, first), i, i, 0, 1, true);
    }
    first.ended();
    assertThat(isRetry(small.enter(5, 2, second))).isTrue();
    assertThat(isRetry(small.enter(2, 2, second))).isTrue();
    assertThat(isRetry(small.enter(1, 2, second))).isFalse();
  }

  @Test
  void aTicketThatWasOverwrittenChangesNothingButTellsWhoWaits() {
    RetryWindow one = new RetryWindow(new Settings(1, WINDOW_MS, LATE_MS));
    long send = one.enter(1, 0, first);
    long retry = one.enter(1, 1, second);
    one.outcome(~retry, direct, told::add);
    long other = one.enter(2, 2, first);
    one.stored(other, 200, 8, 0, 3, true);
    one.stored(send, 100, 7, 2, 3, false);
    assertThat(told).containsExactly(new Place(100, 7, 2));
    first.ended();
    one.outcome(~one.enter(2, 4, second), direct, told::add);
    assertThat(told.get(1)).isEqualTo(new Place(200, 8, 0));
    one.outcome(send, direct, told::add);
    assertThat(told.get(2)).as("what is forgotten is to be stored").isNull();
  }

  @Test
  void aWindowOfNothingIsOff() {
    assertThat(new RetryWindow(new Settings(0, WINDOW_MS, LATE_MS)).isOn()).isFalse();
    assertThat(window.isOn()).isTrue();
  }

  @Test
  void growingAndWrappingKeepsExactlyTheNewestOfEachShard() {
    int perShard = 512;
    RetryWindow grown = new RetryWindow(new Settings(16 * perShard, WINDOW_MS, LATE_MS));
    Map<Long, List<Long>> byShard = new HashMap<>();
    Random random = new Random(1);
    for (int i = 0; i < 50_000; i++) {
      long fingerprint = random.nextLong();
      long ticket = grown.enter(fingerprint, i / 100, first);
      grown.stored(ticket, i, i, 0, i / 100, true);
      byShard.computeIfAbsent(fingerprint >>> 60, shard -> new ArrayList<>()).add(fingerprint);
    }
    first.ended();
    assertThat(byShard).hasSize(16);
    for (List<Long> sends : byShard.values()) {
      int forgotten = sends.size() - perShard;
      assertThat(forgotten).isPositive();
      for (int i = forgotten; i < sends.size(); i++) {
        assertThat(isRetry(grown.enter(sends.get(i), 600, second))).isTrue();
      }
      // Asked last, since a send that is not recognised overwrites an entry.
      assertThat(isRetry(grown.enter(sends.get(forgotten - 1), 600, second))).isFalse();
    }
  }

  @Test
  void sendsThatAreTooOldMakeRoomBeforeTheWindowGrows() {
    RetryWindow slow = new RetryWindow(new Settings(16 * 4096, WINDOW_MS, LATE_MS));
    for (long i = 1; i <= 1000; i++) { // one shard, one every ten seconds
      slow.stored(slow.enter(i, i * 10_000, first), i, i, 0, i * 10_000, true);
    }
    first.ended();
    long nowMs = 1000 * 10_000;
    assertThat(isRetry(slow.enter(994, nowMs, second))).isTrue();
    // Still there, since it was never overwritten, had the ring grown; now its ticket is dead.
    assertThat(slow.outcome(930, direct, told::add)).isTrue();
    assertThat(told).containsOnlyNulls();
  }
}
