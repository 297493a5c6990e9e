package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A real small disk fills up under the load of a published client, and gets room again. */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache.*",
    disabledReason = "it reads our text of the refusal")
@ExtendWith(OutputOnFailure.class)
class FullDiskTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration RESUMED = Duration.ofSeconds(5);
  private static final int MIB = 1024 * 1024;
  private static final int DISK_MIB = 48;
  private static final Official CLIENT = Official.V4_9_5;

  @TempDir Path folder;
  private Path disk = Path.of("");

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs");
    assumeTrue(mounted, "a tmpfs can't be mounted by this user: a full disk is not shown");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount");
  }

  private boolean run(String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.command().add(disk.toString());
    Process process = builder.redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Test
  void sendsAreRefusedWithTheLevelGoOnWhenThereIsRoomAndNothingAcknowledgedIsLost()
      throws IOException {
    Path store = disk.resolve("store");
    Map<String, String> settings =
        Map.of(
            "storePathRootDir", store.toString(),
            "storePathCommitLog", store.resolve("commitlog").toString(),
            "mappedFileSizeCommitLog", Integer.toString(4 * MIB),
            "maxMessageSize", Integer.toString(MIB));
    Path ballast = disk.resolve("ballast");
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, settings);
        ChildProcess producer =
            Program.start(CLIENT, cluster.namesrvAddr(), "probe.Torrent", "Full")) {
      producer.awaitCount(line -> line.startsWith("OK "), 20, PATIENCE);

      // The stated level is reached while the disk still has room.
      write(ballast, 38 * MIB);
      producer.awaitLine(
          line ->
              line.startsWith("FAILED ")
                  && line.contains("% full")
                  && line.contains("diskSpaceWarningLevelRatio")
                  && line.contains("CODE: 14"),
          PATIENCE);
      try (MqAdmin admin = new MqAdmin(Official.V4_9_8, cluster.namesrvAddr())) {
        String status = admin.run("brokerStatus", "-b", cluster.broker().brokerAddr()).text();
        assertThat(status).contains("sendsRefusedBecause").contains("diskSpaceWarningLevelRatio");
      }
      resumeAfterDeleting(ballast, producer);

      // Somebody else takes all room at once: writes find none.
      write(ballast, Integer.MAX_VALUE);
      producer.awaitLine(
          line -> line.startsWith("FAILED ") && line.contains("% full"),
          producer.lines().size(),
          PATIENCE);
      resumeAfterDeleting(ballast, producer);

      cluster.broker().kill();
      cluster.broker().start();
      producer.awaitLine(line -> line.startsWith("OK "), producer.lines().size(), PATIENCE);
      producer.endInput();
      producer.awaitExit(PATIENCE);
      TorrentCheck check = new TorrentCheck(CLIENT, cluster.namesrvAddr(), "Full", producer);
      System.out.println(check.acknowledged().size() + " acknowledged messages on a full disk");
    }
  }

  private static void resumeAfterDeleting(Path ballast, ChildProcess producer) throws IOException {
    int said = producer.lines().size();
    Files.delete(ballast);
    producer.awaitLine(line -> line.startsWith("OK "), said, RESUMED);
  }

  /** Writes so many bytes, or as many as there is room for. */
  private static void write(Path file, int bytes) throws IOException {
    byte[] piece = new byte[64 * 1024];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= piece.length) {
        out.write(piece);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }
}
