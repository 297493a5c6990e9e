package io.apogeemq.store.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.FileDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between two runs of ours another broker cut the log and went on from there; our index is older. */
class ChangedFolderTest {
  private static final int BEFORE = 1500;

  /** So few that the log is shorter than it was. */
  private static final int WRITTEN_SINCE = 160;

  @TempDir private Path root;
  @TempDir private Path kept;

  /** The cut lies in the sealed first segment, or in the second. */
  @ParameterizedTest(name = "cut after {0} messages")
  @ValueSource(ints = {700, 1300})
  void theIndexIsOfTheLogAsItIs(int left) throws IOException {
    List<Long> positions = SampleStore.write(root, BEFORE);
    assertThat(positions.get(1299)).isGreaterThan(SampleStore.SEGMENT);
    SampleStore.copy(root.resolve("apogee-index"), kept.resolve("index"));
    SampleStore.copy(root.resolve("commitlog"), kept.resolve("commitlog"));

    cutAt(positions.get(left));
    writeCheckpointOfAnother(0);
    delete(root.resolve("apogee-index"));
    List<List<String>> now;
    long end;
    try (TestStore store = TestStore.open(root)) {
      for (int i = 0; i < WRITTEN_SINCE; i++) {
        store.appended(List.of(SampleStore.message(10_000 + i)));
      }
      now = queues(store);
      end = store.store().status().appendedPosition();
    }
    putOldBytesBehind(end);

    delete(root.resolve("apogee-index"));
    SampleStore.copy(kept.resolve("index"), root.resolve("apogee-index"));
    writeCheckpointOfAnother(positions.get(BEFORE - 1));
    try (TestStore store = TestStore.open(root)) {
      assertThat(queues(store)).isEqualTo(now);
      assertThat(store.appended(List.of(SampleStore.message(0))).queueOffset())
          .isEqualTo((left + WRITTEN_SINCE) / 4);
    }
  }

  /** Neither checkpoint nor index says any more how far the log went: what is sound stays. */
  @Test
  void damageIsNotTakenForTheEnd() throws IOException {
    List<Long> positions = SampleStore.write(root, BEFORE);
    SampleStore.damageLog(root, positions.get(1300) + 200);
    Files.delete(root.resolve(Checkpoint.NAME));
    try (TestStore store = TestStore.open(root)) {
      assertThat(store.store().maxOffset("T", 3)).isEqualTo(BEFORE / 4);
    }
  }

  private static List<List<String>> queues(TestStore store) {
    List<List<String>> all = new ArrayList<>();
    for (int queue = 0; queue < 4; queue++) {
      all.add(store.bodies("T", queue, 0).stream().map(body -> body.split(" ")[0]).toList());
    }
    return all;
  }

  /** What it says of the forced position it has from us. */
  private void writeCheckpointOfAnother(long forced) throws IOException {
    new Checkpoint(1, 1, 1, forced, forced, false)
        .write(new FileDisk(), root.resolve(Checkpoint.NAME));
  }

  /** Another broker cuts by going on at the place, and leaves what is behind. */
  private void putOldBytesBehind(long end) throws IOException {
    Path file = SampleStore.logFile(root, end);
    byte[] old = Files.readAllBytes(kept.resolve("commitlog").resolve(file.getFileName()));
    int from = (int) (end % SampleStore.SEGMENT);
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
      log.seek(from);
      log.write(old, from, old.length - from);
    }
  }

  private void cutAt(long position) throws IOException {
    Path file = SampleStore.logFile(root, position);
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "rw")) {
      log.setLength(position % SampleStore.SEGMENT);
      log.setLength(SampleStore.SEGMENT);
    }
    try (Stream<Path> files = Files.list(file.getParent())) {
      for (Path each : files.toList()) {
        if (each.compareTo(file) > 0) {
          Files.delete(each);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
