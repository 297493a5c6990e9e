package io.apogeemq.store.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.inspect.Damage.Part;
import io.apogeemq.store.io.ReadOnlyDisk;
import io.apogeemq.store.log.ScanProgress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check says of sound and of damaged folders. */
class StoreCheckTest {
  private static final int COUNT = 2500; // two sealed segments and a part of the third

  @TempDir private Path root;

  @Test
  void aStoreThatWasClosedInOrderIsSoundAndStaysAsItIs() throws IOException {
    SampleStore.write(root, COUNT);
    Map<String, String> before = SampleStore.fingerprint(root);

    CheckReport report = check();

    assertThat(report.damages()).isEmpty();
    assertThat(report.sound()).isTrue();
    assertThat(report.notes()).isEmpty();
    assertThat(report.records()).isEqualTo(COUNT);
    assertThat(report.messages()).isEqualTo(COUNT);
    assertThat(report.queues()).isEqualTo(4);
    assertThat(report.segments()).isEqualTo(3);
    assertThat(SampleStore.fingerprint(root)).isEqualTo(before);
  }

  @Test
  void expiredSegmentsAndDeletedTopicsAreNoDamage() throws IOException {
    try (TestStore store = TestStore.open(root)) {
      store.append("quiet", 0, "gone with the first segment");
      for (int i = 0; i < 1200; i++) {
        store.appended(List.of(SampleStore.message(i)));
        store.append("deleted", 0, "old");
      }
      store.store().deleteTopic("deleted");
      for (int i = 1200; i < 2400; i++) {
        store.appended(List.of(SampleStore.message(i)));
        store.append("deleted", 0, "new");
      }
    }
    assertThat(check().damages()).isEmpty();
    try (TestStore store = TestStore.open(root)) {
      assertThat(store.store().deleteOldestSegment(Long.MAX_VALUE)).isTrue();
    }
    CheckReport report = check();
    assertThat(report.damages()).isEmpty();
    assertThat(report.begin()).isEqualTo(SampleStore.SEGMENT);
  }

  @Test
  void aFolderAsAPowerLossLeavesItIsSoundWithNotes() throws IOException {
    Path crashed = root.resolve("crashed");
    try (TestStore store = TestStore.open(root.resolve("live"))) {
      for (int i = 0; i < COUNT; i++) {
        store.appended(List.of(SampleStore.message(i)));
      }
      SampleStore.copy(root.resolve("live"), crashed);
    }
    long end = check(crashed).end();
    assertThat(check(crashed).damages()).isEmpty();
    assertThat(check(crashed).notes()).anyMatch(note -> note.contains("did not end in order"));

    // Half a record behind the end is what a crash leaves too.
    try (RandomAccessFile log =
            new RandomAccessFile(SampleStore.logFile(crashed, end).toFile(), "rw");
        RandomAccessFile first =
            new RandomAccessFile(SampleStore.logFile(crashed, 0).toFile(), "r")) {
      byte[] half = new byte[500];
      first.readFully(half);
      log.seek(end % SampleStore.SEGMENT);
      log.write(half);
    }
    CheckReport torn = check(crashed);
    assertThat(torn.damages()).isEmpty();
    assertThat(torn.notes()).anyMatch(note -> note.contains("ends at " + end + " with a torn"));
  }

  @Test
  void aDamagedBodyIsNamedWithItsRangeAndTheMessagesThatAreLost() throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    SampleStore.damageLog(root, positions.get(700) + 200);
    SampleStore.damageLog(root, positions.get(701) + 4);

    CheckReport report = check();

    assertThat(report.records()).isEqualTo(COUNT - 2);
    assertThat(report.damages().get(0))
        .isEqualTo(
            new Damage(
                Part.LOG,
                "00000000000000000000",
                positions.get(700),
                positions.get(702),
                positions.get(700),
                "the body has another checksum",
                "the messages in these bytes are lost; what stands behind them is readable"));
    assertThat(report.damages())
        .extracting(Damage::what)
        .contains("queue T:0: offsets 175 to 175", "queue T:1: offsets 175 to 175");
    assertThat(report.damageCount()).isEqualTo(3);
  }

  @Test
  void aTagThatIsNotTheOneOfTheIndexIsFoundThoughNoChecksumCoversIt() throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    Path log = SampleStore.logFile(root, 0);
    byte[] bytes = Files.readAllBytes(log);
    int at = (int) (long) positions.get(101) - 1;
    while (bytes[at] != 'A' || bytes[at - 1] != 'g') {
      at--;
    }
    bytes[at] = 'B';
    Files.write(log, bytes);

    assertThat(check().damages())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.part()).isEqualTo(Part.INDEX);
              assertThat(damage.from()).isEqualTo(positions.get(100));
              assertThat(damage.what()).contains("queue T:0: the entry says offset 25");
            });
  }

  @Test
  void everyByteOfASealedIndexFileIsCovered() throws IOException {
    SampleStore.write(root, COUNT);
    Path index = root.resolve("apogee-index/00000000000000000000.idx");
    long size = Files.size(index);
    for (long place : new long[] {20, 60, 125, 130, size / 2, size - 100, size - 1}) {
      SampleStore.damage(index, place);
      CheckReport report = check();
      assertThat(report.damages()).as("byte %d", place).isNotEmpty();
      assertThat(report.damages())
          .allSatisfy(
              damage -> {
                assertThat(damage.part()).isEqualTo(Part.INDEX);
                assertThat(damage.file()).isEqualTo("00000000000000000000.idx");
              });
      SampleStore.damage(index, place);
    }
    assertThat(check().damages()).isEmpty();
  }

  @Test
  void aKeyFilterThatIsNotThatOfTheKeysIsFound() throws IOException {
    SampleStore.write(root, COUNT);
    Path index = root.resolve("apogee-index/00000000000000000000.idx");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(index));
    int keysEnd = 128 + bytes.getInt(60) * 20 + bytes.getInt(64) * 12;
    int filterAt = (keysEnd + 63) / 64 * 64;
    int filterEnd = filterAt + bytes.getInt(80) * 64;
    // Where the keys end at the filter's first byte, keysEnd is that byte.
    for (int place : new int[] {keysEnd, filterAt, filterAt + 63, filterEnd - 1}) {
      SampleStore.damage(index, place);
      assertThat(check().damages())
          .as("byte %d", place)
          .singleElement()
          .extracting(Damage::what)
          .isEqualTo("the key filter is not that of the keys");
      SampleStore.damage(index, place);
    }
    // A block that is whole, but knows none of its keys.
    bytes.put(filterAt, new byte[56]);
    CRC32C crc = new CRC32C();
    crc.update(bytes.array(), filterAt, 60);
    bytes.putInt(filterAt + 60, (int) crc.getValue());
    Files.write(index, bytes.array());
    assertThat(check().damages())
        .singleElement()
        .satisfies(damage -> assertThat(damage.place()).isEqualTo(filterAt));
  }

  @Test
  void everyBlockOfTheActiveSegmentIsCovered() throws IOException {
    SampleStore.write(root, COUNT);
    Path index = root.resolve("apogee-index/00000000000002097152.idx");
    for (long place : new long[] {0, 130, Files.size(index) - 1}) {
      SampleStore.damage(index, place);
      assertThat(check().damages()).as("byte %d", place).isNotEmpty();
      SampleStore.damage(index, place);
    }
  }

  @Test
  void aDamagedQueueTableAndAMissingIndexFileAreNamed() throws IOException {
    SampleStore.write(root, COUNT);
    Files.delete(root.resolve("apogee-index/00000000000001048576.idx"));
    assertThat(check().damages())
        .singleElement()
        .satisfies(
            damage -> {
              assertThat(damage.what()).isEqualTo("the index file is missing");
              assertThat(damage.from()).isEqualTo(SampleStore.SEGMENT);
            });
    SampleStore.damage(root.resolve("apogee-index/queues"), 40);
    assertThat(check().damages())
        .singleElement()
        .extracting(Damage::part)
        .isEqualTo(Part.QUEUE_TABLE);
  }

  @Test
  void aLogThatLostItsForcedEndIsNotSound() throws IOException {
    List<Long> positions = SampleStore.write(root, COUNT);
    long from = positions.get(COUNT - 5);
    try (RandomAccessFile log =
        new RandomAccessFile(SampleStore.logFile(root, from).toFile(), "rw")) {
      log.setLength(from % SampleStore.SEGMENT);
      log.setLength(SampleStore.SEGMENT);
    }
    CheckReport report = check();
    assertThat(report.end()).isEqualTo(from);
    assertThat(report.damages())
        .extracting(Damage::part)
        .contains(Part.LOG, Part.INDEX, Part.CHECKPOINT);
    assertThat(report.damages().get(0).from()).isEqualTo(from);
  }

  @Test
  void aFolderInUseIsNotLookedAt() throws IOException {
    try (TestStore store = TestStore.open(root)) {
      store.append("T", 0, "a");
      assertThatThrownBy(this::check)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by this process");
    }
  }

  private CheckReport check() throws IOException {
    return check(root);
  }

  private static CheckReport check(Path folder) throws IOException {
    try (StoreFolder open =
        StoreFolder.open(new ReadOnlyDisk(), folder, folder.resolve("commitlog"))) {
      return StoreCheck.run(open, ScanProgress.SILENT);
    }
  }
}
