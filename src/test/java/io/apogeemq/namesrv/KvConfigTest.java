package io.apogeemq.namesrv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.remoting.MalformedRequest;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bounds of the key/value configuration, and what the disk's thread does. */
class KvConfigTest {
  private static final String LONG = "v".repeat(KvConfig.MAX_VALUE_CHARS);

  @TempDir Path folder;
  private Path file;

  /** Tasks for the disk that have not run yet. */
  private final Queue<Callable<Void>> waiting = new ArrayDeque<>();

  private KvConfig kv;

  @BeforeEach
  void loadNothing() throws IOException {
    file = folder.resolve("kvConfig.json");
    kv = load();
  }

  private KvConfig load() throws IOException {
    return KvConfig.load(
        file,
        task -> {
          waiting.add(task);
          return Future.succeededFuture();
        });
  }

  private void runDiskTasks() throws Exception {
    while (!waiting.isEmpty()) {
      waiting.remove().call();
    }
  }

  /** Puts long values until no more fit; answers how many did. */
  private int fill() {
    int count = 0;
    try {
      while (true) {
        kv.put("n", "k" + count, LONG);
        count++;
      }
    } catch (MalformedRequest full) {
      assertThat(full).hasMessageContaining("together may have 8388608 characters");
      return count;
    }
  }

  @Test
  void allValuesTogetherAreBounded() {
    assertThat(fill()).isBetween(250, 256);
  }

  @Test
  void aFullTableTakesAnotherValueOfAKnownKeyAndAgainAKeyAfterADeletion() {
    int count = fill();
    String other = "w".repeat(LONG.length());
    kv.put("n", "k0", other);
    assertThat(kv.get("n", "k0")).isEqualTo(other);
    kv.delete("n", "k1");
    kv.put("n", "k" + count, LONG);
    assertThat(kv.get("n", "k" + count)).isEqualTo(LONG);
  }

  @Test
  void whatTheFileHoldsCountsToo() throws Exception {
    fill();
    runDiskTasks();
    kv = load();
    assertThatThrownBy(() -> kv.put("n", "more", LONG)).isInstanceOf(MalformedRequest.class);
  }

  @Test
  void namespacesAreBoundedAndEmptyOnesMakeRoom() {
    for (int i = 0; i < KvConfig.MAX_NAMESPACES; i++) {
      kv.put("n" + i, "k", "v");
    }
    assertThatThrownBy(() -> kv.put("one more", "k", "v"))
        .hasMessageContaining("1000 namespaces already");
    kv.put("n0", "k", "another value");
    kv.delete("n0", "k");
    kv.put("one more", "k", "v");
    assertThat(kv.get("one more", "k")).isEqualTo("v");
    assertThat(kv.namespaceAsJson("n0")).isNull();
  }

  @Test
  void changesThatWaitForTheDiskAreWrittenTogether() throws Exception {
    kv.put("n", "a", "1");
    kv.put("n", "b", "2");
    assertThat(file).doesNotExist();
    waiting.remove().call();
    assertThat(file).hasContent("{\"configTable\":{\"n\":{\"a\":\"1\",\"b\":\"2\"}}}");
    Files.delete(file);
    waiting.remove().call();
    assertThat(file).as("nothing new to write").doesNotExist();
  }
}
