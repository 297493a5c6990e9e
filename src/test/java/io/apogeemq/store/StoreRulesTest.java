package io.apogeemq.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.sim.SimClock;
import io.apogeemq.sim.SimDisk;
import io.apogeemq.store.AppendResult.Appended;
import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.AppendResult.Refusal;
import io.apogeemq.store.AppendResult.Refused;
import io.apogeemq.store.AppendResult.Unknown;
import io.apogeemq.store.ReadRequest.EntryFilter;
import io.apogeemq.store.StoreConfig.Flush;
import io.apogeemq.store.StoreConfig.FlushMode;
import io.apogeemq.store.io.DiskFile;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rules of the store, one by one, on a simulated disk and with the steps called by hand. */
class StoreRulesTest {
  private static final Set<Integer> ANY_HOUR =
      IntStream.range(0, 24).boxed().collect(Collectors.toSet());

  private final SimDisk disk = new SimDisk(new Random(1));
  private final SimClock clock = new SimClock();
  private final ArrayDeque<Runnable> readers = new ArrayDeque<>();
  private final Completions direct = new Completions(Runnable::run);
  private final List<AppendResult> results = new ArrayList<>();
  private final List<String> arrivals = new ArrayList<>();
  private StoreConfig config =
      StoreConfig.at(Path.of("/sim"))
          .withSegmentSizeBytes(64 * 1024)
          .withRetention(RetentionConfig.DEFAULT.withReserved(1, ANY_HOUR))
          .withBounds(TestStore.bounds(4096, 64 * 1024, 8 * 1024, 4096, 16 * 1024, 256));
  private LogStore store;

  @Test
  void inAsyncModeAnAppendIsAnsweredWhenItIsWrittenAndForcedWithinTheInterval() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "a");
    assertThat(results).isEmpty();
    store.stepAppender();

    assertThat(results).singleElement().isInstanceOf(Appended.class);
    assertThat(arrivals).containsExactly("t:0@1");
    assertThat(store.stepFlusher()).isFalse();
    assertThat(store.status().flushedPosition()).isZero();
    clock.advance(500);
    assertThat(store.stepFlusher()).isTrue();
    assertThat(store.status().flushedPosition()).isEqualTo(store.status().appendedPosition());
  }

  @Test
  void inSyncModeNobodyIsAnsweredAndNothingIsSeenBeforeTheForce() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "a");
    append("t", 0, "b");
    store.stepAppender();

    assertThat(results).isEmpty();
    assertThat(arrivals).isEmpty();
    assertThat(store.maxOffset("t", 0)).isZero();
    assertThat(hot("t", 0, 0)).isInstanceOf(ReadResult.NothingYet.class);

    store.stepFlusher();
    assertThat(results).hasSize(2).allMatch(result -> result instanceof Appended);
    assertThat(arrivals).containsExactly("t:0@2");
    assertThat(bodies(hot("t", 0, 0))).containsExactly("a", "b");
  }

  @Test
  void batchesWrittenWhileAForceIsDueShareIt() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "a");
    store.stepAppender();
    append("t", 1, "b");
    store.stepAppender();
    store.stepFlusher();

    assertThat(results).hasSize(2);
    assertThat(store.stepFlusher()).isFalse();
  }

  @Test
  void aMessageThatWantsNoWaitIsAnsweredBeforeTheForceButNotSeen() throws IOException {
    open(FlushMode.SYNC);
    store.append(List.of(TestStore.draft("t", 0, "a", "")), false, direct, results::add);
    store.stepAppender();

    assertThat(results).singleElement().isInstanceOf(Appended.class);
    assertThat(store.maxOffset("t", 0)).isZero();
  }

  @Test
  void aForceThatFailedDoubtsEveryWaiterAndTheStoreOnlyReadsOn() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "kept");
    store.stepAppender();
    store.stepFlusher();
    long flushed = store.status().flushedPosition();
    append("t", 0, "doubtful");
    store.stepAppender();
    disk.failNextForce();
    store.stepFlusher();

    assertThat(results.get(1)).isInstanceOf(Unknown.class);
    assertThat(((Unknown) results.get(1)).reason()).isEqualTo(Doubt.FLUSH_FAILED);
    append("t", 0, "refused");
    store.stepAppender();
    assertThat(((Refused) results.get(2)).reason()).isEqualTo(Refusal.READ_ONLY);
    assertThat(store.status().flushedPosition()).isEqualTo(flushed);
    assertThat(store.status().readOnlyReason()).contains("Input/output error");
    assertThat(store.stepFlusher()).isFalse();
    assertThat(bodies(hot("t", 0, 0))).containsExactly("kept");
  }

  @Test
  void aForceThatNeverEndsIsAnsweredAsUnknown() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "a");
    store.stepAppender();
    clock.advance(5_001);
    store.stepAppender();

    assertThat(((Unknown) results.get(0)).reason()).isEqualTo(Doubt.FLUSH_TIMEOUT);
    store.stepFlusher();
    assertThat(results).hasSize(1);
    assertThat(arrivals).containsExactly("t:0@1");
  }

  @Test
  void aWriteThatFailedDoubtsItsBatchAndMakesTheStoreReadOnly() throws IOException {
    open(FlushMode.ASYNC);
    disk.failNextWrite();
    append("t", 0, "a");
    store.stepAppender();

    assertThat(((Unknown) results.get(0)).reason()).isEqualTo(Doubt.FLUSH_FAILED);
    assertThat(store.status().readOnlyReason()).contains("Input/output error");
    assertThat(store.maxOffset("t", 0)).isZero();
  }

  @Test
  void aFullDiskRefusesWithTheReasonAndResumesByItself() throws IOException {
    open(FlushMode.ASYNC);
    disk.usedRatio(0.97);
    clock.advance(1_000);
    store.stepSealer();
    append("t", 0, "a");
    assertThat(((Refused) results.get(0)).reason()).isEqualTo(Refusal.DISK_FULL);
    assertThat(((Refused) results.get(0)).detail())
        .contains("97.0 % full")
        .contains("diskSpaceWarningLevelRatio");

    disk.usedRatio(0.5);
    clock.advance(1_000);
    store.stepSealer();
    append("t", 0, "a");
    store.stepAppender();
    assertThat(results.get(1)).isInstanceOf(Appended.class);
  }

  @Test
  void aWriteThatFindsNoRoomIsMadeUpForAndLosesNothingThatWasAcknowledged() throws IOException {
    for (FlushMode mode : FlushMode.values()) {
      // From no room at all to enough for some records, for a file's end, and for the next file.
      for (int room = 0; room < 12 * 1024; room += 512) {
        surviveAFullDisk(mode, room);
      }
    }
  }

  private void surviveAFullDisk(FlushMode mode, int room) throws IOException {
    String topic = mode + "-" + room;
    open(mode);
    results.clear();
    List<String> sent = new ArrayList<>();
    while (config.segmentSizeBytes() - store.status().appendedPosition() % config.segmentSizeBytes()
        > 6 * 1024) {
      append("filler", 0, "x".repeat(1000));
      settle();
    }
    results.clear();
    disk.leaveRoom(room);
    for (int i = 0; i < 12; i++) {
      sent.add(i + "-".repeat(1000));
      append(topic, 0, sent.get(i));
      store.stepAppender();
      store.stepFlusher();
    }
    assertThat(results.stream().map(StoreRulesTest::kind))
        .as("with room for " + room)
        .contains("DISK_FULL")
        .isSubsetOf("Appended", "DISK_FULL");
    assertThat(store.status().readOnlyReason()).contains("100 % full").contains("free space");
    List<String> acknowledged =
        sent.subList(0, (int) results.stream().filter(r -> r instanceof Appended).count());
    if (!acknowledged.isEmpty()) {
      assertThat(bodies(cold(topic, 0, 0, 32))).containsExactlyElementsOf(acknowledged);
    }

    disk.leaveRoom(Long.MAX_VALUE);
    clock.advance(500);
    settle();
    assertThat(store.status().readOnlyReason()).isEmpty();
    append(topic, 0, "later");
    settle();
    List<String> stored = bodies(cold(topic, 0, 0, 32));
    assertThat(stored.subList(0, acknowledged.size())).isEqualTo(acknowledged);
    assertThat(stored).endsWith("later");
    assertThat(stored.subList(0, stored.size() - 1)).isSubsetOf(sent);
    disk.killProcess();
    open(mode);
    assertThat(bodies(cold(topic, 0, 0, 32))).isEqualTo(stored);
    store.close();
  }

  /** What became of an append; a full disk is told in two ways. */
  private static String kind(AppendResult result) {
    if (result instanceof Unknown unknown) {
      return unknown.reason().name();
    }
    return result instanceof Refused refused ? refused.reason().name() : "Appended";
  }

  @Test
  void aStoreThatIsClosedOrKilledWhileTheDiskIsFullKeepsWhatWasAcknowledged() throws IOException {
    for (boolean inOrder : new boolean[] {true, false}) {
      open(FlushMode.ASYNC);
      append("t", 0, "kept");
      settle();
      disk.leaveRoom(512);
      append("t", 0, "x".repeat(3000));
      store.stepAppender();
      assertThat(kind(results.get(results.size() - 1))).isEqualTo("DISK_FULL");
      if (inOrder) {
        store.close();
      }
      disk.leaveRoom(Long.MAX_VALUE);
      disk.killProcess();
      open(FlushMode.ASYNC);
      assertThat(store.maxOffset("t", 0)).isEqualTo(inOrder ? 1 : 2);
      store.close();
    }
  }

  @Test
  void anIndexThatFindsNoRoomIsMadeUpFor() throws IOException {
    open(FlushMode.ASYNC);
    while (store.status().appendedPosition() < 3 * config.segmentSizeBytes() / 2) {
      append("t", 0, "x".repeat(1000));
      store.stepAppender();
      clock.advance(500);
      store.stepFlusher();
    }
    for (int room : new int[] {0, 512, 0}) {
      disk.leaveRoom(room);
      for (int i = 0; i < 10; i++) {
        store.stepSealer();
      }
    }
    append("t", 0, "refused");
    store.stepAppender();
    assertThat(kind(results.get(results.size() - 1))).isEqualTo("DISK_FULL");
    assertThat(store.status().readOnlyReason()).contains("the index can't be written");

    disk.leaveRoom(Long.MAX_VALUE);
    settle();
    assertThat(store.status().readOnlyReason()).isEmpty();
    long max = store.maxOffset("t", 0);
    store.close();
    open(FlushMode.ASYNC);
    assertThat(store.recoveredScanBytes()).isZero();
    assertThat(store.maxOffset("t", 0)).isEqualTo(max);
  }

  @Test
  void aLogOfTheLargestLengthKeepsUnreadMessagesAndRefusesSends() throws IOException {
    config = config.withRetention(withLimit(3));
    long[] readTo = {0};
    open(FlushMode.ASYNC);
    store.readProgress(() -> (topic, queueId) -> readTo[0]);
    fill("t", 3L * config.segmentSizeBytes() + 1);
    settle();
    append("t", 0, "refused");
    Refused refused = (Refused) results.get(results.size() - 1);
    assertThat(refused.reason()).isEqualTo(Refusal.DISK_FULL);
    assertThat(refused.detail())
        .contains("commitLogMaxBytes")
        .contains("topic t")
        .contains("from offset 0 on")
        .contains("deleteUnreadForRoom");
    assertThat(store.minOffset("t", 0)).isZero();

    readTo[0] = store.maxOffset("t", 0);
    clock.advance(1_000);
    settle();
    assertThat(store.status().readOnlyReason()).isEmpty();
    assertThat(store.status().minPosition()).isPositive();
    append("t", 0, "taken");
    settle();
    assertThat(results.get(results.size() - 1)).isInstanceOf(Appended.class);
  }

  @Test
  void whereTheOperatorAllowsItTheOldestGoUnreadAndSendsAreNeverRefused() throws IOException {
    config = config.withRetention(withLimit(3).withUnreadToo(true));
    open(FlushMode.ASYNC);
    fill("t", 10L * config.segmentSizeBytes());
    settle();
    assertThat(results).allMatch(result -> result instanceof Appended);
    assertThat(store.status().appendedPosition() - store.status().minPosition())
        .isLessThanOrEqualTo(3L * config.segmentSizeBytes());
    long min = store.minOffset("t", 0);
    assertThat(hot("t", 0, 0))
        .isEqualTo(
            new ReadResult.OffEnds(ReadResult.End.BEFORE_FIRST, min, min, store.maxOffset("t", 0)));
  }

  @Test
  void theLevelsOfTheDiskDecideWhatIsDeleted() throws IOException {
    config = config.withRetention(RetentionConfig.DEFAULT.withReserved(1, Set.of()));
    long[] readTo = {0};
    open(FlushMode.ASYNC);
    store.readProgress(() -> (topic, queueId) -> readTo[0]);
    fill("old", config.segmentSizeBytes() + 1L);
    clock.advance(2 * 3_600_000);
    fill("young", 4L * config.segmentSizeBytes());
    level(0.74);
    assertThat(store.status().minPosition()).as("no hour for deletions").isZero();
    level(0.76);
    assertThat(store.status().minPosition())
        .as("expired, above diskMaxUsedSpaceRatio")
        .isEqualTo(config.segmentSizeBytes());
    level(0.86);
    assertThat(store.status().minPosition())
        .as("not expired and unread")
        .isEqualTo(config.segmentSizeBytes());
    readTo[0] = Long.MAX_VALUE;
    level(0.84);
    assertThat(store.status().minPosition())
        .as("read, below the level")
        .isEqualTo(config.segmentSizeBytes());
    disk.usedRatio(0.86);
    clock.advance(10_000);
    store.stepSealer();
    disk.usedRatio(0.84);
    settle();
    assertThat(store.status().minPosition())
        .as("read, above diskSpaceCleanForciblyRatio, and no more than needed")
        .isEqualTo(2L * config.segmentSizeBytes());
  }

  @Test
  void otherRulesHoldFromTheNextLookOn() throws IOException {
    config = config.withRetention(RetentionConfig.DEFAULT.withReserved(1_000, ANY_HOUR));
    open(FlushMode.ASYNC);
    fill("old", config.segmentSizeBytes() + 1L);
    clock.advance(2 * 3_600_000);
    fill("young", 2L * config.segmentSizeBytes());
    level(0.5);
    assertThat(store.status().minPosition()).as("two hours of a thousand").isZero();
    store.retain(RetentionConfig.DEFAULT.withReserved(1, ANY_HOUR));
    level(0.5);
    assertThat(store.status().minPosition()).isEqualTo(config.segmentSizeBytes());
  }

  private void level(double usedRatio) {
    disk.usedRatio(usedRatio);
    clock.advance(10_000);
    settle();
  }

  private RetentionConfig withLimit(int segments) {
    return RetentionConfig.DEFAULT
        .withReserved(0, Set.of())
        .withMaxLogBytes((long) segments * config.segmentSizeBytes());
  }

  private void fill(String topic, long toPosition) {
    while (store.status().appendedPosition() < toPosition) {
      append(topic, 0, "x".repeat(1000));
      settle();
    }
  }

  @Test
  void aSegmentIsNotDeletedWhileAReadIsInIt() throws IOException {
    open(FlushMode.ASYNC);
    fill("t", 3L * config.segmentSizeBytes());
    List<Boolean> deleted = new ArrayList<>();
    disk.duringNextRead(() -> deleted.add(store.deleteOldestSegment(Long.MAX_VALUE)));
    assertThat(recordAt(0)).containsExactly("x".repeat(1000));
    assertThat(deleted).containsExactly(false);
    assertThat(store.status().minPosition()).isZero();
    assertThat(store.deleteOldestSegment(Long.MAX_VALUE)).isTrue();
    assertThat(recordAt(0)).isEmpty();
  }

  @Test
  void aBatchGetsConsecutiveOffsetsAndThePositionOfEachRecord() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "first");
    store.append(
        List.of(TestStore.draft("t", 0, "a", ""), TestStore.draft("t", 0, "b", "")),
        true,
        direct,
        results::add);
    store.stepAppender();

    Appended batch = (Appended) results.get(1);
    assertThat(batch.queueOffset()).isEqualTo(1);
    assertThat(batch.logPositions()).hasSize(2).startsWith(batch.logPosition());
    for (int i = 0; i < 2; i++) {
      assertThat(recordAt(batch.logPositions()[i])).containsExactly(i == 0 ? "a" : "b");
    }
  }

  @Test
  void aRecordOverTheLimitIsRefused() throws IOException {
    config = config.withMaxRecordBytes(200);
    open(FlushMode.ASYNC);
    append("t", 0, "x".repeat(200));
    assertThat(((Refused) results.get(0)).reason()).isEqualTo(Refusal.TOO_LARGE);
    assertThat(((Refused) results.get(0)).detail()).contains("limit is 200");
  }

  @Test
  void aMistakeOfTheCallerIsNotStored() throws IOException {
    open(FlushMode.ASYNC);
    MessageDraft good = TestStore.draft("t", 0, "a", "");
    MessageDraft zero =
        TestStore.draft("t", 0, "a".getBytes(StandardCharsets.UTF_8), Map.of("k", "\0"));
    assertThatThrownBy(() -> store.append(List.of(zero), true, direct, results::add))
        .as("looked for where assertions are on")
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(
            () ->
                store.append(
                    List.of(good, TestStore.draft("t", 1, "b", "")), true, direct, results::add))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCongestedStoreSaysSoAndTellsWhenItIsRelieved() throws IOException {
    open(FlushMode.ASYNC);
    List<String> relieved = new ArrayList<>();
    assertThat(store.isCongested(direct, () -> relieved.add("never"))).isFalse();
    for (int i = 0; i < 5; i++) {
      append("t", 0, "x".repeat(2000));
    }
    assertThat(store.isCongested(direct, () -> relieved.add("now"))).isTrue();
    assertThat(relieved).isEmpty();
    while (store.stepAppender()) {
      // Writes 4 KiB at once.
    }
    assertThat(relieved).containsExactly("now");
  }

  @Test
  void farTooMuchIsRefusedAsBusy() throws IOException {
    open(FlushMode.ASYNC);
    for (int i = 0; i < 20; i++) {
      append("t", 0, "x".repeat(2000));
    }
    assertThat(results).isNotEmpty();
    assertThat(((Refused) results.get(0)).reason()).isEqualTo(Refusal.BUSY);
  }

  @Test
  void theEndsOfAQueueAreToldApart() throws IOException {
    open(FlushMode.ASYNC);
    assertThat(hot("t", 0, 0)).isEqualTo(new ReadResult.NothingYet(0, 0, 0));
    assertThat(hot("t", 0, 5)).isEqualTo(new ReadResult.OffEnds(ReadResult.End.NO_QUEUE, 0, 0, 0));
    append("t", 0, "a");
    store.stepAppender();
    assertThat(hot("t", 0, 1)).isEqualTo(new ReadResult.NothingYet(1, 0, 1));
    assertThat(hot("t", 0, 2))
        .isEqualTo(new ReadResult.OffEnds(ReadResult.End.BEHIND_LAST, 1, 0, 1));
  }

  @Test
  void onlyWantedTagsAreReadAndTheRestIsSteppedOver() throws IOException {
    open(FlushMode.ASYNC);
    for (int i = 0; i < 10; i++) {
      store.append(
          List.of(TestStore.draft("t", 0, "m" + i, i % 2 == 0 ? "TagA" : "TagB")),
          true,
          direct,
          results::add);
    }
    store.stepAppender();
    ReadResult some = hot("t", 0, 0, 3, code -> code == "TagB".hashCode());
    assertThat(bodies(some)).containsExactly("m1", "m3", "m5");
    assertThat(some.nextOffset()).isEqualTo(6);
    assertThat(hot("t", 0, 0, 3, code -> false)).isEqualTo(new ReadResult.NoneWanted(10, 0, 10));
  }

  @Test
  void theTimesOfAQueueAreSearchedAsTheOriginalDoes() throws IOException {
    open(FlushMode.ASYNC);
    long start = clock.wallMs();
    for (int i = 0; i < 400; i++) {
      append("t", 0, "m" + i);
      store.stepAppender();
      clock.advance(10);
    }
    settle();
    assertThat(byTime(0, false)).isZero();
    assertThat(byTime(start + 1000, false)).isEqualTo(100);
    assertThat(byTime(start + 1001, false)).isEqualTo(101);
    assertThat(byTime(start + 1001, true)).isEqualTo(100);
    assertThat(byTime(Long.MAX_VALUE, false)).isEqualTo(399);
    assertThat(byTime(0, true)).isZero();
  }

  @Test
  void recordsAreFoundByKeyInMemoryAndInFiles() throws IOException {
    open(FlushMode.ASYNC);
    for (int i = 0; i < 1500; i++) {
      byte[] body = ("m" + i).getBytes(StandardCharsets.UTF_8);
      store.append(
          List.of(
              TestStore.draft(
                  "t", i % 3, body, Map.of("KEYS", "k" + i + " every", "UNIQ_KEY", "u" + i))),
          true,
          direct,
          results::add);
      settle();
    }
    assertThat(byKey("k3", false, 10)).containsExactly("m3");
    assertThat(byKey("u3", true, 10)).containsExactly("m3");
    assertThat(byKey("k1499", false, 10)).containsExactly("m1499");
    assertThat(byKey("k1499", true, 10)).isEmpty();
    assertThat(byKey("every", false, 3)).containsExactly("m1499", "m1498", "m1497");
    assertThat(byKey("every", false, 2000)).hasSize(1500);
    assertThat(byKey("none", false, 10)).isEmpty();
  }

  @Test
  void aQueueWhoseMessagesHaveExpiredGoesOnCountingAlsoAfterARestart() throws IOException {
    open(FlushMode.ASYNC);
    for (int i = 0; i < 5; i++) {
      append("quiet", 0, "old");
    }
    while (store.status().appendedPosition() < 3 * config.segmentSizeBytes()) {
      append("busy", 0, "x".repeat(1000));
      settle();
    }
    clock.advance(2 * 3_600_000);
    append("busy", 0, "young");
    settle();
    assertThat(store.status().minPosition()).isEqualTo(3L * config.segmentSizeBytes());
    assertThat(store.minOffset("quiet", 0)).isEqualTo(5);
    assertThat(hot("quiet", 0, 0))
        .isEqualTo(new ReadResult.OffEnds(ReadResult.End.BEFORE_FIRST, 5, 5, 5));

    disk.losePower();
    open(FlushMode.ASYNC);
    assertThat(store.minOffset("quiet", 0)).isEqualTo(5);
    assertThat(store.maxOffset("quiet", 0)).isEqualTo(5);
    append("quiet", 0, "new");
    store.stepAppender();
    assertThat(((Appended) results.get(results.size() - 1)).queueOffset()).isEqualTo(5);
  }

  @Test
  void aDeletedTopicStartsAnewAndItsOldMessagesDoNotComeBack() throws IOException {
    open(FlushMode.ASYNC);
    for (int i = 0; i < 200; i++) {
      append("t", 0, "old" + i);
      append("other", 0, "kept" + i);
      settle();
    }
    store.deleteTopic("t");
    settle();
    assertThat(store.maxOffset("t", 0)).isZero();
    for (int i = 0; i < 400; i++) {
      append("t", 0, "new" + i);
      settle();
    }
    for (int restart = 0; restart < 3; restart++) {
      assertThat(store.maxOffset("t", 0)).isEqualTo(400);
      assertThat(bodies(cold("t", 0, 0, 2))).containsExactly("new0", "new1");
      assertThat(bodies(cold("other", 0, 199, 2))).containsExactly("kept199");
      if (restart == 1) {
        store.close();
      }
      disk.killProcess();
      open(FlushMode.ASYNC);
    }
  }

  @Test
  void aDeletedTopicDoesNotComeBackWithHoles() throws IOException {
    open(FlushMode.ASYNC);
    while (store.status().appendedPosition() < 3 * 16 * 1024 / 2) {
      append("t", 0, "x".repeat(1000));
      store.stepAppender();
    }
    clock.advance(500);
    store.stepFlusher();
    store.deleteTopic("t");
    store.stepAppender();
    while (disk.list(config.indexDir()).stream().noneMatch(name -> name.endsWith(".idx"))) {
      assertThat(store.stepSealer()).isTrue();
    }
    disk.killProcess();
    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).as("the index block has no entry of it").isZero();
  }

  @Test
  void aDeletionThatWasSavedBeforeTheLogWasForcedHidesNothingNew() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "old");
    settle();
    long forced = store.status().flushedPosition();
    for (int i = 0; i < 20; i++) {
      append("other", 0, "x".repeat(1000));
    }
    while (store.stepAppender()) {
      // Written, not forced.
    }
    store.deleteTopic("t");
    store.stepAppender();
    while (store.stepSealer()) {
      // Saves the deletion.
    }
    assertThat(store.status().flushedPosition()).isEqualTo(forced);
    long deletedAt = store.status().appendedPosition();

    disk.losePower();
    open(FlushMode.ASYNC);
    assertThat(store.status().appendedPosition()).isLessThan(deletedAt);
    assertThat(store.maxOffset("t", 0)).isZero();
    append("t", 0, "new");
    store.stepAppender();
    assertThat(store.status().appendedPosition()).isLessThan(deletedAt);

    for (int restart = 0; restart < 2; restart++) {
      disk.killProcess();
      open(FlushMode.ASYNC);
      assertThat(store.maxOffset("t", 0)).isEqualTo(1);
      assertThat(bodies(cold("t", 0, 0, 1))).containsExactly("new");
    }
  }

  /** The queue table says more than what is left of the log: of what comes then it says nothing. */
  @Test
  void whatIsStoredAfterTheLastLogFilesWereRemovedByHandIsKept() throws IOException {
    open(FlushMode.ASYNC);
    long twoFiles = 2L * config.segmentSizeBytes();
    while (store.status().appendedPosition() < twoFiles + 1000) {
      append("t", 0, "x".repeat(1000));
      settle();
    }
    store.close();
    for (String name : disk.list(config.commitLogDir()).subList(1, 3)) {
      disk.delete(config.commitLogDir().resolve(name));
    }
    disk.forceDirectory(config.commitLogDir());
    open(FlushMode.ASYNC);
    long before = store.maxOffset("t", 0);
    append("t", 0, "new");
    for (int i = 0; i < 40; i++) {
      append("other", 0, "x".repeat(1000));
      settle();
    }
    disk.killProcess();
    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(before + 1);
    assertThat(bodies(cold("t", 0, before, 1))).containsExactly("new");
  }

  @Test
  void whatIsStoredAfterAllLogFilesWereRemovedByHandIsKept() throws IOException {
    open(FlushMode.ASYNC);
    while (store.status().minPosition() == 0) {
      append("t", 0, "x".repeat(1000));
      settle();
      store.deleteOldestSegment(Long.MAX_VALUE);
    }
    store.close();
    for (String name : disk.list(config.commitLogDir())) {
      disk.delete(config.commitLogDir().resolve(name));
    }
    disk.forceDirectory(config.commitLogDir());
    open(FlushMode.ASYNC);
    long before = store.maxOffset("t", 0);
    append("t", 0, "new");
    settle();
    disk.killProcess();
    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(before + 1);
    assertThat(bodies(cold("t", 0, before, 1))).containsExactly("new");
  }

  @Test
  void aSegmentThatSomebodyStillNeedsIsNotDeletedHoweverOld() throws IOException {
    open(FlushMode.ASYNC);
    long[] keepFrom = {config.segmentSizeBytes() + 10L};
    store.keepFrom(() -> keepFrom[0]);
    while (store.status().appendedPosition() < 3 * config.segmentSizeBytes()) {
      append("busy", 0, "x".repeat(1000));
      settle();
    }
    clock.advance(2 * 3_600_000);
    settle();
    assertThat(store.status().minPosition()).isEqualTo(config.segmentSizeBytes());

    keepFrom[0] = Long.MAX_VALUE;
    clock.advance(10_000);
    settle();
    assertThat(store.status().minPosition()).isEqualTo(3L * config.segmentSizeBytes());
  }

  @Test
  void aDamagedRecordFailsTheReadOfItAndNotOfThoseBefore() throws IOException {
    config = config.withBounds(TestStore.bounds(4096, 16 * 1024, 8 * 1024, 4096, 16 * 1024, 256));
    open(FlushMode.ASYNC);
    append("t", 0, "whole");
    settle();
    long damageAt = store.status().appendedPosition();
    append("t", 0, "damaged");
    settle();
    for (int i = 0; i < 40; i++) {
      append("other", 0, "x".repeat(1000));
      settle();
    }
    damage(damageAt, 4);

    assertThat(bodies(cold("t", 0, 0, 2))).containsExactly("whole");
    ReadResult.Failed failed = (ReadResult.Failed) cold("t", 0, 1, 1);
    assertThat(failed.reason()).contains("log position " + damageAt);
    assertThat(failed.nextOffset()).isEqualTo(1);
    assertThat(hot("t", 0, 1)).isInstanceOf(ReadResult.Failed.class);
  }

  @Test
  void anErrorInTheMiddleOfABatchLeavesNobodyUnanswered() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "before");
    MessageDraft good = TestStore.draft("t", 0, "broken", "");
    store.append(List.of(good), true, direct, results::add);
    good.body().release();
    append("t", 0, "behind");
    assertThatThrownBy(() -> store.stepAppender()).isInstanceOf(RuntimeException.class);
    while (store.stepAppender()) {
      // The rest is refused.
    }
    assertThat(results).hasSize(3).noneMatch(result -> result instanceof Appended);
    append("t", 0, "later");
    assertThat(((Refused) results.get(3)).reason()).isEqualTo(Refusal.READ_ONLY);
  }

  @Test
  void aResultThatCannotBeToldStrandsNoneBehindIt() {
    Completions back = new Completions(Runnable::run);
    List<String> told = new ArrayList<>();
    back.add(() -> told.add("first"));
    back.add(
        () -> {
          throw new IllegalStateException("a listener's mistake");
        });
    back.add(() -> told.add("last"));
    assertThatThrownBy(back::wake).hasMessage("a listener's mistake");
    assertThat(told).containsExactly("first", "last");
  }

  @Test
  void anAnswerByKeyIsBoundedInBytes() throws IOException {
    config = config.withSegmentSizeBytes(16 << 20);
    config =
        config.withBounds(TestStore.bounds(64 * 1024, 1 << 20, 8 << 20, 1 << 20, 1 << 20, 256));
    open(FlushMode.ASYNC);
    for (int i = 0; i < 10; i++) {
      store.append(
          List.of(TestStore.draft("t", 0, new byte[1 << 20], Map.of("KEYS", "k"))),
          true,
          direct,
          results::add);
      settle();
    }
    assertThat(byKey("k", false, 64)).hasSize(7);
  }

  @Test
  void anInnerBatchIsNoStorableMessage() throws IOException {
    open(FlushMode.ASYNC);
    for (int flag : new int[] {SysFlags.INNER_BATCH, SysFlags.NEED_UNWRAP}) {
      MessageDraft batch = innerBatch(flag, "1000");
      assertThatThrownBy(() -> store.append(List.of(batch), true, direct, results::add))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void innerBatchesOfAnotherBrokerCountWhatTheyHoldUnlessThatCannotBe() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "first");
    settle();
    store.close();
    String[] counts = {"3", "2147483647", "-5", "0", "many", "1"};
    long[] offsets = {1, 4, 5, 6, 7, Long.MAX_VALUE - 1};
    writeBehindTheLog(counts, offsets);
    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(8);
    append("t", 0, "next");
    settle();
    assertThat(((Appended) results.get(results.size() - 1)).queueOffset()).isEqualTo(8);
    assertThat(store.status().readOnlyReason()).isEmpty();
    store.close();
    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(9);
  }

  @Test
  void aLogIsOpenedThatHasNoRecordBetweenDamageAndWhatWasPromised() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "kept");
    settle();
    long damageAt = store.status().appendedPosition();
    append("t", 0, "lost");
    settle();
    clock.advance(10_000);
    store.stepSealer();
    disk.killProcess();
    damage(damageAt, 40);

    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(1);
    assertThat(store.status().appendedPosition()).isEqualTo(damageAt);
    append("t", 0, "new");
    store.stepAppender();
    assertThat(bodies(cold("t", 0, 0, 2))).containsExactly("kept", "new");
  }

  @Test
  void aRecordRightBehindWhatWasPromisedSurvivesDamageBeforeIt() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "kept");
    settle();
    long damageAt = store.status().appendedPosition();
    append("t", 0, "lost");
    settle();
    clock.advance(10_000);
    store.stepSealer();
    append("t", 0, "behind");
    store.stepAppender();
    disk.killProcess();
    damage(damageAt, 40);

    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(3);
    assertThat(bodies(cold("t", 0, 2, 1))).containsExactly("behind");
  }

  @Test
  void aFolderWithoutOurIndexIsRead() throws IOException {
    open(FlushMode.ASYNC);
    for (int i = 0; i < 900; i++) {
      append("t", i % 4, "message number " + i);
      settle();
    }
    store.close();
    for (String name : disk.list(config.indexDir())) {
      disk.delete(config.indexDir().resolve(name));
    }
    open(FlushMode.ASYNC);
    assertThat(store.recoveredScanBytes()).isGreaterThan(70_000);
    for (int queue = 0; queue < 4; queue++) {
      assertThat(store.maxOffset("t", queue)).isEqualTo(225);
      assertThat(bodies(cold("t", queue, 224, 1)))
          .containsExactly("message number " + (896 + queue));
    }
    assertThat(byTime(Long.MAX_VALUE, false)).isEqualTo(224);
  }

  @Test
  void anIndexFileThatIsMissingBeforeOneThatIsThereHidesNothing() throws IOException {
    open(FlushMode.ASYNC);
    int count = 0;
    while (store.status().appendedPosition() < 3 * config.segmentSizeBytes() / 2) {
      append("t", 0, count++ + "-".repeat(1000));
      settle();
    }
    store.close();
    disk.delete(config.indexDir().resolve("00000000000000000000.idx"));
    open(FlushMode.ASYNC);
    assertThat(store.maxOffset("t", 0)).isEqualTo(count);
    for (int offset = 0; offset < count; offset++) {
      assertThat(bodies(cold("t", 0, offset, 1))).containsExactly(offset + "-".repeat(1000));
    }
  }

  @Test
  void filesOfAnotherSizeAreRefusedWithTheKeyToSet() throws IOException {
    open(FlushMode.ASYNC);
    store.close();
    config = config.withSegmentSizeBytes(32 * 1024);
    assertThatThrownBy(() -> open(FlushMode.ASYNC)).hasMessageContaining("mappedFileSizeCommitLog");
  }

  @Test
  void aPreparedMessageTakesNoPlaceInItsQueue() throws IOException {
    assertThat(SysFlags.isQueued(SysFlags.TRANSACTION_PREPARED)).isFalse();
    assertThat(SysFlags.isQueued(SysFlags.TRANSACTION_ROLLBACK)).isFalse();
    assertThat(SysFlags.isQueued(SysFlags.TRANSACTION_COMMIT)).isTrue();
  }

  // ---- helpers
  // -----------------------------------------------------------------------------------

  @Test
  void inAsyncModeWhatIsWrittenIsAsDurableAsPromised() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "a");
    store.stepAppender();
    store.awaitDurable((Appended) results.get(0), true, direct, results::add);
    assertThat(results).hasSize(1);
    store.stepAppender();

    assertThat(results.get(1)).isSameAs(results.get(0));
    assertThat(store.maxOffset("t", 0)).isEqualTo(1);
  }

  @Test
  void inSyncModeWhoAsksAgainWaitsForTheForceThatCoversTheMessage() throws IOException {
    open(FlushMode.SYNC);
    store.append(List.of(TestStore.draft("t", 0, "a", "")), false, direct, results::add);
    store.stepAppender();
    Appended at = (Appended) results.get(0);
    store.awaitDurable(at, true, direct, results::add);
    store.awaitDurable(at, false, direct, results::add);
    store.stepAppender();
    assertThat(results).as("who does not wait is answered").hasSize(2);

    store.stepFlusher();
    assertThat(results).containsExactly(at, at, at);
    store.awaitDurable(at, true, direct, results::add);
    store.stepAppender();
    assertThat(results).as("forced already").hasSize(4);
    assertThat(store.stepFlusher()).isFalse();
    assertThat(arrivals).containsExactly("t:0@1");
  }

  @Test
  void aFailedStoreKnowsOfNoMessageWhetherItLasts() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "a");
    store.stepAppender();
    store.stepFlusher();
    Appended at = (Appended) results.get(0);
    append("t", 0, "doubtful");
    store.awaitDurable(at, true, direct, results::add);
    disk.failNextWrite();
    store.stepAppender();
    store.awaitDurable(at, true, direct, results::add);

    assertThat(results.subList(1, 4)).contains(new Unknown(at, Doubt.FLUSH_FAILED));
    assertThat(results.get(3)).isEqualTo(new Unknown(at, Doubt.FLUSH_FAILED));
  }

  @Test
  void whoAsksAgainDuringAForceThatNeverEndsIsToldThatItIsUnknown() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "a");
    store.stepAppender();
    clock.advance(5_001);
    store.stepAppender();
    Appended at = ((Unknown) results.get(0)).at();
    store.awaitDurable(at, true, direct, results::add);
    store.stepAppender();
    clock.advance(5_001);
    store.stepAppender();

    assertThat(results.get(1)).isEqualTo(new Unknown(at, Doubt.FLUSH_TIMEOUT));
  }

  @Test
  void whoAsksAgainForWhatWaitsForRoomIsNotToldThatItIsStored() throws IOException {
    for (FlushMode mode : FlushMode.values()) {
      open(mode);
      disk.leaveRoom(512);
      append("t", 0, "x".repeat(3000));
      store.stepAppender();
      Appended at = ((Unknown) results.get(results.size() - 1)).at();
      List<AppendResult> again = new ArrayList<>();
      store.awaitDurable(at, true, direct, again::add);
      store.awaitDurable(at, false, direct, again::add);
      store.stepAppender();
      Unknown unknown = new Unknown(at, Doubt.DISK_FULL);
      assertThat(again).as("in mode %s", mode).containsExactly(unknown, unknown);

      disk.leaveRoom(Long.MAX_VALUE);
      clock.advance(500);
      settle();
      store.awaitDurable(at, true, direct, again::add);
      store.stepAppender();
      assertThat(again).hasSize(3).endsWith(at);
      store.close();
    }
  }

  @Test
  void aFullDiskTakesNothingFromWhatIsStored() throws IOException {
    open(FlushMode.ASYNC);
    append("t", 0, "a");
    store.stepAppender();
    disk.usedRatio(0.97);
    clock.advance(1_000);
    store.stepSealer();
    store.awaitDurable((Appended) results.get(0), true, direct, results::add);
    store.stepAppender();

    assertThat(results.get(1)).isSameAs(results.get(0));
  }

  @Test
  void aStoreThatClosesLeavesNobodyUnanswered() throws IOException {
    open(FlushMode.SYNC);
    append("t", 0, "a");
    store.stepAppender();
    clock.advance(5_001);
    store.stepAppender();
    Appended at = ((Unknown) results.get(0)).at();
    store.awaitDurable(at, true, direct, results::add);
    store.close();
    store.awaitDurable(at, true, direct, results::add);

    assertThat(results.subList(1, 3)).containsExactly(at, new Unknown(at, Doubt.FLUSH_FAILED));
  }

  private List<String> tail(long maxBytes) throws IOException {
    List<String> shown = new ArrayList<>();
    LogPass pass = new LogPass(store);
    pass.showTail(
        maxBytes,
        (record, ageMs) -> shown.add(StandardCharsets.UTF_8.decode(record.body()) + " " + ageMs));
    pass.run();
    return shown;
  }

  @Test
  void theTailIsShownOldestFirstWithAgesFromTheFirstWholeRecordOn() throws IOException {
    open(FlushMode.ASYNC);
    for (String each : List.of("a", "b", "c")) {
      append("t", 0, each);
      store.stepAppender();
      clock.advance(100);
    }
    store.close();
    open(FlushMode.ASYNC);
    long end = store.status().appendedPosition();
    long lastTwo = end - ((Appended) results.get(1)).logPosition();

    assertThat(tail(Long.MAX_VALUE)).containsExactly("a 200", "b 100", "c 0");
    assertThat(tail(lastTwo)).containsExactly("b 100", "c 0");
    assertThat(tail(lastTwo - 1)).containsExactly("c 0");
    assertThat(tail(0)).isEmpty();
  }

  @Test
  void aScanGoesThroughAllFiles() throws IOException {
    open(FlushMode.ASYNC);
    String big = "x".repeat(30_000);
    for (int i = 0; i < 9; i++) {
      append("t", 0, big + i);
      store.stepAppender();
    }
    assertThat(store.status().appendedPosition()).isGreaterThan(3L * config.segmentSizeBytes());

    List<Character> shown = new ArrayList<>();
    store.scan(
        ((Appended) results.get(1)).logPosition(),
        ((Appended) results.get(8)).logPosition(),
        (record, ageMs) -> shown.add((char) record.body().get(record.body().limit() - 1)));

    assertThat(shown).containsExactly('1', '2', '3', '4', '5', '6', '7');
  }

  @Test
  void allWhoAskAreShownTheLogsEndInOnePass() throws IOException {
    open(FlushMode.ASYNC);
    for (String each : List.of("a", "b", "c", "d")) {
      append("t", 0, each);
      store.stepAppender();
    }
    long second = ((Appended) results.get(1)).logPosition();
    long third = ((Appended) results.get(2)).logPosition();
    List<String> shown = new ArrayList<>();

    LogPass pass = new LogPass(store);
    pass.showFrom(second, (record, ageMs) -> shown.add("from b: " + record.body().get(0)));
    pass.showFrom(third, (record, ageMs) -> shown.add("from c: " + record.body().get(0)));
    pass.showTail(Long.MAX_VALUE, (record, ageMs) -> shown.add("tail: " + record.body().get(0)));
    long bytes = pass.run();

    assertThat(bytes).isEqualTo(store.status().appendedPosition());
    assertThat(shown)
        .containsExactly(
            "tail: 97",
            "from b: 98",
            "tail: 98",
            "from b: 99",
            "from c: 99",
            "tail: 99",
            "from b: 100",
            "from c: 100",
            "tail: 100");
  }

  @Test
  void aDamagedRecordIsPassedOverInTheTail() throws IOException {
    open(FlushMode.ASYNC);
    for (String each : List.of("a", "b", "c")) {
      append("t", 0, each);
      settle();
    }
    damage(((Appended) results.get(1)).logPosition(), 4);

    assertThat(tail(Long.MAX_VALUE)).containsExactly("a 0", "c 0");
  }

  @Test
  void anEmptyStoreHasNoTail() throws IOException {
    open(FlushMode.ASYNC);
    assertThat(tail(Long.MAX_VALUE)).isEmpty();
  }

  private void open(FlushMode mode) throws IOException {
    config = config.withFlush(new Flush(mode, 500, 5_000));
    store = new LogStore(config, disk, clock, readers::add);
    store.onArrival(
        new ArrivalListener() {
          @Override
          public void queueMoved(String topic, int queueId, long maxOffset) {
            arrivals.add(topic + ":" + queueId + "@" + maxOffset);
          }

          @Override
          public void batchEnded() {}
        });
  }

  private void append(String topic, int queueId, String body) {
    store.append(List.of(TestStore.draft(topic, queueId, body, "")), true, direct, results::add);
  }

  private static MessageDraft innerBatch(int flag, String count) {
    MessageDraft plain =
        TestStore.draft(
            "t", 0, "b".getBytes(StandardCharsets.UTF_8), Map.of("INNER_NUM", count, "k", "v"));
    return new MessageDraft(
        plain.topic(),
        plain.queueId(),
        plain.flag(),
        plain.sysFlag() | flag,
        plain.bornTimestampMs(),
        plain.bornHost(),
        plain.storeHost(),
        plain.reconsumeTimes(),
        plain.preparedPosition(),
        plain.body(),
        plain.bodyCrc(),
        plain.topicBytes(),
        plain.properties(),
        plain.tagsCode());
  }

  /** Puts inner batches of queue t:0 behind the records of a closed store, as another broker may. */
  private void writeBehindTheLog(String[] counts, long[] offsets) throws IOException {
    Path path = config.commitLogDir().resolve("00000000000000000000");
    long at = store.status().appendedPosition();
    try (DiskFile file = disk.open(path)) {
      for (int i = 0; i < counts.length; i++) {
        MessageDraft draft = innerBatch(SysFlags.INNER_BATCH, counts[i]);
        int size = (int) StoredMessage.sizeOf(draft);
        ByteBuffer record = ByteBuffer.allocate(size);
        StoredMessage.encode(draft, record, 0, size, offsets[i], at, clock.wallMs());
        file.write(record.clear(), at);
        at += size;
      }
      file.force();
    }
  }

  private void damage(long logPosition, int bytes) throws IOException {
    Path path = config.commitLogDir().resolve("00000000000000000000");
    byte[] noise = new byte[bytes];
    new Random(7).nextBytes(noise);
    try (DiskFile file = disk.open(path)) {
      file.write(ByteBuffer.wrap(noise), logPosition);
      file.force();
    }
  }

  /** Lets all steps run until nothing is left, with time for the flusher. */
  private void settle() {
    boolean worked = true;
    while (worked) {
      worked = store.stepAppender();
      clock.advance(500);
      worked |= store.stepFlusher();
      worked |= store.stepSealer();
    }
  }

  private ReadResult hot(String topic, int queueId, long offset) {
    return hot(topic, queueId, offset, 32, EntryFilter.ALL);
  }

  private ReadResult hot(String topic, int queueId, long offset, int max, EntryFilter filter) {
    return store.readHot(new ReadRequest(topic, queueId, offset, max, 1 << 20, filter));
  }

  private ReadResult cold(String topic, int queueId, long offset, int max) {
    return asked(
        then ->
            store.read(
                new ReadRequest(topic, queueId, offset, max, 1 << 20, EntryFilter.ALL),
                direct,
                then));
  }

  private List<String> bodies(ReadResult result) {
    assertThat(result).isInstanceOf(ReadResult.Found.class);
    ReadResult.Found found = (ReadResult.Found) result;
    List<String> bodies = TestStore.bodiesOf(found.records());
    assertThat(found.messages()).isEqualTo(bodies.size());
    found.records().release();
    return bodies;
  }

  private List<String> recordAt(long position) {
    return TestStore.bodiesOf(this.<ByteBuf>asked(then -> store.recordAt(position, direct, then)));
  }

  private List<String> byKey(String key, boolean unique, int max) {
    return TestStore.bodiesOf(
        this.<ByteBuf>asked(
            then -> store.recordsByKey("t", key, unique, 0, Long.MAX_VALUE, max, direct, then)));
  }

  private long byTime(long timeMs, boolean upper) {
    return this.<Long>asked(then -> store.offsetByTime("t", 0, timeMs, upper, direct, then));
  }

  private <T> T asked(Consumer<Consumer<T>> asking) {
    List<T> told = new ArrayList<>();
    asking.accept(told::add);
    while (!readers.isEmpty()) {
      readers.poll().run();
    }
    assertThat(told).hasSize(1);
    return told.get(0);
  }
}
