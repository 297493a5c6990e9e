package io.apogeemq.store.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damage in the middle of a log costs the messages in it and no others, and nothing is deleted because
 * of it; most of all in a folder without an index, whose log says nowhere how far it was forced.
 */
class DamagedLogTest {
  private static final int COUNT = 2500;

  /** Of a record with IPv4 hosts. */
  private static final int STORE_TIME_AT = 56;

  @TempDir private Path root;

  @ParameterizedTest(name = "after a crash: {0}")
  @ValueSource(booleans = {false, true})
  void inTheLastFileOfAnotherBrokersLog(boolean crash) throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    assertThat(positions.get(2200)).isGreaterThan(2L * SampleStore.SEGMENT);
    SampleStore.damageLog(root, positions.get(2200) + 300);
    makeForeign(crash);
    byte[] log = Files.readAllBytes(SampleStore.logFile(root, positions.get(2200)));

    assertAllButOne(2200);
    assertThat(Files.readAllBytes(SampleStore.logFile(root, positions.get(2200)))).isEqualTo(log);
  }

  @ParameterizedTest(name = "after a crash: {0}")
  @ValueSource(booleans = {false, true})
  void inTheFirstRecordOfTheLastFile(boolean crash) throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    int first = positions.indexOf(2L * SampleStore.SEGMENT);
    SampleStore.damageLog(root, positions.get(first) + 4);
    makeForeign(crash);

    assertAllButOne(first);
  }

  @Test
  void inAnEarlierFile() throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    SampleStore.damageLog(root, positions.get(1200) + 300);
    makeForeign(true);

    assertAllButOne(1200);
  }

  @Test
  void inAFileOfOursWhoseIndexIsGone() throws IOException {
    Path crashed = root.resolve("crashed");
    List<Long> positions = SampleStore.write(root, COUNT);
    SampleStore.copy(root.resolve("commitlog"), crashed.resolve("commitlog"));
    SampleStore.copy(root.resolve("apogee-index"), crashed.resolve("apogee-index"));
    Files.createFile(crashed.resolve("abort"));
    // Neither the checkpoint nor this file's index says that it was forced; later index files do.
    Files.delete(crashed.resolve("apogee-index/00000000000000000000.idx"));
    SampleStore.damageLog(crashed, positions.get(300) + 300);
    root = crashed;

    assertAllButOne(300);
  }

  @Test
  void olderRecordsBehindTheEndOfAnotherBrokersLogStayForgotten() throws IOException {
    List<Long> positions = SampleStore.write(root, 100);
    long end = positions.get(99) + (positions.get(99) - positions.get(98));
    putOldRecord(100, end + 100, end);
    makeForeign(false);

    try (TestStore store = TestStore.open(root)) {
      assertThat(store.store().status().appendedPosition()).isEqualTo(end);
      assertThat(store.store().maxOffset("T", 0)).isEqualTo(25);
    }
  }

  @Test
  void olderRecordsBehindTheEndDoNotComeBackBehindNewOnes(@TempDir Path crashed)
      throws IOException {
    List<Long> positions = SampleStore.write(root, 100);
    int size = (int) StoredMessage.sizeOf(SampleStore.message(100));
    long end = positions.get(99) + (positions.get(99) - positions.get(98));
    putOldRecord(101, end + size, end);
    makeForeign(false);

    try (TestStore store = TestStore.open(root)) {
      // It ends where the old record begins.
      assertThat(store.appended(List.of(SampleStore.message(100))).logPosition()).isEqualTo(end);
      for (String part : List.of("commitlog", "apogee-index")) {
        SampleStore.copy(root.resolve(part), crashed.resolve(part));
      }
      Files.copy(root.resolve("checkpoint"), crashed.resolve("checkpoint"));
      Files.createFile(crashed.resolve("abort"));
    }
    try (TestStore store = TestStore.open(crashed)) {
      assertThat(store.store().maxOffset("T", 0)).isEqualTo(26);
      assertThat(store.store().maxOffset("T", 1)).isEqualTo(25);
      assertThat(store.store().status().appendedPosition()).isEqualTo(end + size);
    }
  }

  /** Damage costs the damaged record, also if the clock of the other broker was set back behind it. */
  @Test
  void anOlderRecordBehindDamageIsKeptIfNotAllBehindItAreOlder() throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    int damaged = 2200;
    SampleStore.damageLog(root, positions.get(damaged) + 300);
    try (RandomAccessFile log = logFile(positions.get(damaged + 1))) {
      log.seek(positions.get(damaged + 1) % SampleStore.SEGMENT + STORE_TIME_AT);
      log.writeLong(1_000_000_000_000L);
    }
    makeForeign(false);

    assertAllButOne(damaged);
  }

  /** Puts a record of queue {@code number % 4} that is older than the log, and noise where it ends. */
  private void putOldRecord(int number, long at, long end) throws IOException {
    MessageDraft draft = SampleStore.message(number);
    int size = (int) StoredMessage.sizeOf(draft);
    ByteBuffer record = ByteBuffer.allocate(size);
    StoredMessage.encode(draft, record, 0, size, number / 4, at, 1_000_000_000_000L);
    try (RandomAccessFile log = logFile(end)) {
      log.seek(end);
      log.write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
      log.seek(at);
      log.write(record.array());
    }
  }

  private RandomAccessFile logFile(long position) throws IOException {
    return new RandomAccessFile(SampleStore.logFile(root, position).toFile(), "rw");
  }

  private void makeForeign(boolean crash) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("apogee-index"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(root.resolve("apogee-index"));
    Files.delete(root.resolve("checkpoint"));
    if (crash) {
      Files.createFile(root.resolve("abort"));
    }
  }

  private void assertAllButOne(int lost) throws IOException {
    try (TestStore store = TestStore.open(root)) {
      for (int i = 0; i < COUNT; i++) {
        if (i == lost) {
          continue;
        }
        ReadResult read = store.read("T", i % 4, i / 4, 1);
        assertThat(read).as("message %d", i).isInstanceOf(ReadResult.Found.class);
        ReadResult.Found found = (ReadResult.Found) read;
        assertThat(TestStore.bodiesOf(found.records())).containsExactly(SampleStore.body(i));
        found.records().release();
      }
      for (int queue = 0; queue < 4; queue++) {
        assertThat(store.store().maxOffset("T", queue)).isEqualTo(COUNT / 4);
      }
    }
  }
}
