package io.apogeemq.store.index;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The index files of the log's segments, in order. Looking up is safe for all threads; the sealer
 * creates, replaces and deletes (recovery before it starts). A reader that finds its file closed under
 * its feet looks the segment up again.
 */
public final class IndexFiles {
  private static final String SUFFIX = ".idx";
  private static final String FRESH = ".new";

  private final Disk disk;
  private final Path directory;
  private final long filterMemoryBytes;
  private final ConcurrentSkipListMap<Long, SegmentIndex> files = new ConcurrentSkipListMap<>();

  /**
   * @param filterMemoryBytes bound of the key filters that stay in memory
   */
  IndexFiles(Disk disk, Path directory, long filterMemoryBytes) {
    this.disk = disk;
    this.directory = directory;
    this.filterMemoryBytes = filterMemoryBytes;
  }

  /** Name of the index file of the segment that starts at a log position. */
  public static String fileNameOf(long segmentBase) {
    return Segment.nameOf(segmentBase) + SUFFIX;
  }

  private Path fileOf(long segmentBase) {
    return directory.resolve(fileNameOf(segmentBase));
  }

  // ---- looking up
  // --------------------------------------------------------------------------------

  @Nullable SegmentIndex find(long segmentBase) {
    return files.get(segmentBase);
  }

  /** Oldest first. */
  Collection<SegmentIndex> all() {
    return files.values();
  }

  /** First log positions of the segments, newest first. */
  Set<Long> newestFirst() {
    return files.descendingKeySet();
  }

  /** The oldest one, or null. */
  @Nullable SegmentIndex oldest() {
    Map.Entry<Long, SegmentIndex> oldest = files.firstEntry();
    return oldest == null ? null : oldest.getValue();
  }

  /** Log position up to which the index file of a segment covers it; its base without one. */
  public long coversTo(long base) {
    SegmentIndex index = files.get(base);
    return index == null ? base : index.coversTo();
  }

  /** The last log position that an index file covers: so much was forced. 0 without one. */
  public long coversTo() {
    Map.Entry<Long, SegmentIndex> last = files.lastEntry();
    return last == null ? 0 : last.getValue().coversTo();
  }

  /** Log position up to which all segments from the oldest on are sealed; 0 if the oldest isn't. */
  long sealedThrough() {
    long through = 0;
    for (SegmentIndex index : files.values()) {
      if (!index.sealed()) {
        break;
      }
      through = index.coversTo();
    }
    return through;
  }

  /** True if the segment has a sealed index. */
  public boolean isSealed(long base) {
    SegmentIndex index = files.get(base);
    return index != null && index.sealed();
  }

  /** Store timestamp of the newest message that a segment's index file knows, -1 without one. */
  public long lastStoreMs(long base) {
    SegmentIndex index = files.get(base);
    return index == null ? -1 : index.lastStoreMs();
  }

  /** Store timestamp of the first message that the oldest index file knows, -1 without one. */
  long firstStoreMs() {
    for (SegmentIndex index : files.values()) {
      for (SegmentIndex.Block block : index.blocks()) {
        if (block.header().firstStoreMs() >= 0) {
          return block.header().firstStoreMs();
        }
      }
    }
    return -1;
  }

  // ---- making and replacing
  // ----------------------------------------------------------------------

  /** Opens the file of a segment, if there is one with whole blocks; deletes one that is of no use. */
  void open(long segmentBase, long segmentEnd) throws IOException {
    Path path = fileOf(segmentBase);
    if (!disk.exists(path)) {
      return;
    }
    DiskFile file = disk.open(path);
    SegmentIndex index = SegmentIndex.open(segmentBase, file);
    if (index.blocks().length == 0 || index.coversTo() > segmentEnd) {
      file.close();
      disk.delete(path);
    } else {
      files.put(segmentBase, index);
    }
  }

  /** An empty file for a segment that has none. */
  SegmentIndex create(long segmentBase) throws IOException {
    DiskFile file = disk.open(fileOf(segmentBase));
    boolean made = false;
    try {
      file.setLength(0);
      disk.forceDirectory(directory);
      SegmentIndex index = new SegmentIndex(segmentBase, file);
      files.put(segmentBase, index);
      made = true;
      return index;
    } finally {
      if (!made) {
        file.close();
      }
    }
  }

  /** Writes the one block of a new file. */
  interface Content {
    IndexFormat.Header writeTo(DiskFile file) throws IOException;
  }

  /**
   * Writes a new file, forces it and gives it the name of a segment's: after a crash the old one is
   * there or the new one. Readers stay in the old one until {@link #replace}.
   */
  SegmentIndex writeAnew(long segmentBase, Content content) throws IOException {
    Path path = fileOf(segmentBase);
    Path fresh = path.resolveSibling(path.getFileName() + FRESH);
    disk.delete(fresh);
    DiskFile file = disk.open(fresh);
    boolean made = false;
    try {
      IndexFormat.Header header = content.writeTo(file);
      file.force();
      disk.rename(fresh, path);
      disk.forceDirectory(directory);
      SegmentIndex index = new SegmentIndex(segmentBase, file);
      index.add(new SegmentIndex.Block(0, header));
      made = true;
      return index;
    } finally {
      if (!made) {
        file.close();
        disk.delete(fresh);
      }
    }
  }

  /** Lets readers find a new file; those that are in the old one look the segment up again. */
  void replace(SegmentIndex old, SegmentIndex fresh) throws IOException {
    files.put(old.segmentBase, fresh);
    shareFilterMemory();
    old.file.close();
  }

  /** Gives the room for key filters to the newest segments, which are searched first. */
  void shareFilterMemory() {
    long left = filterMemoryBytes;
    for (SegmentIndex index : files.descendingMap().values()) {
      SegmentFilter filter = index.filter();
      if (filter == null) {
        continue;
      }
      left -= filter.bytes();
      if (left < 0 && !filter.isResident()) {
        return; // nor are the older ones
      }
      filter.resident(left >= 0);
    }
  }

  // ---- deleting and closing
  // ----------------------------------------------------------------------

  /** Deletes the index file of a segment, if it has one. */
  public void remove(long segmentBase) throws IOException {
    SegmentIndex index = files.remove(segmentBase);
    if (index != null) {
      index.file.close();
      disk.delete(fileOf(segmentBase));
      disk.forceDirectory(directory);
    }
  }

  /**
   * Deletes all that is in the directory, the queue table too: what a build that did not come to its
   * end has left.
   */
  public void removeAll() throws IOException {
    close();
    files.clear();
    for (String name : disk.list(directory)) {
      disk.delete(directory.resolve(name));
    }
    disk.forceDirectory(directory);
  }

  /** Deletes what is left of index files for segments that don't exist. */
  public void deleteStrangers(List<Segment> segments) throws IOException {
    for (String name : disk.list(directory)) {
      long base =
          name.endsWith(SUFFIX)
              ? Segment.baseOf(name.substring(0, name.length() - SUFFIX.length()))
              : -1;
      boolean known = segments.stream().anyMatch(segment -> segment.base() == base);
      if (base >= 0 && !known || name.endsWith(FRESH)) {
        disk.delete(directory.resolve(name));
      }
    }
  }

  /** Forces the index files that are not sealed, and their directory. */
  public void force() throws IOException {
    for (SegmentIndex index : files.values()) {
      if (!index.sealed()) {
        index.file.force();
      }
    }
    disk.forceDirectory(directory);
  }

  public void close() throws IOException {
    for (SegmentIndex index : files.values()) {
      index.file.close();
    }
  }
}
