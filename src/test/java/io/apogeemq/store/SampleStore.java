package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.store.log.Segment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Store folders with messages in them, for tests that look at folders or damage them. */
public final class SampleStore {
  /** Length of a log file. */
  public static final int SEGMENT = 1024 * 1024;

  private SampleStore() {}

  /**
   * Writes messages m0, m1, … of topic T into queues 0 to 3 in turn, padded to about a kilobyte, each
   * with a tag, a key {@code k0} and a unique key {@code u0}; closes the store in order.
   *
   * @return log position of each
   */
  public static List<Long> write(Path root, int count) throws IOException {
    List<Long> positions = new ArrayList<>();
    try (TestStore store = TestStore.open(root)) {
      for (int i = 0; i < count; i++) {
        positions.add(store.appended(List.of(message(i))).logPosition());
      }
    }
    return positions;
  }

  public static MessageDraft message(int number) {
    return TestStore.draft(
        "T",
        number % 4,
        body(number).getBytes(StandardCharsets.UTF_8),
        Map.of("TAGS", "TagA", "KEYS", "k" + number, "UNIQ_KEY", "u" + number));
  }

  public static String body(int number) {
    return "m" + number + " " + "x".repeat(1000);
  }

  /** The log file that holds a position. */
  public static Path logFile(Path root, long position) {
    return root.resolve("commitlog").resolve(Segment.nameOf(position - position % SEGMENT));
  }

  /** Inverts a byte of the log. */
  public static void damageLog(Path root, long position) throws IOException {
    damage(logFile(root, position), position % SEGMENT);
  }

  /** Inverts a byte of a file. */
  public static void damage(Path file, long place) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.seek(place);
      int was = open.read();
      open.seek(place);
      open.write(~was);
    }
  }

  /** Copies a folder, as a power loss finds it if its store is open. */
  public static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return to;
  }

  /** Every file of a folder with its time and a hash of its bytes. */
  public static Map<String, String> fingerprint(Path root) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      files
          .filter(Files::isRegularFile)
          .forEach(
              file -> {
                try {
                  all.put(
                      root.relativize(file).toString(),
                      Files.getLastModifiedTime(file)
                          + " "
                          + Files.size(file)
                          + " "
                          + Arrays.hashCode(Files.readAllBytes(file)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
    return all;
  }
}
