package io.apogeemq.store.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.sim.SimClock;
import io.apogeemq.sim.SimDisk;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.DiskProxy;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.StoreConfig.Bounds;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.store.inspect.IndexRebuild;
import io.apogeemq.store.inspect.StoreCheck;
import io.apogeemq.store.inspect.StoreFolder;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.recovery.ForeignLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a search by key reads of the index files of many sealed segments, counted at the disk. */
class KeySearchReadsTest {
  private static final int SEGMENT = 32 * 1024;
  private static final int SEALED = 50;
  private static final int SOME_KEYS = 20;

  /** Of all looks at a filter that should say no; 0.75 % are expected. */
  private static final double MOST_FALSE = 0.02;

  private final SimDisk sim = new SimDisk(new Random(5));

  /** Bytes of each read, by the index file. */
  private final Map<String, List<Integer>> reads = new TreeMap<>();

  private final SimClock clock = new SimClock();
  private final Disk disk = DiskProxy.over(sim, this::count);
  private final List<Long> positions = new ArrayList<>();
  private final StoreConfig config =
      StoreConfig.at(Path.of("/sim"))
          .withSegmentSizeBytes(SEGMENT)
          .withRetention(RetentionConfig.DEFAULT.withReserved(0, Set.of()));
  private LogStore store;

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aMissReadsNothingOfSegmentsWhoseFilterIsInMemory() throws IOException {
    fill(1 << 20);
    assertThat(find("no-such-key")).isEmpty();

    int filesRead = 0;
    for (int i = 0; i < SOME_KEYS; i++) {
      assertThat(find("none-" + i)).isEmpty();
      filesRead += reads.size();
    }
    assertThat(filesRead).isLessThanOrEqualTo((int) (MOST_FALSE * SOME_KEYS * SEALED));
  }

  @Test
  void aMissReadsOneCacheLineOfEachOtherSegment() throws IOException {
    fill(0);
    int extra = 0;
    for (int i = 0; i < SOME_KEYS; i++) {
      assertThat(find("none-" + i)).isEmpty();
      assertThat(reads).hasSize(SEALED);
      assertThat(reads.values()).allSatisfy(each -> assertThat(each.get(0)).isEqualTo(64));
      extra += (int) reads.values().stream().filter(each -> each.size() > 1).count();
    }
    assertThat(extra).isLessThanOrEqualTo((int) (MOST_FALSE * SOME_KEYS * SEALED));
  }

  @Test
  void aHitReadsItsOwnSegmentAndStopsThere() throws IOException {
    fill(1 << 20);
    find("no-such-key");
    int others = 0;
    for (int i = 0; i < SOME_KEYS; i++) {
      int number = i * 97 % (positions.size() / 2);
      for (String key : List.of("k" + number, "u" + number)) {
        assertThat(find(key)).containsExactly("m" + number);
        assertThat(reads).containsKey(fileOf(number));
        others += reads.size() - 1;
      }
    }
    assertThat(others).isLessThanOrEqualTo((int) (MOST_FALSE * 2 * SOME_KEYS * SEALED));
  }

  @Test
  void theMemoryForFiltersGoesToTheNewestSegments() throws IOException {
    fill(1 << 20);
    long oneFilter = header(fileNames().get(SEALED / 2)).filterBlocks() * 64L;
    store.close();
    int room = 10;
    open((int) ((room + 1) * oneFilter - 1));
    find("no-such-key");

    assertThat(find("none")).isEmpty();
    List<String> names = fileNames();
    assertThat(reads.keySet()).containsAll(names.subList(0, SEALED - room - 2));
    assertThat(reads.keySet())
        .doesNotContainAnyElementsOf(names.subList(SEALED - room + 2, SEALED));
  }

  @Test
  void aKeyIsFoundInAFileWithoutAFilterAsEarlierBuildsWroteThem() throws IOException {
    fill(1 << 20);
    store.close();
    for (String name : fileNames()) {
      byte[] whole = disk.readAll(config.indexDir().resolve(name));
      Header old = Header.decode(ByteBuffer.wrap(whole));
      int directoryAt = (int) old.directoryAt();
      Header header =
          new Header(
              true,
              old.segmentBase(),
              old.from(),
              old.to(),
              old.firstStoreMs(),
              old.lastStoreMs(),
              old.queues(),
              old.entries(),
              old.keys(),
              old.namesBytes(),
              0,
              old.directoryCrc(),
              old.bodyCrc());
      ByteBuffer without = ByteBuffer.allocate((int) header.blockBytes());
      without.put(header.encode());
      without.put(
          whole, IndexFormat.HEADER_BYTES, (int) header.keysEnd() - IndexFormat.HEADER_BYTES);
      without.put(whole, directoryAt, whole.length - directoryAt);
      assertThat(without.hasRemaining()).isFalse();
      disk.replace(config.indexDir().resolve(name), without.array());
    }
    open(1 << 20);
    assertThat(store.recoveredScanBytes()).isZero();

    assertThat(find("k3")).containsExactly("m3");
    assertThat(find("none")).isEmpty();
    assertThat(reads.keySet()).hasSize(SEALED);

    // Such a folder is sound, and a rebuild adds the filters.
    store.close();
    try (StoreFolder folder = StoreFolder.open(sim, config.rootDir(), config.commitLogDir())) {
      assertThat(StoreCheck.run(folder, ScanProgress.SILENT).damages()).isEmpty();
      IndexRebuild.run(folder, ForeignLog.ANY, ScanProgress.SILENT);
      assertThat(StoreCheck.run(folder, ScanProgress.SILENT).damages()).isEmpty();
    }
    for (String name : fileNames()) {
      assertThat(header(name).filterBlocks()).isPositive();
    }
  }

  @Test
  void aKeyIsFoundAlthoughTheFiltersAreDamaged() throws IOException {
    fill(0);
    Random random = new Random(3);
    for (String name : fileNames()) {
      Header header = header(name);
      byte[] noise = new byte[header.filterBlocks() * 64];
      random.nextBytes(noise);
      try (DiskFile file = sim.open(config.indexDir().resolve(name))) {
        file.write(ByteBuffer.wrap(noise), header.filterAt());
      }
    }
    for (int i = 0; i < positions.size() / 2; i += 97) {
      assertThat(find("k" + i)).containsExactly("m" + i);
    }
  }

  private void fill(int filterMemoryBytes) throws IOException {
    open(filterMemoryBytes);
    while (store.status().appendedPosition() < (long) SEALED * SEGMENT) {
      for (int i = 0; i < 20; i++) {
        int number = positions.size();
        store.append(
            List.of(
                TestStore.draft(
                    "t",
                    number % 3,
                    ("m" + number).getBytes(StandardCharsets.UTF_8),
                    Map.of("KEYS", "k" + number, "UNIQ_KEY", "u" + number))),
            true,
            new Completions(Runnable::run),
            result -> positions.add(((AppendResult.Appended) result).logPosition()));
        store.stepAppender();
      }
      settle();
    }
    assertThat(fileNames()).hasSize(SEALED);
  }

  private void open(int filterMemoryBytes) throws IOException {
    Bounds bounds = TestStore.bounds(4096, 64 * 1024, 64 * 1024, 4096, 8192, 64, filterMemoryBytes);
    store = new LogStore(config.withBounds(bounds), disk, clock, Runnable::run);
  }

  private void settle() {
    boolean worked = true;
    while (worked) {
      worked = store.stepAppender();
      clock.advance(500);
      worked |= store.stepFlusher();
      worked |= store.stepSealer();
    }
  }

  /** Bodies of the messages with a key; afterwards {@link #reads} has what this search has read. */
  private List<String> find(String key) {
    reads.clear();
    AtomicReference<List<String>> bodies = new AtomicReference<>();
    store.recordsByKey(
        "t",
        key,
        false,
        0,
        Long.MAX_VALUE,
        10,
        new Completions(Runnable::run),
        found -> bodies.set(TestStore.bodiesOf(found)));
    reads.keySet().retainAll(fileNames());
    return bodies.get();
  }

  private void count(Path openedAs, String method, Object[] arguments) {
    if (method.startsWith("read")) {
      String name = openedAs.getFileName().toString().replace(".new", "");
      int bytes = ((ByteBuffer) arguments[0]).remaining();
      reads.computeIfAbsent(name, file -> new ArrayList<>()).add(bytes);
    }
  }

  /** Index files of the sealed segments. */
  private List<String> fileNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < SEALED; i++) {
      names.add(IndexFiles.fileNameOf((long) i * SEGMENT));
    }
    names.retainAll(sim.list(config.indexDir()));
    return names;
  }

  private String fileOf(int number) {
    long position = positions.get(number);
    return IndexFiles.fileNameOf(position - position % SEGMENT);
  }

  private Header header(String name) throws IOException {
    Header header = Header.decode(ByteBuffer.wrap(sim.readAll(config.indexDir().resolve(name))));
    assertThat(header).isNotNull();
    assertThat(header.sealed()).isTrue();
    return header;
  }
}
