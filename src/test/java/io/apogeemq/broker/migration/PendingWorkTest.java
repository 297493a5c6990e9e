package io.apogeemq.broker.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.broker.delay.TimerFile;
import io.apogeemq.broker.send.Forwarding;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
  void delayedMessagesAreLeftToTheirLevel() throws IOException {
    read();
    record("SCHEDULE_TOPIC_XXXX", 2, 2, "", Map.of());
    assertThatCode(() -> pending.ended()).doesNotThrowAnyException();
    assertThat(TimerFile.read(new FileDisk(), root.resolve("config"))).isNull();
  }

  @Test
  void timerMessagesThatWaitBecomeACheckpointOfOurs() throws IOException {
    ByteBuffer check = ByteBuffer.allocate(4096).putLong(10_000).putLong(0).putLong(6);
    Files.createDirectories(root.resolve("config"));
    Files.write(root.resolve("config/timercheck"), check.array());
    read();
    // Taken into the wheel, and its time has passed.
    timer(0, 100, Map.of("TIMER_OUT_MS", "9000"));
    timer(1, 200, Map.of("TIMER_OUT_MS", "10000", "TIMER_DELIVER_MS", "10750"));
    timer(2, 300, Map.of("TIMER_OUT_MS", "11000", "TIMER_DELAY_SEC", "4"));
    // Recalled.
    timer(3, 400, Map.of("TIMER_OUT_MS", "11000", "UNIQ_KEY", "K"));
    timer(4, 500, Map.of("TIMER_OUT_MS", "11000", "TIMER_DEL_UNIQKEY", "T+K"));
    // Delivered by a run of ours in between: the record that delivers it says so.
    timer(5, 600, Map.of("TIMER_OUT_MS", "12000"));
    record("T", 0, 0, 700, 600 + 1, "", Map.of());
    // Not taken into the wheel.
    timer(6, 800, Map.of("TIMER_OUT_MS", "9000"));
    pending.ended();

    TimerFile file = TimerFile.read(new FileDisk(), root.resolve("config"));
    assertThat(file).isNotNull();
    List<String> waiting = new ArrayList<>();
    file.forEach((dueMs, position) -> waiting.add(position + " due " + dueMs));
    assertThat(waiting).containsExactly("200 due 10750", "300 due 11000", "800 due 9000");
    assertThat(file.takenTo()).isEqualTo(7);
    assertThat(file.logPosition()).isGreaterThan(800);
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
    config("consumerOffset.json", "{\"offsetTable\":");
    assertThatThrownBy(this::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("consumerOffset");
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
      store.append(REVIVE, 0, "of another broker that was started on it");
      // As that broker leaves it: records behind what our index covers.
      SampleStore.copy(crashed, root.resolve("copy"));
    }
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(() -> open(root.resolve("copy")))
          .hasMessageContaining("1 messages that POP consumers");
    }
    Files.createDirectories(root.resolve("copy/config"));
    Files.writeString(
        root.resolve("copy/config/consumerOffset.json"),
        "{\"offsetTable\":{\"" + REVIVE + "@CID_RMQ_SYS_REVIVE_GROUP\":{0:0}}}");
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

  /** A timer message of topic T, stored at 7000. */
  private void timer(long offset, long position, Map<String, String> properties) {
    Map<String, String> all = new LinkedHashMap<>(properties);
    all.put("REAL_TOPIC", "T");
    record("rmq_sys_wheel_timer", 0, offset, position, 0, "", all);
  }

  private void record(
      String topic, int queue, long offset, String body, Map<String, String> properties) {
    record(topic, queue, offset, 0, 0, body, properties);
  }

  private void record(
      String topic,
      int queue,
      long offset,
      long position,
      long mark,
      String body,
      Map<String, String> properties) {
    MessageDraft plain =
        TestStore.draft(topic, queue, body.getBytes(StandardCharsets.UTF_8), properties);
    MessageDraft draft = Forwarding.of(plain).preparedPosition(mark).draft();
    int size = (int) StoredMessage.sizeOf(draft);
    ByteBuffer bytes = ByteBuffer.allocate(size);
    StoredMessage.encode(draft, bytes, 0, size, offset, position, 7000);
    MessageView view = new MessageView();
    assertThat(view.open(bytes.clear(), 0)).isNull();
    pending.record(view);
  }
}
