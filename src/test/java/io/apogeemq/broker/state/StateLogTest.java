package io.apogeemq.broker.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.broker.TestTables;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.ConsumerOffsetTable;
import io.apogeemq.protocol.body.Json;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.FileDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLogTest {
  @TempDir Path folder;

  @Test
  void aCreatedTopicIsThereAfterACrashWithoutAnySavedTable() throws IOException {
    TestTables before = TestTables.open(folder);
    TestTables.await(before.topics.createOnSend("T", "TBW102", 4, 0));
    before.crash();
    assertThat(folder.resolve("config/topics.json")).doesNotExist();
    TestTables after = TestTables.openBare(folder);
    assertThat(after.topics.find("T")).isEqualTo(TopicConfig.of("T", 4, 6));
    after.crash();
  }

  @Test
  void aRestartGoesOnFromTheSavedTablesAndReplaysTheRest() throws IOException {
    TestTables before = TestTables.open(folder);
    TestTables.await(before.topics.put(TopicConfig.of("Saved", 2, 6)));
    TestTables.await(before.groups.put(SubscriptionGroupConfig.of("G")));
    before.offsets.commit("G", "Saved", 1, 7);
    before.gather();
    before.checkpoint();
    TestTables.await(before.topics.put(TopicConfig.of("Later", 3, 6)));
    TestTables.await(before.topics.delete("SELF_TEST_TOPIC"));
    before.offsets.commit("G", "Saved", 1, 9);
    before.gather();
    before.crash();

    TestTables after = TestTables.openBare(folder);
    assertThat(after.topics.find("Saved")).isNotNull();
    assertThat(after.topics.find("Later")).isNotNull();
    assertThat(after.topics.find("SELF_TEST_TOPIC")).isNull();
    assertThat(after.groups.find("G")).isEqualTo(SubscriptionGroupConfig.of("G"));
    assertThat(after.offsets.find("G", "Saved", 1)).hasValue(9);
    after.crash();
  }

  @Test
  void theSavedTablesHaveTheOriginalsFormAndKeepTheFormerOne() throws IOException {
    TestTables before = TestTables.open(folder);
    before.checkpoint();
    TestTables.await(before.topics.put(TopicConfig.of("T", 2, 6)));
    before.offsets.commit("G", "T", 1, 7);
    before.close();

    byte[] topics = Files.readAllBytes(folder.resolve("config/topics.json"));
    TopicConfigWrapper saved = Body.parse(TopicConfigWrapper.class, topics);
    assertThat(saved.topicConfigTable()).containsKeys("T", "TBW102");
    assertThat(saved.dataVersion().counter()).isPositive();
    byte[] former = Files.readAllBytes(folder.resolve("config/topics.json.bak"));
    assertThat(Body.parse(TopicConfigWrapper.class, former).topicConfigTable())
        .containsKey("TBW102")
        .doesNotContainKey("T");
    String offsets = Files.readString(folder.resolve("config/consumerOffset.json"));
    assertThat(offsets).containsPattern("\"T@G\":\\{1:7\\s*\\}");
    assertThat(Body.parse(ConsumerOffsetTable.class, offsets).offsetTable().get("T@G"))
        .containsEntry(1, 7L);
  }

  @Test
  void tablesOfAnotherBrokerWithoutOurFileAreTakenOver() throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        folder.resolve("config/topics.json"),
        "{\"dataVersion\":{\"counter\":5,\"timestamp\":1},\"topicConfigTable\":{\"Old\":{"
            + "\"order\":false,\"perm\":6,\"readQueueNums\":3,\"topicFilterType\":\"SINGLE_TAG\","
            + "\"topicName\":\"Old\",\"topicSysFlag\":0,\"writeQueueNums\":3}}}");
    Files.writeString(
        folder.resolve("config/consumerOffset.json"), "{\"offsetTable\":{\"Old@G\":{0:3,1:5}}}");
    TestTables tables = TestTables.open(folder);
    assertThat(tables.topics.find("Old")).isEqualTo(TopicConfig.of("Old", 3, 6));
    assertThat(tables.offsets.find("G", "Old", 1)).hasValue(5);
    tables.close();
  }

  /** Who moves back to a newer broker finds what only that one knows. */
  @Test
  void whatOnlyAnotherVersionKnowsOfATableIsKept() throws IOException {
    Path config = Files.createDirectories(folder.resolve("config"));
    String topic = "\"perm\":6,\"readQueueNums\":3,\"writeQueueNums\":3,";
    Files.writeString(
        config.resolve("topics.json"),
        "{\"dataVersion\":{\"counter\":5,\"epoch\":8},\"later\":[1,{\"a\":null}],"
            + "\"topicConfigTable\":{"
            + ("\"T\":{" + topic + "\"topicName\":\"T\",\"colour\":{\"hue\":1}},")
            + ("\"Gone\":{" + topic + "\"topicName\":\"Gone\",\"colour\":{\"hue\":2}}}}"));
    Files.writeString(
        config.resolve("subscriptionGroup.json"),
        "{\"forbiddenTable\":{\"G\":{\"T\":1}},\"subscriptionGroupTable\":{}}");
    Files.writeString(
        config.resolve("consumerOffset.json"),
        "{\"groupTopicMap\":{\"G\":[\"T\"]},\"offsetTable\":{\"T@G\":{0:3,1:5}},"
            + "\"pullOffsetTable\":{\"T@G\":{0:4}},\"nothing\":null}");
    for (int restart = 0; restart < 2; restart++) {
      TestTables tables = TestTables.open(folder);
      TestTables.await(tables.topics.delete("Gone"));
      TestTables.await(tables.topics.put(TopicConfig.of("T", 4 + restart, 6)));
      TestTables.await(tables.groups.put(SubscriptionGroupConfig.of("G" + restart)));
      tables.offsets.commit("G", "T", 0, 7 + restart);
      tables.gather();
      tables.close();

      Json.Obj topics = table("topics.json");
      assertThat(at(topics, "topicConfigTable", "T", "colour", "hue")).isEqualTo("1");
      assertThat(at(topics, "topicConfigTable", "T", "writeQueueNums"))
          .isEqualTo("" + (4 + restart));
      assertThat(at(topics, "topicConfigTable")).contains("TBW102").doesNotContain("Gone");
      assertThat(at(topics, "later")).isEqualTo("[1,{\"a\":null}]");
      assertThat(at(topics, "dataVersion", "epoch")).isEqualTo("8");
      Json.Obj groups = table("subscriptionGroup.json");
      assertThat(at(groups, "forbiddenTable")).isEqualTo("{\"G\":{\"T\":1}}");
      assertThat(at(groups, "subscriptionGroupTable")).contains("\"G" + restart + "\"");
      Json.Obj offsets = table("consumerOffset.json");
      assertThat(at(offsets, "pullOffsetTable", "T@G", "0")).isEqualTo("4");
      assertThat(at(offsets, "groupTopicMap")).isEqualTo("{\"G\":[\"T\"]}");
      assertThat(at(offsets, "offsetTable", "T@G", "0")).isEqualTo("" + (7 + restart));
    }
  }

  private Json.Obj table(String name) throws IOException {
    return (Json.Obj) Json.parse(Files.readAllBytes(folder.resolve("config").resolve(name)));
  }

  private static String at(Json document, String... path) {
    Json found = document;
    for (String name : path) {
      found = ((Json.Obj) found).get(name);
      assertThat(found).as(name).isNotNull();
    }
    return found.compact();
  }

  @Test
  void aDamagedTableStopsTheStartAndIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(folder.resolve("config/topics.json"), "{\"topicConfigTable\":{\"T\"");
    assertThatThrownBy(() -> TestTables.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("topics.json")
        .hasMessageContaining(".bak");
  }

  @Test
  void aDamagedTableIsTakenFromItsBackupAndTheWholeLog() throws IOException {
    TestTables before = TestTables.open(folder);
    TestTables.await(before.topics.put(TopicConfig.of("A", 1, 6)));
    before.checkpoint();
    TestTables.await(before.topics.put(TopicConfig.of("B", 1, 6)));
    before.checkpoint(); // the backup is older than the saved offset now
    before.crash();
    Files.writeString(folder.resolve("config/topics.json"), "{\"topicConfigTable\":{\"T\"");

    TestTables after = TestTables.openBare(folder);
    assertThat(after.topics.find("A")).isNotNull();
    assertThat(after.topics.find("B")).isNotNull();
    after.crash();
  }

  @Test
  void tablesThatAreNewerThanTheirOffsetDoNoHarm() throws IOException {
    TestTables before = TestTables.open(folder);
    before.checkpoint();
    Path position = folder.resolve("config/apogeeState.json");
    byte[] early = Files.readAllBytes(position);
    TestTables.await(before.topics.put(TopicConfig.of("A", 1, 6)));
    TestTables.await(before.topics.delete("A"));
    TestTables.await(before.topics.put(TopicConfig.of("B", 1, 6)));
    TestTables.await(before.topics.put(TopicConfig.of("B", 5, 4)));
    before.close();
    Files.write(position, early); // as if the power had gone before the last small file

    TestTables after = TestTables.openBare(folder);
    assertThat(after.topics.find("A")).isNull();
    assertThat(after.topics.find("B")).isEqualTo(TopicConfig.of("B", 5, 4));
    after.crash();
  }

  @Test
  void messagesOfATopicThatWasDeletedAndCreatedAgainSurviveARestart() throws IOException {
    TestTables before = TestTables.open(folder);
    TestTables.await(before.topics.put(TopicConfig.of("T", 1, 6)));
    before.store().append("T", 0, "old");
    before.offsets.commit("G", "T", 0, 1);
    before.gather();
    TestTables.await(before.topics.delete("T"));
    assertThat(before.offsets.find("G", "T", 0)).isEmpty();
    TestTables.await(before.topics.put(TopicConfig.of("T", 1, 6)));
    before.store().append("T", 0, "new");
    assertThat(before.store().bodies("T", 0, before.store().store().minOffset("T", 0)))
        .containsExactly("new");
    before.crash();

    TestTables after = TestTables.openBare(folder);
    assertThat(after.store().bodies("T", 0, after.store().store().minOffset("T", 0)))
        .contains("new");
    assertThat(after.offsets.find("G", "T", 0)).isEmpty();
    after.crash();
  }

  @Test
  void theLogIsNeededFromTheFirstRecordThatNoSavedTableHolds() throws IOException {
    TestTables tables = TestTables.open(folder);
    tables.checkpoint();
    assertThat(tables.stateLog.keepFromPosition()).isEqualTo(Long.MAX_VALUE);
    long end = tables.store().store().status().appendedPosition();
    TestTables.await(tables.topics.put(TopicConfig.of("T", 1, 6)));
    TestTables.await(tables.topics.put(TopicConfig.of("U", 1, 6)));
    assertThat(tables.stateLog.keepFromPosition()).isEqualTo(end);
    tables.checkpoint();
    assertThat(tables.stateLog.keepFromPosition()).isEqualTo(Long.MAX_VALUE);
    tables.close();
  }

  @Test
  void whatDidNotChangeIsNotSavedAgain() throws IOException {
    TestTables tables = TestTables.open(folder);
    tables.checkpoint();
    List<Long> before = modified();
    tables.checkpoint();
    assertThat(modified()).isEqualTo(before);
    tables.close();
  }

  @Test
  void aWriteToAClosedStoreIsRefusedAndTheTableDoesNotShowIt() throws IOException {
    TestTables tables = TestTables.open(folder);
    tables.store().close();
    assertThatThrownBy(() -> TestTables.await(tables.topics.put(TopicConfig.of("T", 1, 6))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("not stored");
    assertThat(tables.topics.find("T")).isNull();
    tables.crash();
  }

  @Test
  void afterTheLogLostItsEndTwoCrashesInARowLoseNothingThatWasConfirmed() throws IOException {
    TestTables before = TestTables.open(folder);
    before.close();
    long end = before.store().store().maxOffset(StateLog.TOPIC, 0);
    Files.writeString( // as if the log had lost three records that the tables hold
        folder.resolve("config/apogeeState.json"), "{\"stateQueueOffset\":" + (end + 3) + "}");
    TestTables first = TestTables.openBare(folder);
    for (int i = 0; i < 5; i++) {
      TestTables.await(first.topics.put(TopicConfig.of("T" + i, 1, 6)));
    }
    first.crash();
    TestTables second = TestTables.openBare(folder);
    for (int i = 0; i < 5; i++) {
      assertThat(second.topics.find("T" + i)).isNotNull();
    }
    second.crash();
  }

  @Test
  void aRecordThatCannotBeReplayedFailsItsWriterAndTheNextStart() throws IOException {
    TestStore store = TestStore.open(folder);
    ExecutorService loop = Executors.newSingleThreadExecutor();
    FragileTable table = new FragileTable();
    try {
      StateLog live = log(store, loop, table);
      live.loadCheckpoints();
      TestTables.await(live.recover());
      table.refuses = true;
      assertThatThrownBy(() -> TestTables.await(live.write(new StateRecord.DeleteTopic("T"))))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("no such change");
      StateLog restarted = log(store, loop, table);
      restarted.loadCheckpoints();
      assertThatThrownBy(() -> TestTables.await(restarted.recover()))
          .hasMessageContaining("queue offset 0");
      table.refuses = false;
      TestTables.await(live.write(new StateRecord.DeleteTopic("U")));
      assertThat(table.replayed).isEqualTo(2);
    } finally {
      store.close();
      loop.shutdownNow();
    }
  }

  @Test
  void aTableThatFailsToBeSavedIsSavedTheNextTime() throws IOException {
    TestStore store = TestStore.open(folder);
    ExecutorService loop = Executors.newSingleThreadExecutor();
    FragileTable table = new FragileTable();
    try {
      StateLog live = log(store, loop, table);
      live.loadCheckpoints();
      TestTables.await(live.recover());
      TestTables.await(live.write(new StateRecord.DeleteTopic("T")));
      table.refuses = true;
      assertThatThrownBy(() -> TestTables.await(live.checkpoint()))
          .hasMessageContaining("no such text");
      table.refuses = false;
      TestTables.await(live.checkpoint());
      assertThat(folder.resolve("config/fragile.json")).hasContent("1");
    } finally {
      store.close();
      loop.shutdownNow();
    }
  }

  /** The loop serves as disk thread as well. */
  private StateLog log(TestStore store, ExecutorService loop, StateTable table) {
    StateLog log =
        new StateLog(
            store.store(),
            new CheckpointFiles(new FileDisk(), folder.resolve("config")),
            TestStore.STORE,
            System::currentTimeMillis,
            loop,
            loop);
    log.keep(table);
    return log;
  }

  /** Counts records, or throws while it refuses. */
  private static final class FragileTable implements StateTable {
    private volatile boolean refuses;
    private volatile int replayed;

    @Override
    public String checkpointName() {
      return "fragile.json";
    }

    @Override
    public void load(String json) {}

    @Override
    public void replay(StateRecord record) {
      if (refuses) {
        throw new IllegalStateException("no such change");
      }
      replayed++;
    }

    @Override
    public long revision() {
      return replayed;
    }

    @Override
    public Supplier<String> checkpoint() {
      int now = replayed;
      return () -> {
        if (refuses) {
          throw new IllegalStateException("no such text");
        }
        return Integer.toString(now);
      };
    }
  }

  private List<Long> modified() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("config"))) {
      return files
          .sorted(Comparator.naturalOrder())
          .map(file -> file.toFile().lastModified())
          .toList();
    }
  }
}
