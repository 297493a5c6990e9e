package io.apogeemq.store.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.store.LogStore;
import io.apogeemq.store.TestStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir Path root;

  @Test
  void aFolderThatAnotherProcessHasOpenIsRefusedWithItsProcessId() throws Exception {
    Process other = start();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(outcome(said)).isEqualTo("OPEN");
      assertThatThrownBy(() -> LogStore.open(TestStore.config(root)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(root.toString())
          .hasMessageContaining("in use by process " + other.pid());
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
    // A lock dies with its process, also by SIGKILL.
    LogStore.open(TestStore.config(root)).close();
  }

  /** On POSIX systems the end of a second handle of the lock file would end the lock. */
  @Test
  void aSecondTryInTheSameProcessLetsNoOtherProcessIn() throws Exception {
    try (LogStore store = LogStore.open(TestStore.config(root))) {
      assertThatThrownBy(() -> LogStore.open(TestStore.config(root)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by this process");
      assertThatThrownBy(() -> new ReadOnlyDisk().lock(root.resolve("lock")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by this process");
      Process other = start();
      try (BufferedReader said =
          new BufferedReader(
              new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
        assertThat(outcome(said))
            .startsWith("REFUSED")
            .endsWith("in use by process " + ProcessHandle.current().pid());
      } finally {
        other.destroyForcibly();
      }
      assertThat(store.status().readOnlyReason()).isEmpty();
    }
    LogStore.open(TestStore.config(root)).close();
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            FolderLockTest.class.getName(),
            root.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String outcome(BufferedReader said) throws IOException {
    String line = said.readLine();
    while (line != null && !line.equals("OPEN") && !line.startsWith("REFUSED")) {
      line = said.readLine();
    }
    return line;
  }

  /** The other process: opens a store and holds it until it is killed. */
  public static void main(String[] args) throws Exception {
    try {
      LogStore store = LogStore.open(TestStore.config(Path.of(args[0])));
      System.out.println("OPEN");
      System.in.read();
      store.close();
    } catch (IOException e) {
      System.out.println("REFUSED " + e.getMessage());
    }
  }
}
