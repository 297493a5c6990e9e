package io.apogeemq.store.index;

import io.apogeemq.store.io.Disk;
import java.nio.file.Path;

/**
 * The index of the whole log, put together from its parts: each serves one side of the store and has
 * what that side may do.
 *
 * <p>The index of a stretch of the log is filled in memory by the appender ({@link #active}), written
 * as a block of its segment's index file by the sealer ({@link #writer}), and forgotten by memory when
 * the bound says so; readers get it back ({@link #entries}, {@link #keys}). When a segment has ended,
 * its blocks are replaced by one that covers it. It goes with its segment ({@link #oldest}). When the
 * store is opened {@link #recovery} brings files and table together.
 */
public final class LogIndex {
  private final QueueTable table;
  private final ActiveIndex active;
  private final IndexFiles files;
  private final TableCheckpoint checkpoint;
  private final IndexWriter writer;
  private final EntryLoader entries;
  private final KeyLookup keys;
  private final OldestSegment oldest;
  private final IndexRecovery recovery;

  /**
   * @param blockBytes so much log makes a block of an index file
   * @param memoryEntries how many entries of written blocks stay in memory; the same again of those
   *     read back
   * @param filterMemoryBytes bound of the key filters that stay in memory
   */
  public LogIndex(
      Disk disk,
      Path directory,
      QueueTable table,
      int blockBytes,
      int memoryEntries,
      int filterMemoryBytes) {
    this.table = table;
    active = new ActiveIndex(blockBytes);
    files = new IndexFiles(disk, directory, filterMemoryBytes);
    checkpoint = new TableCheckpoint(disk, directory, table, files);
    writer = new IndexWriter(active, files, table, checkpoint, memoryEntries);
    entries = new EntryLoader(files, memoryEntries);
    keys = new KeyLookup(active, files);
    oldest = new OldestSegment(files, table, checkpoint);
    recovery = new IndexRecovery(active, files, table, checkpoint);
  }

  public QueueTable table() {
    return table;
  }

  /** For the appender. */
  public ActiveIndex active() {
    return active;
  }

  public IndexFiles files() {
    return files;
  }

  public TableCheckpoint checkpoint() {
    return checkpoint;
  }

  /** For the sealer. */
  public IndexWriter writer() {
    return writer;
  }

  /** For readers of a queue. */
  public EntryLoader entries() {
    return entries;
  }

  /** For readers that look for a key. */
  public KeyLookup keys() {
    return keys;
  }

  /** For the retention. */
  public OldestSegment oldest() {
    return oldest;
  }

  /** For the opening of the store. */
  public IndexRecovery recovery() {
    return recovery;
  }

  /** Store timestamp of the first message that the index knows, -1 without one. */
  public long earliestStoreMs() {
    long inFiles = files.firstStoreMs();
    if (inFiles >= 0) {
      return inFiles;
    }
    for (Generation generation : active.unwritten()) {
      if (generation.firstStoreMs >= 0) {
        return generation.firstStoreMs;
      }
    }
    return -1;
  }
}
