package io.apogeemq.broker.pop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PopLedgerTest {
  private static final long MINUTE = 60_000;

  private final PopLedger ledger = new PopLedger(10);

  private void handOut(long to, long popTime) {
    ledger.handOut(to, LongStream.range(ledger.next(), to).toArray(), popTime, MINUTE);
  }

  private static List<String> texts(PopLedger ledger) {
    return ledger.snapshot().stream()
        .map(
            event -> {
              StringBuilder out = new StringBuilder();
              event.appendTo(out);
              return out.toString();
            })
        .toList();
  }

  @Test
  void theCommittedOffsetIsTheLowestMessageThatIsOut() {
    handOut(14, 1000);
    assertThat(ledger.base()).isEqualTo(10);
    assertThat(ledger.acknowledge(11, 1000)).isTrue();
    assertThat(ledger.base()).isEqualTo(10);
    assertThat(ledger.acknowledge(10, 1000)).isTrue();
    assertThat(ledger.base()).isEqualTo(12);
    assertThat(ledger.acknowledge(13, 1000)).isTrue();
    assertThat(ledger.acknowledge(12, 1000)).isTrue();
    assertThat(ledger.base()).isEqualTo(14);
    assertThat(ledger.out()).isZero();
  }

  @Test
  void whatTheFilterDidNotWantIsDone() {
    ledger.handOut(20, new long[] {12, 15}, 1000, MINUTE);
    assertThat(ledger.base()).isEqualTo(12);
    assertThat(ledger.acknowledge(13, 1000)).isFalse();
    ledger.acknowledge(12, 1000);
    assertThat(ledger.base()).isEqualTo(15);
    ledger.acknowledge(15, 1000);
    assertThat(ledger.base()).isEqualTo(20);
  }

  @Test
  void onlyTheLeaseOfTheHandleCanBeAcknowledged() {
    handOut(12, 1000);
    assertThat(ledger.acknowledge(10, 999)).isFalse();
    assertThat(ledger.acknowledge(12, 1000)).as("not handed out").isFalse();
    assertThat(ledger.acknowledge(9, 1000)).as("done long ago").isFalse();
    assertThat(ledger.change(10, 1000, 2000, MINUTE)).isTrue();
    assertThat(ledger.acknowledge(10, 1000)).as("the lease before").isFalse();
    assertThat(ledger.acknowledge(10, 2000)).isTrue();
    assertThat(ledger.acknowledge(10, 2000)).as("a second time").isFalse();
  }

  @Test
  void anEndedLeaseIsTakenOnceAndItsAcknowledgementComesTooLate() {
    handOut(12, 1000);
    handOut(13, 1000 + MINUTE);
    assertThat(ledger.takeEnded(1000 + MINUTE - 1, 100)).isEmpty();
    assertThat(ledger.takeEnded(1000 + MINUTE, 100)).containsExactly(10, 11);
    assertThat(ledger.takeEnded(1000 + MINUTE, 100)).isEmpty();
    assertThat(ledger.acknowledge(10, 1000)).isFalse();
    assertThat(ledger.copied(10)).isTrue();
    ledger.notCopied(11, 1000 + MINUTE + 5);
    assertThat(ledger.base()).isEqualTo(11);
    assertThat(ledger.takeEnded(1000 + MINUTE + 5, 100)).containsExactly(11);
    ledger.copied(11);
    assertThat(ledger.base()).isEqualTo(12);
    assertThat(ledger.acknowledge(12, 1000 + MINUTE)).isTrue();
  }

  @Test
  void aCommitAheadMakesWhatLiesBeforeItDone() {
    handOut(20, 1000);
    ledger.moveTo(15);
    assertThat(ledger.base()).isEqualTo(15);
    assertThat(ledger.next()).isEqualTo(20);
    assertThat(ledger.acknowledge(12, 1000)).isFalse();
    assertThat(ledger.acknowledge(15, 1000)).isTrue();
    ledger.moveTo(100);
    assertThat(ledger.next()).isEqualTo(100);
    assertThat(ledger.out()).isZero();
  }

  @Test
  void aGroupThatIsSetBackIsHandedOutAllFromThere() {
    handOut(20, 1000);
    ledger.moveTo(3);
    assertThat(ledger.next()).isEqualTo(3);
    assertThat(ledger.acknowledge(12, 1000)).isFalse();
    assertThat(ledger.takeEnded(Long.MAX_VALUE - 1, 100)).isEmpty();
  }

  @Test
  void aSnapshotMakesTheSameLedger() {
    handOut(40, 1000);
    ledger.acknowledge(11, 1000);
    ledger.change(17, 1000, 5000, 7);
    handOut(41, 6000);
    PopLedger other = new PopLedger(0);
    ledger.snapshot().forEach(other::apply);
    assertThat(texts(other)).isEqualTo(texts(ledger));
    assertThat(texts(ledger))
        .containsExactly(
            "m 10",
            "h 10 17 1000 60000 10,12-16",
            "h 17 18 5000 7",
            "h 18 40 1000 60000",
            "h 40 41 6000 60000");
  }

  @Test
  void messagesWhoseStepIsMissingInTheLogComeBack() {
    ledger.apply(LedgerEvent.parse("h 10 12 1000 60000"));
    ledger.apply(LedgerEvent.parse("h 14 15 3000 60000"));
    assertThat(ledger.takeEnded(3000, 100)).containsExactly(12, 13);
  }

  @Test
  void aWindowGrowsAndWandersThroughItsRing() {
    for (int round = 0; round < 1000; round++) {
      long popTime = 1000 + round;
      long first = ledger.next();
      handOut(first + 32, popTime);
      if (round >= 5) {
        for (long old = first - 160; old < first - 128; old++) {
          assertThat(ledger.acknowledge(old, popTime - 5)).isTrue();
        }
      }
    }
    assertThat(ledger.out()).isEqualTo(160);
    assertThat(ledger.next() - ledger.base()).isEqualTo(160);
  }

  @Test
  void oneMessageThatIsHeldForLongStopsNobody() {
    PopLedger small = new PopLedger(0, 128);
    small.handOut(1, new long[] {0}, 1000, MINUTE);
    for (long offset = 1; offset < 10_000; offset++) {
      small.handOut(offset + 1, new long[] {offset}, 1000 + offset, 10);
      assertThat(small.acknowledge(offset, 1000 + offset)).isTrue();
    }
    assertThat(small.base()).isZero();
    assertThat(small.out()).isEqualTo(1);
    assertThat(texts(small)).containsExactly("m 0", "h 0 10000 1000 60000 0");
    assertThat(small.takeEnded(1000 + MINUTE, 10)).containsExactly(0);
    small.copied(0);
    assertThat(small.base()).isEqualTo(10_000);
  }
}
