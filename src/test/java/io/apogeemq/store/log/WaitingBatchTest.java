package io.apogeemq.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.store.AppendResult;
import io.apogeemq.store.ArrivalListener;
import io.apogeemq.store.Completions;
import io.apogeemq.store.flush.FlushWaiters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A batch that wrote nothing meets the end of the force that it waits for. */
class WaitingBatchTest {
  private static final ArrivalListener NOBODY =
      new ArrivalListener() {
        @Override
        public void queueMoved(String topic, int queueId, long maxOffset) {}

        @Override
        public void batchEnded() {}
      };

  private final FlushWaiters waiters = new FlushWaiters();
  private final Answers answers = new Answers();
  private final List<AppendResult> results = new ArrayList<>();
  private final AppendResult.Appended at = new AppendResult.Appended(7, 50, -1, null);

  private Batch batchThatWaits() {
    Batch batch = new Batch();
    batch.tasks.add(AppendTask.waitingFor(at, true, new Completions(Runnable::run), results::add));
    batch.close(100);
    return batch;
  }

  @Test
  void whatWasForcedWhileItWasOnItsWayIsAnsweredAtOnce() {
    waiters.flushedTo(100, NOBODY, answers);
    assertThat(waiters.add(batchThatWaits(), answers)).isTrue();
    answers.wake();
    assertThat(results).containsExactly(at);
    assertThat(waiters.isEmpty()).isTrue();
  }

  @Test
  void whatIsNotForcedYetWaits() {
    waiters.flushedTo(99, NOBODY, answers);
    assertThat(waiters.add(batchThatWaits(), answers)).isTrue();
    answers.wake();
    assertThat(results).isEmpty();
    waiters.flushedTo(100, NOBODY, answers);
    answers.wake();
    assertThat(results).containsExactly(at);
  }

  @Test
  void whoWaitsInVainAgainAndAgainLeavesNothingBehind() {
    for (int i = 0; i < 3; i++) {
      Batch batch = batchThatWaits();
      batch.deadlineMs = 10 + i;
      waiters.add(batch, answers);
    }
    waiters.expire(11, answers);
    answers.wake();
    assertThat(results).hasSize(2).allMatch(result -> result instanceof AppendResult.Unknown);
    assertThat(waiters.isEmpty()).isFalse();
    waiters.expire(12, answers);
    assertThat(waiters.isEmpty()).isTrue();
  }
}
