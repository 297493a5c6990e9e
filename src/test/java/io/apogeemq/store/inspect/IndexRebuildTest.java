package io.apogeemq.store.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.store.SampleStore;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.FileDisk;
import io.apogeemq.store.io.ReadOnlyDisk;
import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.recovery.ForeignLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index that is built anew says what the old one said. */
class IndexRebuildTest {
  private static final int COUNT = 2500;

  @TempDir private Path root;

  @Test
  void aBrokenIndexIsReplacedAndNextOffsetsOfExpiredQueuesAreKept() throws IOException {
    try (TestStore store = TestStore.open(root)) {
      for (int i = 0; i < 7; i++) {
        store.append("quiet", 3, "expires");
      }
      for (int i = 0; i < COUNT; i++) {
        store.appended(List.of(SampleStore.message(i)));
      }
    }
    try (TestStore store = TestStore.open(root)) {
      assertThat(store.store().deleteOldestSegment(Long.MAX_VALUE)).isTrue();
      assertThat(store.store().maxOffset("quiet", 3)).isEqualTo(7);
    }
    SampleStore.damage(root.resolve("apogee-index/00000000000001048576.idx"), 130);
    assertThat(check().sound()).isFalse();

    IndexRebuild.Result result = rebuild(root, ScanProgress.SILENT);

    assertThat(result).isEqualTo(new IndexRebuild.Result(2, 5, 1, true));
    assertThat(check().damages()).isEmpty();
    assertThat(root.resolve("apogee-index.new")).doesNotExist();
    try (TestStore store = TestStore.open(root)) {
      assertThat(store.store().maxOffset("quiet", 3)).isEqualTo(7);
      assertThat(store.store().maxOffset("T", 0)).isEqualTo(COUNT / 4);
      assertThat(store.store().recoveredScanBytes()).isZero();
      assertThat(store.bodies("T", 1, COUNT / 4 - 1)).containsExactly(SampleStore.body(COUNT - 3));
    }
  }

  @Test
  void anInterruptedRebuildLeavesAFolderThatOpensAndTheNextOneSucceeds() throws IOException {
    SampleStore.write(root, COUNT);
    for (int part = 1; part <= 3; part++) {
      Path copy = SampleStore.copy(root, root.resolveSibling(root.getFileName() + "-" + part));
      int stopAt = part;
      AtomicInteger told = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  rebuild(
                      copy,
                      (done, total) -> {
                        if (told.incrementAndGet() == stopAt * 600) {
                          throw new IllegalStateException("killed");
                        }
                      }))
          .hasMessage("killed");
      assertThat(check(copy).damages()).isEmpty();
      rebuild(copy, ScanProgress.SILENT);
      assertThat(check(copy).damages()).isEmpty();
    }
  }

  @Test
  void aHalfExchangedIndexOpens() throws IOException {
    SampleStore.write(root, COUNT);
    Path fresh = SampleStore.copy(root, root.resolveSibling(root.getFileName() + "-fresh"));
    rebuild(fresh, ScanProgress.SILENT);
    // As if the process had died after the first of the files was renamed.
    Files.copy(
        fresh.resolve("apogee-index/00000000000000000000.idx"),
        root.resolve("apogee-index/00000000000000000000.idx"),
        StandardCopyOption.REPLACE_EXISTING);
    assertThat(check().damages()).isEmpty();
    try (TestStore store = TestStore.open(root)) {
      assertThat(store.bodies("T", 0, 0)).hasSize(COUNT / 4);
    }
  }

  @Test
  void aFolderWithoutAnIndexOfOursIsLeftAlone() throws IOException {
    SampleStore.write(root, 10);
    Files.delete(root.resolve("apogee-index/queues"));
    assertThatThrownBy(() -> rebuild(root, ScanProgress.SILENT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no queue table");
  }

  @Test
  void aDamagedQueueTableIsSaidToBeLost() throws IOException {
    SampleStore.write(root, COUNT);
    SampleStore.damage(root.resolve("apogee-index/queues"), 40);
    assertThat(rebuild(root, ScanProgress.SILENT).tableKept()).isFalse();
    assertThat(check().damages()).isEmpty();
  }

  private static IndexRebuild.Result rebuild(Path folder, ScanProgress progress)
      throws IOException {
    try (StoreFolder open = StoreFolder.open(new FileDisk(), folder, folder.resolve("commitlog"))) {
      return IndexRebuild.run(open, ForeignLog.ANY, progress);
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
