package io.apogeemq.store.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that can't be taken over is as it was before somebody tried. */
class RefusedFolderTest {
  private static final ForeignLog REFUSES =
      new ForeignLog() {
        @Override
        public void record(MessageView view) {}

        @Override
        public void ended() throws IOException {
          throw new IOException("not that one");
        }
      };

  @TempDir private Path root;

  @Test
  void anotherBrokersFolderKeepsItsFilesAndGetsNone() throws IOException {
    makeForeign(SampleStore.write(root, 1500));
    assertRefusedAndLeft();
  }

  /** As a copy that broke off leaves it, or a broker that was killed while it made the file. */
  @Test
  void aLastFileThatIsTooShortStaysSo() throws IOException {
    List<Long> positions = SampleStore.write(root, 1500);
    makeForeign(positions);
    long end = positions.get(1400) + 100;
    try (RandomAccessFile last =
        new RandomAccessFile(SampleStore.logFile(root, end).toFile(), "rw")) {
      last.setLength(end % SampleStore.SEGMENT);
    }
    assertRefusedAndLeft();

    try (TestStore store = TestStore.open(root)) {
      assertThat(store.store().maxOffset("T", 0)).isEqualTo(1400 / 4);
      assertThat(store.store().status().appendedPosition()).isEqualTo(positions.get(1400));
    }
  }

  private void assertRefusedAndLeft() throws IOException {
    Map<String, Integer> before = contents();
    assertThatThrownBy(() -> LogStore.open(TestStore.config(root), REFUSES))
        .isInstanceOf(IOException.class)
        .hasMessage("not that one");
    assertThat(contents()).isEqualTo(before);
  }

  private void makeForeign(List<Long> positions) throws IOException {
    assertThat(positions.get(positions.size() - 1)).isGreaterThan(SampleStore.SEGMENT);
    try (Stream<Path> files = Files.list(root.resolve("apogee-index"))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(root.resolve("apogee-index"));
    Files.delete(root.resolve("checkpoint"));
  }

  /** A hash of every file, and every folder; but for the lock, which names who tried. */
  private Map<String, Integer> contents() throws IOException {
    Map<String, Integer> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(file -> !file.endsWith("lock"))
          .forEach(file -> contents.put(root.relativize(file).toString(), hashOf(file)));
    }
    return contents;
  }

  private static int hashOf(Path file) {
    try {
      return Files.isDirectory(file) ? 0 : Arrays.hashCode(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
