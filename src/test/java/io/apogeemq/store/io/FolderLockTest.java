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
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FolderLockTest.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      while (line != null && !line.equals("OPEN")) {
        line = said.readLine();
      }
      assertThat(line).isEqualTo("OPEN");
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

  /** The other process: opens a store and holds it until it is killed. */
  public static void main(String[] args) throws Exception {
    LogStore store = LogStore.open(TestStore.config(Path.of(args[0])));
    System.out.println("OPEN");
    System.in.read();
    store.close();
  }
}
