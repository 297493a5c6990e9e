package io.apogeemq.broker.pop;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.remoting.Refused;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PopJournalTest {
  private static final QueueKey QUEUE = new QueueKey("T", "G", 2);

  private final ArrayDeque<Runnable> loop = new ArrayDeque<>();
  private final List<String> written = new ArrayList<>();
  private final List<Promise<Void>> answers = new ArrayList<>();
  private final PopJournal journal =
      new PopJournal(this::write, loop::add, (delayMs, task) -> loop.add(task));

  private Future<Void> write(StateRecord record) {
    written.add(((StateRecord.PopSteps) record).steps().toString());
    Promise<Void> answer = Promise.promise();
    answers.add(answer);
    return answer.future();
  }

  private void turn() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      task.run();
    }
  }

  @Test
  void whatHappensWhileARecordIsOnItsWayGoesIntoTheNext() {
    journal.add(QUEUE, LedgerEvent.parse("h 0 3 1000 60"));
    turn();
    Future<Void> one = journal.acknowledged(QUEUE, 2);
    Future<Void> other = journal.acknowledged(QUEUE, 0);
    turn();
    assertThat(written).containsExactly("{T@G={2=[h 0 3 1000 60]}}");
    answers.get(0).complete();
    turn();
    assertThat(written).hasSize(2).element(1).isEqualTo("{T@G={2=[a 0,2]}}");
    assertThat(one.isComplete()).isFalse();
    answers.get(1).complete();
    assertThat(one.succeeded() && other.succeeded()).isTrue();
  }

  @Test
  void aRefusedRecordIsToldAndItsStepsStayFirstInLine() {
    Future<Void> refused = journal.acknowledged(QUEUE, 1);
    turn();
    Future<Void> later = journal.write(QUEUE, LedgerEvent.parse("m 9"));
    answers.get(0).fail(new Refused(14, "the disk is full"));
    assertThat(refused.failed()).isTrue();
    turn();
    assertThat(written).hasSize(2).element(1).isEqualTo("{T@G={2=[a 1, m 9]}}");
    answers.get(1).complete();
    assertThat(later.succeeded()).isTrue();
  }

  @Test
  void largeStepsAreSpreadOverRecordsInOrder() {
    for (int i = 0; i < 5_000; i++) {
      journal.add(QUEUE, LedgerEvent.parse("c " + i + " 1795343153069 60000"));
    }
    turn();
    assertThat(written.size()).isGreaterThan(2);
    assertThat(written).allMatch(text -> text.length() < 48 * 1024);
    assertThat(String.join("", written).split("c ")).hasSize(5_001);
  }

  @Test
  void itIsDrainedWhenTheLogHoldsAll() {
    assertThat(journal.drained().succeeded()).isTrue();
    journal.acknowledged(QUEUE, 1);
    Future<Void> drained = journal.drained();
    turn();
    assertThat(drained.isComplete()).isFalse();
    answers.get(0).complete();
    assertThat(drained.succeeded()).isTrue();
  }
}
