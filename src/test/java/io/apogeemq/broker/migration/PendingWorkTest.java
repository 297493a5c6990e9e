package io.apogeemq.broker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as undelivered in a RocketMQ broker's folder: records against what its tables say. */
class PendingWorkTest {
  private static final String REVIVE = "rmq_sys_REVIVE_LOG_DefaultCluster";

  @TempDir private Path root;
  private PendingWork pending;

  @Test
  void delayedMessagesBehindTheOffsetOfTheirLevelArePending() throws IOException {
    config("delayOffset.json", "{\"offsetTable\":{3:2,4:1}}");
    read();
    record("SCHEDULE_TOPIC_XXXX", 2, 0, "", Map.of());
    record("SCHEDULE_TOPIC_XXXX", 2, 1, "", Map.of());
    record("SCHEDULE_TOPIC_XXXX", 3, 0, "", Map.of());
    assertThatCode(() -> pending.ended()).doesNotThrowAnyException();

    record("SCHEDULE_TOPIC_XXXX", 2, 2, "", Map.of());
    record("SCHEDULE_TOPIC_XXXX", 17, 0, "", Map.of());
    assertThatThrownBy(() -> pending.ended())
        .hasMessageContaining("2 delayed messages (SCHEDULE_TOPIC_XXXX, level 3: 1, level 18: 1)");
  }

  @Test
  void timerMessagesArePendingUntilTheyWereTakenAndTheirTimeHasPassed() throws IOException {
    ByteBuffer check = ByteBuffer.allocate(4096).putLong(10_000).putLong(0).putLong(2);
    Files.createDirectories(root.resolve("config"));
    Files.write(root.resolve("config/timercheck"), check.array());
    read();
    record("rmq_sys_wheel_timer", 0, 0, "", Map.of("TIMER_OUT_MS", "9000"));
    assertThatCode(() -> pending.ended()).doesNotThrowAnyException();

    record("rmq_sys_wheel_timer", 0, 1, "", Map.of("TIMER_OUT_MS", "10000"));
    record("rmq_sys_wheel_timer", 0, 2, "", Map.of("TIMER_OUT_MS", "9000"));
    record("rmq_sys_wheel_timer", 0, 3, "", Map.of());
    assertThatThrownBy(() -> pending.ended()).hasMessageContaining("3 timer messages");
  }

  @Test
  void messagesOfAPopCheckpointArePendingUntilAllAreAcknowledged() throws IOException {
    config(
        "consumerOffset.json",
        "{\"offsetTable\":{\"" + REVIVE + "@CID_RMQ_SYS_REVIVE_GROUP\":{5:3}}}");
    read();
    String point = "{\"bm\":0,\"c\":\"G\",\"n\":3,\"pt\":77,\"q\":1,\"so\":10,\"t\":\"T\"}";
    record(REVIVE, 5, 3, point, Map.of("TAGS", "ck"));
    assertThatCode(() -> pending.ended()).doesNotThrowAnyException();

    record(REVIVE, 5, 4, point, Map.of("TAGS", "ck"));
    assertThatThrownBy(() -> pending.ended()).hasMessageContaining("3 messages that POP consumers");
    String ack = "\"c\":\"G\",\"pt\":77,\"q\":1,\"so\":10,\"t\":\"T\"}";
    record(REVIVE, 5, 5, "{\"ao\":10," + ack, Map.of("TAGS", "ack"));
    assertThatThrownBy(() -> pending.ended()).hasMessageContaining("2 messages that POP consumers");
    // The rest still waits in the timer, as acknowledgements do until they are due.
    record(
        "rmq_sys_wheel_timer",
        0,
        0,
        "{\"ao\":0,\"aol\":[11,12]," + ack,
        Map.of("TAGS", "bAck", "REAL_TOPIC", REVIVE, "TIMER_OUT_MS", "1"));
    assertThatCode(() -> pending.ended()).doesNotThrowAnyException();
  }

  @Test
  void aPopCheckpointThatStillWaitsInTheTimerIsPending() throws IOException {
    read();
    record(
        "rmq_sys_wheel_timer",
        0,
        0,
        "{\"bm\":1,\"c\":\"G\",\"n\":2,\"pt\":77,\"q\":1,\"so\":10,\"t\":\"T\"}",
        Map.of("TAGS", "ck", "REAL_TOPIC", REVIVE, "TIMER_OUT_MS", "1"));
    assertThatThrownBy(() -> pending.ended())
        .hasMessageContaining("1 messages that POP consumers")
        .message()
        .doesNotContain("timer messages");
  }

  @Test
  void aTableThatCannotBeReadIsNotTakenForAnEmptyOne() throws IOException {
    config("delayOffset.json", "{\"offsetTable\":");
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("delayOffset");
  }

  @ParameterizedTest
  @ValueSource(strings = {"topics", "metadata", "rdb"})
  void tablesInADatabaseAreNotTakenForMissingOnes(String database) throws IOException {
    Files.createDirectories(root.resolve("config").resolve(database));
    Files.createFile(root.resolve("config").resolve(database).resolve("CURRENT"));
    assertThatThrownBy(this::read).hasMessageContaining("rocksDBConfigToJson");
    // As that command leaves it.
    config("topics.json", "{\"topicConfigTable\":{}}");
    read();
  }

  @Test
  void aRefusedFolderIsJudgedAgainAtTheNextStart() throws IOException {
    Path crashed = root.resolve("crashed");
    try (TestStore store = TestStore.open(crashed)) {
      store.append("T", 0, "ours");
      store.append("SCHEDULE_TOPIC_XXXX", 0, "of another broker that was started on it");
      // As that broker leaves it: records behind what our index covers.
      SampleStore.copy(crashed, root.resolve("copy"));
    }
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(() -> open(root.resolve("copy")))
          .hasMessageContaining("1 delayed messages");
    }
    Files.createDirectories(root.resolve("copy/config"));
    Files.writeString(root.resolve("copy/config/delayOffset.json"), "{\"offsetTable\":{1:1}}");
    try (LogStore opened = open(root.resolve("copy"))) {
      assertThat(opened.maxOffset("T", 0)).isEqualTo(1);
    }
  }

  private static LogStore open(Path folder) throws IOException {
    return LogStore.open(TestStore.config(folder), PendingWork.in(new FileDisk(), folder));
  }

  private void config(String name, String text) throws IOException {
    Files.createDirectories(root.resolve("config"));
    Files.writeString(root.resolve("config").resolve(name), text);
  }

  private void read() throws IOException {
    pending = PendingWork.in(new FileDisk(), root);
  }

  private void record(
      String topic, int queue, long offset, String body, Map<String, String> properties) {
    MessageDraft draft =
        TestStore.draft(topic, queue, body.getBytes(StandardCharsets.UTF_8), properties);
    int size = (int) StoredMessage.sizeOf(draft);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    StoredMessage.encode(draft, bytes, 0, size, offset, 0, 1);
    MessageView view = new MessageView();
    assertThat(view.open(bytes.clear(), 0)).isNull();
    pending.record(view);
  }
}
