package io.apogeemq.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.header.TransactionHeaders.Check;
import io.apogeemq.protocol.header.TransactionHeaders.End;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.sim.SimClock;
import io.apogeemq.sim.SimDisk;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.StoreConfig.FlushMode;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is asked, when, how often, and what a decision does, on a clock that the test moves. */
class CheckBackTest {
  private static final int TIMEOUT = 1_000;
  private static final int INTERVAL = 500;
  private static final int MANY = 1_000_000;

  private final SimDisk disk = new SimDisk(new Random(1));
  private final SimClock clock = new SimClock();
  private ManualBroker broker;

  private void open(int checkMax, int perSecond) throws IOException {
    open(ManualBroker.config(FlushMode.ASYNC), checkMax, perSecond);
  }

  private void open(StoreConfig config, int checkMax, int perSecond) throws IOException {
    broker =
        new ManualBroker(
            disk, clock, config, ManualBroker.rules(TIMEOUT, INTERVAL, checkMax, perSecond));
  }

  private AppendResult.Appended send(String group, String body, Map<String, String> more) {
    List<AppendResult> results = new ArrayList<>();
    broker.send(group, body, more, results::add);
    broker.settle();
    broker.tick(0);
    return (AppendResult.Appended) results.get(0);
  }

  private AppendResult.Appended send(String group, String body) {
    return send(group, body, Map.of());
  }

  private void end(String group, long offset, long position, int decision, boolean asked) {
    broker.transactions.endUnanswered(
        new End(group, offset, position, decision, asked, null, null, "T"), null);
    broker.settle();
  }

  /** Body and number of every question to a producer so far. */
  private static List<String> questions(TestPeer producer) {
    return producer.received().stream()
        .map(
            question -> {
              MessageView shown = view(question);
              return StandardCharsets.UTF_8.decode(shown.body())
                  + " "
                  + Properties.get(shown.properties(), Half.CHECK_TIMES);
            })
        .toList();
  }

  private static MessageView view(RemotingCommand question) {
    MessageView shown = new MessageView();
    assertThat(shown.open(ByteBuffer.wrap(question.bodyBytes()), 0)).isNull();
    return shown;
  }

  private List<String> bodies(String topic) {
    List<String> bodies = new ArrayList<>();
    long at = broker.store.minOffset(topic, 0);
    while (broker.read(topic, at) instanceof ReadResult.Found found) {
      ByteBuffer bytes = found.records().nioBuffer();
      MessageView view = new MessageView();
      for (int i = 0; i < bytes.limit(); i += view.size()) {
        assertThat(view.open(bytes, i)).isNull();
        bodies.add(StandardCharsets.UTF_8.decode(view.body()).toString());
      }
      at = found.nextOffset();
      found.records().release();
    }
    return bodies;
  }

  @Test
  void isAskedAfterTheTimeoutThenInIntervalsAndGivenUpInTheEnd() throws IOException {
    open(3, MANY);
    TestPeer producer = broker.producer("G");
    send("G", "m");
    broker.tick(TIMEOUT - 200);
    assertThat(producer.received()).isEmpty();
    broker.tick(300);
    assertThat(questions(producer)).containsExactly("m 1");
    broker.tick(INTERVAL - 200);
    assertThat(questions(producer)).hasSize(1);
    for (int i = 0; i < 3; i++) {
      broker.tick(INTERVAL + 100);
    }
    assertThat(questions(producer)).containsExactly("m 1", "m 2", "m 3");
    assertThat(broker.transactions.open()).isZero();
    assertThat(bodies(SystemTopics.CHECKED_TOO_OFTEN)).containsExactly("m");
    assertThat(bodies("T")).isEmpty();
  }

  @Test
  void aMessageMayAskToBeLeftAloneForLonger() throws IOException {
    open(3, MANY);
    TestPeer producer = broker.producer("G");
    send("G", "m", Map.of(Half.IMMUNITY_SECONDS, "4"));
    broker.tick(3_900);
    assertThat(producer.received()).isEmpty();
    broker.tick(200);
    assertThat(questions(producer)).containsExactly("m 1");
  }

  @Test
  void whileNobodyLivesItStaysOpenAndNothingIsCounted() throws IOException {
    open(3, MANY);
    TestPeer stranger = broker.producer("another group");
    send("G", "m");
    for (int i = 0; i < 20; i++) {
      broker.tick(TIMEOUT);
    }
    assertThat(broker.transactions.open()).isEqualTo(1);
    TestPeer producer = broker.producer("G");
    broker.tick(INTERVAL + 100);
    assertThat(questions(producer)).containsExactly("m 1");
    assertThat(stranger.received()).isEmpty();
  }

  @Test
  void theProducersOfAGroupTakeTurnsAndTheDeadAreLeftOut() throws IOException {
    open(100, MANY);
    TestPeer first = broker.producer("G");
    TestPeer second = broker.producer("G");
    TestPeer dead = broker.producer("G");
    dead.close();
    send("G", "m");
    for (int i = 0; i < 12; i++) {
      broker.tick(TIMEOUT);
    }
    assertThat(first.received().size() + second.received().size()).isGreaterThan(9);
    assertThat(first.received()).hasSizeGreaterThan(2);
    assertThat(second.received()).hasSizeGreaterThan(2);
    assertThat(dead.received()).isEmpty();
  }

  @Test
  void theQuestionsOfManyAreSpreadOverTheSeconds() throws IOException {
    open(100, 100);
    TestPeer producer = broker.producer("G");
    for (int i = 0; i < 500; i++) {
      broker.send("G", "m" + i, Map.of(), result -> {});
    }
    broker.settle();
    broker.tick(0);
    broker.tick(TIMEOUT + 100);
    assertThat(producer.received()).hasSizeBetween(1, 20);
    int before = producer.received().size();
    for (int i = 0; i < 20; i++) {
      broker.tick(100);
    }
    assertThat(producer.received().size() - before).isBetween(190, 210);
  }

  @Test
  void aGroupThatDoesNotAnswerKeepsNoOtherWaiting() throws IOException {
    open(100, MANY);
    TestPeer silent = broker.producer("silent");
    TestPeer other = broker.producer("other");
    for (int i = 0; i < CheckBack.MAX_UNANSWERED + 500; i++) {
      broker.send("silent", "s" + i, Map.of(), result -> {});
    }
    for (int i = 0; i < 10; i++) {
      broker.send("other", "o" + i, Map.of(), result -> {});
    }
    broker.settle();
    broker.tick(0);
    broker.tick(TIMEOUT + 100);
    assertThat(silent.received()).hasSize(CheckBack.MAX_UNANSWERED);
    assertThat(other.received()).hasSize(10);

    // An answer, whatever it says, lets another question through.
    for (int i = 0; i < 100; i++) {
      Check check = silent.received().get(i).header(Check.class);
      end("silent", check.tranStateTableOffset(), check.commitLogOffset(), 0, true);
    }
    broker.tick(1_100);
    assertThat(silent.received().size()).isGreaterThanOrEqualTo(CheckBack.MAX_UNANSWERED + 100);
  }

  @Test
  void theNumberOfQuestionsSurvivesTheDeathOfTheProcess() throws IOException {
    open(3, MANY);
    TestPeer producer = broker.producer("G");
    send("G", "m");
    broker.tick(TIMEOUT + 100);
    broker.tick(INTERVAL + 100);
    assertThat(questions(producer)).containsExactly("m 1", "m 2");
    disk.killProcess();
    open(3, MANY);
    TestPeer again = broker.producer("G");
    broker.tick(INTERVAL + 100);
    assertThat(questions(again)).containsExactly("m 3");
    broker.tick(INTERVAL + 100);
    assertThat(bodies(SystemTopics.CHECKED_TOO_OFTEN)).containsExactly("m");
  }

  @Test
  void anOpenOneOutlivesItsFileAndIsStillDecidedByItsOldPlace() throws IOException {
    open(100, MANY);
    AppendResult.Appended kept = send("G", "kept");
    AppendResult.Appended other = send("G", "other");
    deleteWhatIsStoredNow();
    assertThat(broker.store.status().minPosition()).isGreaterThan(kept.logPosition());
    assertThat(broker.transactions.open()).isEqualTo(2);

    end("G", kept.queueOffset(), kept.logPosition(), SysFlags.TRANSACTION_COMMIT, false);
    assertThat(bodies("T")).containsExactly("kept");
    disk.killProcess();
    open(100, MANY);
    assertThat(broker.transactions.open()).isEqualTo(1);
    end("G", other.queueOffset(), other.logPosition(), SysFlags.TRANSACTION_COMMIT, false);
    end("G", kept.queueOffset(), kept.logPosition(), SysFlags.TRANSACTION_COMMIT, false);
    assertThat(bodies("T")).containsExactly("kept", "other");
    assertThat(broker.transactions.open()).isZero();
  }

  /** A first place is all that a producer knows, however often the broker has moved the half message. */
  @Test
  void whatMovedTwiceIsDecidedByItsFirstPlaceAfterEachWayToEnd() throws IOException {
    open(100, MANY);
    AppendResult.Appended killed = send("G", "killed");
    AppendResult.Appended stopped = send("G", "stopped");
    AppendResult.Appended both = send("G", "both");
    deleteWhatIsStoredNow();
    deleteWhatIsStoredNow();
    assertThat(broker.transactions.open()).isEqualTo(3);

    disk.killProcess();
    open(100, MANY);
    commitByFirstPlace(killed);
    assertThat(bodies("T")).containsExactly("killed");
    finish();
    open(100, MANY);
    commitByFirstPlace(stopped);
    finish();
    open(100, MANY);
    deleteWhatIsStoredNow();
    disk.killProcess();
    open(100, MANY);
    commitByFirstPlace(both);
    assertThat(bodies("T")).endsWith("both");
    assertThat(broker.transactions.open()).isZero();
  }

  private void commitByFirstPlace(AppendResult.Appended first) {
    int open = broker.transactions.open();
    end("G", first.queueOffset(), first.logPosition(), SysFlags.TRANSACTION_COMMIT, false);
    assertThat(broker.transactions.open()).isEqualTo(open - 1);
  }

  /** An orderly end, which writes down what is open. */
  private void finish() {
    Future<Void> finished = broker.transactions.finish();
    for (int i = 0; i < 100 && !finished.isComplete(); i++) {
      broker.tick(100);
    }
    assertThat(finished.succeeded()).isTrue();
    disk.killProcess();
  }

  /** Fills the log until the files of what lies in it now are gone; what is open is put in anew. */
  private void deleteWhatIsStoredNow() {
    long endPosition = broker.store.status().appendedPosition();
    while (broker.store.status().appendedPosition() < endPosition + 100 * 1024) {
      AppendResult.Appended each = send("G", "filler " + "x".repeat(2_000));
      end("G", each.queueOffset(), each.logPosition(), SysFlags.TRANSACTION_ROLLBACK, false);
      broker.settle(5, 60);
    }
    for (int i = 0; i < 50 && broker.store.status().minPosition() < endPosition; i++) {
      broker.stateLog.checkpoint();
      broker.store.deleteOldestSegment(Long.MAX_VALUE);
      broker.tick(1_100);
      broker.settle(20, 60);
    }
    assertThat(broker.store.status().minPosition()).isGreaterThanOrEqualTo(endPosition);
  }

  /**
   * Very many at once, decided at random or not at all, and a crash in between. {@code
   * -Dsim.transactions} says how many.
   */
  @Test
  void ofManyOpenTransactionsEachEndsOnce() throws IOException {
    int count = Integer.getInteger("sim.transactions", 10_000);
    StoreConfig config = ManualBroker.config(FlushMode.ASYNC).withSegmentSizeBytes(2 * 1024 * 1024);
    open(config, 100, MANY);
    Random random = new Random(7);
    Map<String, AppendResult.Appended> places = new HashMap<>();
    for (int i = 0; i < count; i++) {
      String body = "m" + i;
      broker.send("G", body, Map.of(), at -> places.put(body, (AppendResult.Appended) at));
      if (i % 500 == 0) {
        broker.settle(2, 1);
      }
    }
    broker.settle();
    for (int i = 0; i < 100 && broker.transactions.open() < count; i++) {
      broker.tick(0);
    }
    assertThat(broker.transactions.open()).isEqualTo(count);

    Set<String> commits = new HashSet<>();
    for (int i = 0; i < count; i++) {
      AppendResult.Appended at = places.get("m" + i);
      boolean commit = random.nextBoolean();
      if (commit) {
        commits.add("m" + i);
      }
      if (random.nextInt(3) > 0) {
        broker.transactions.endUnanswered(
            new End(
                "G",
                at.queueOffset(),
                at.logPosition(),
                commit ? SysFlags.TRANSACTION_COMMIT : SysFlags.TRANSACTION_ROLLBACK,
                false,
                null,
                null,
                null),
            null);
      }
      if (i % 500 == 0) {
        broker.settle(2, 1);
      }
      if (i == count / 2) {
        disk.killProcess();
        open(config, 100, MANY);
      }
    }
    broker.settle();
    TestPeer producer = broker.producer("G");
    int answered = 0;
    for (int round = 0; round < 500 && broker.transactions.open() > 0; round++) {
      broker.tick(INTERVAL);
      for (; answered < producer.received().size(); answered++) {
        RemotingCommand question = producer.received().get(answered);
        Check check = question.header(Check.class);
        boolean commit =
            commits.contains(StandardCharsets.UTF_8.decode(view(question).body()).toString());
        broker.transactions.endUnanswered(
            new End(
                "G",
                check.tranStateTableOffset(),
                check.commitLogOffset(),
                commit ? SysFlags.TRANSACTION_COMMIT : SysFlags.TRANSACTION_ROLLBACK,
                true,
                null,
                null,
                null),
            null);
      }
      broker.settle();
    }
    assertThat(broker.transactions.open()).isZero();
    List<String> seen = bodies("T");
    assertThat(seen).hasSameSizeAs(commits);
    assertThat(new HashSet<>(seen)).isEqualTo(commits);
  }
}
