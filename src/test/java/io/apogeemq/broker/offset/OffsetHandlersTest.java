package io.apogeemq.broker.offset;

import static io.apogeemq.protocol.remoting.RequestCode.GET_ALL_CONSUMER_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.QUERY_CONSUMER_OFFSET;
import static io.apogeemq.protocol.remoting.RequestCode.UPDATE_CONSUMER_OFFSET;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.broker.TestTables;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.StateRecord;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConsumerOffsetTable;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetHandlersTest {
  @TempDir Path folder;
  private TestTables tables;

  @BeforeEach
  void open() throws IOException {
    tables = TestTables.open(folder);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 4, 6)));
  }

  @AfterEach
  void close() {
    tables.close();
  }

  @Test
  void aGroupReadsBackTheOffsetItCommitted() {
    assertThat(commit("T", 3, 42).code()).isZero();
    assertThat(query("T", 3, null).header(OffsetHeaders.QueryReply.class).offset()).isEqualTo(42);
    assertThat(commit("T", 3, 7).code()).isZero(); // backwards is allowed
    assertThat(query("T", 3, null).header(OffsetHeaders.QueryReply.class).offset()).isEqualTo(7);
  }

  @Test
  void aNewGroupStartsAtZeroOfAYoungQueueUnlessItAsksNotTo() {
    tables.store().append("T", 0, "first");
    assertThat(query("T", 0, null).header(OffsetHeaders.QueryReply.class).offset()).isZero();
    assertThat(query("T", 0, true).code()).isZero();
    assertThat(query("T", 0, false).code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
  }

  /** As long as its first message lies in the younger part of the log, read back or not. */
  @Test
  void aNewGroupStartsWhereItWantsToInAnOldQueueAndAtZeroInAYoungOne() throws IOException {
    tables.store().append("T", 0, "first");
    for (int i = 0; i < 2 * TestTables.YOUNG_LOG_BYTES / 1024; i++) {
      tables.store().append("T", 1, "x".repeat(1024));
    }
    tables.store().append("T", 2, "young");
    for (int run = 0; run < 2; run++) {
      assertThat(query("T", 0, null).code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
      assertThat(query("T", 1, null).code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
      assertThat(query("T", 2, null).header(OffsetHeaders.QueryReply.class).offset()).isZero();
      assertThat(query("T", 3, null).code()).as("an empty one").isZero();
      tables.close();
      tables = TestTables.open(folder); // now nothing of it is in memory
    }
  }

  @Test
  void aQueueThatDoesNotExistHasNoOffset() {
    assertThat(query("T", 4, null).code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
    assertThat(query("Nowhere", 0, null).code()).isEqualTo(ResponseCode.QUERY_NOT_FOUND);
  }

  @Test
  void commitsThatMakeNoSenseAreRefused() {
    assertThat(commit("Nowhere", 0, 1).code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST);
    assertThat(commit("T", 0, -1).code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    assertThat(commit("T", -1, 1).code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    assertThat(commit("T", 4, 1).code()).isEqualTo(ResponseCode.INVALID_PARAMETER);
    assertThat(tables.offsets.current().offsetTable()).isEmpty();
  }

  @Test
  void theCommitsOfAnIntervalAreOneRecordOfTheChangesOnly() {
    for (int i = 0; i < 4; i++) {
      commit("T", i, 1);
    }
    tables.gather();
    long before = stateRecords();
    for (int i = 0; i < 100; i++) {
      commit("T", 0, i);
      commit("T", 1, 1); // no change
    }
    tables.gather();
    assertThat(stateRecords()).isEqualTo(before + 1);
    tables.gather();
    assertThat(stateRecords()).isEqualTo(before + 1);
  }

  @Test
  void aCommitThatCameWhileARecordWasOnItsWayIsNotTakenBack() {
    commit("T", 0, 10);
    tables.onLoop(
        () -> {
          var written = tables.offsets.gather();
          tables.offsets.commit("G", "T", 0, 20);
          return written;
        });
    assertThat(tables.offsets.find("G", "T", 0)).hasValue(20);
    tables.gather();
    tables.crash();
    try {
      tables = TestTables.openBare(folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(tables.offsets.find("G", "T", 0)).hasValue(20);
  }

  @Test
  void whoGathersWhileASetIsOnItsWayWaitsForThatSet() {
    commit("T", 0, 10);
    boolean waits =
        tables.onLoop(
            () -> {
              tables.offsets.gather();
              return Future.succeededFuture(!tables.offsets.gather().isComplete());
            });
    assertThat(waits).isTrue();
  }

  @Test
  void aSetThatIsLargerThanTheSmallestLimitOfAMessageIsSeveralRecords() {
    String longName = "a".repeat(200);
    List<Integer> sizes = new ArrayList<>();
    Map<String, Map<Integer, Long>> written = new HashMap<>();
    OffsetTable offsets =
        new OffsetTable(
            System::currentTimeMillis,
            topic -> true,
            record -> {
              StateRecord.Offsets part = (StateRecord.Offsets) record;
              sizes.add(new ConsumerOffsetTable(null, part.committed()).toJson().length);
              part.committed()
                  .forEach(
                      (key, queues) ->
                          written.computeIfAbsent(key, k -> new HashMap<>()).putAll(queues));
              return Future.succeededFuture();
            });
    for (int i = 0; i < 1000; i++) {
      offsets.commit(longName + i, "T", 0, Long.MAX_VALUE);
      offsets.commit("G", "\u00fc\u20ac", i, Long.MAX_VALUE);
    }
    TestTables.await(offsets.gather());
    assertThat(sizes).hasSizeGreaterThan(1).allMatch(bytes -> bytes < 50 * 1024);
    assertThat(written).isEqualTo(offsets.current().offsetTable());
  }

  @Test
  void anOffsetOnItsWayWhileItsTopicIsDeletedDoesNotComeBack() {
    commit("T", 0, 10);
    var deleted = tables.topics.delete("T");
    tables.gather();
    TestTables.await(deleted);
    TestTables.await(tables.topics.put(TopicConfig.of("T", 4, 6)));
    tables.gather();
    assertThat(tables.offsets.find("G", "T", 0)).isEmpty();
  }

  @Test
  void allOffsetsAreToldInTheOriginalsForm() {
    commit("T", 0, 10);
    commit("T", 3, 12);
    ConsumerOffsetTable all =
        Body.parse(ConsumerOffsetTable.class, tables.ask(GET_ALL_CONSUMER_OFFSET).body());
    assertThat(all.offsetTable()).isEqualTo(Map.of("T@G", Map.of(0, 10L, 3, 12L)));
  }

  private long stateRecords() {
    return tables.store().store().maxOffset(StateLog.TOPIC, 0);
  }

  private RemotingCommand commit(String topic, int queueId, long offset) {
    return tables.ask(
        UPDATE_CONSUMER_OFFSET, new OffsetHeaders.Update("G", topic, queueId, offset));
  }

  private RemotingCommand query(String topic, int queueId, @Nullable Boolean zeroIfNotFound) {
    return tables.ask(
        QUERY_CONSUMER_OFFSET, new OffsetHeaders.Query("G", topic, queueId, zeroIfNotFound));
  }
}
