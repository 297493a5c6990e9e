package io.apogeemq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A restart costs what the last minute wrote, not what the store holds (rocketmq#1258, #472, #5091:
 * minutes to hours). The store has 100 files of 1 GiB and 1,000 queues in each; the files are sparse,
 * which makes no difference to a start, as it doesn't read them. What is bounded is the processor time
 * of the process up to its first answer, with the start of its JVM: the wall clock has other users.
 */
class RestartTest {
  private static final int SEGMENTS = 100;
  private static final int SEGMENT_BYTES = 1 << 30;
  private static final int QUEUES = 1000;
  private static final long MAX_CPU_MS = 3_000;

  @TempDir Path root;

  @Test
  void aStoreOf100GigabytesIsOpenSoonAlsoAfterAKill() throws Exception {
    writeLog();
    // The first start makes the index of a folder that another broker has left.
    try (LogStore store = LogStore.open(config(root))) {
      assertThat(store.maxOffset("t", QUEUES - 1)).isEqualTo(SEGMENTS);
    }
    Process victim = child();
    try (BufferedReader said = output(victim)) {
      assertThat(openedFor(said, "an orderly end")).isZero();
    } finally {
      victim.destroyForcibly();
    }
    assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
    Process survivor = child();
    try (BufferedReader said = output(survivor)) {
      assertThat(openedFor(said, "a kill")).isBetween(1L, 100_000L);
      survivor.getOutputStream().close();
      assertThat(said.readLine()).isEqualTo("STORED " + (SEGMENTS + 2));
    } finally {
      survivor.destroyForcibly();
    }
  }

  private static StoreConfig config(Path root) {
    return StoreConfig.at(root)
        .withSegmentSizeBytes(SEGMENT_BYTES)
        .withRetention(RetentionConfig.DEFAULT.withReserved(0, Set.of()));
  }

  /** One message of each queue in each file, and a blank record that ends the file. */
  private void writeLog() throws IOException {
    StoreConfig config = config(root);
    Files.createDirectories(config.commitLogDir());
    for (int segment = 0; segment < SEGMENTS; segment++) {
      long base = (long) segment * SEGMENT_BYTES;
      ByteBuffer bytes = ByteBuffer.allocate(QUEUES * 256);
      for (int queue = 0; queue < QUEUES; queue++) {
        MessageDraft draft = TestStore.draft("t", queue, "message " + segment, "Tag");
        int size = (int) StoredMessage.sizeOf(draft);
        int at = bytes.position();
        StoredMessage.encode(draft, bytes, at, size, segment, base + at, 1_700_000_000_000L);
        bytes.clear().position(at + size);
      }
      bytes.putInt(SEGMENT_BYTES - bytes.position()).putInt(StoredMessage.BLANK_MAGIC).flip();
      Path file = config.commitLogDir().resolve(String.format(Locale.ROOT, "%020d", base));
      try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
        out.setLength(SEGMENT_BYTES);
        out.getChannel().write(bytes, 0);
      }
    }
  }

  private Process child() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            RestartTest.class.getName(),
            root.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** How many bytes of the log were read. */
  private static long openedFor(BufferedReader said, String after) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith("OPEN ")) {
        System.out.println("wall ms, CPU ms and bytes read after " + after + ": " + line);
        String[] figures = line.split(" ");
        assertThat(Long.parseLong(figures[2])).isLessThanOrEqualTo(MAX_CPU_MS);
        return Long.parseLong(figures[3]);
      }
    }
    throw new AssertionError("the store was not opened");
  }

  /** A process with the store: says what it took until a message was stored. */
  public static void main(String[] args) throws Exception {
    long startNs = System.nanoTime();
    try (TestStore store = TestStore.open(config(Path.of(args[0])))) {
      store.append("t", 0, "one more");
      Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElseThrow();
      System.out.printf(
          "OPEN %d %d %d%n",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs),
          cpu.toMillis(),
          store.store().recoveredScanBytes());
      while (System.in.read() >= 0) {
        // until the end of input, or a kill
      }
      System.out.println("STORED " + store.store().maxOffset("t", 0));
    }
  }
}
