package io.apogeemq.store.inspect;

import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueTable;
import io.apogeemq.store.index.QueueTableFile;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.log.Segment;
import io.apogeemq.store.recovery.ForeignLog;
import io.apogeemq.store.recovery.Recovery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds the index of a store anew from its log. The new index grows in a folder of its own beside the
 * old one and takes its place file by file, the queue table last: whatever happens in between, each
 * file is a whole old or a whole new one, both say the same of the log, and the next start goes on from
 * there. What the log alone doesn't say, the next offsets of queues whose messages have all expired and
 * which topics were deleted, is taken over from the old queue table.
 *
 * <p>The log is opened as a broker opens it: after a crash its torn end is cut off.
 */
public final class IndexRebuild {
  private static final String FRESH = "apogee-index.new";

  private IndexRebuild() {}

  /**
   * What was done.
   *
   * @param segments log files with records
   * @param queues in the new queue table
   * @param expiredQueues of them, those known by the old table alone
   * @param tableKept false if the old table could not be read: what only it knew is lost
   */
  public record Result(int segments, int queues, int expiredQueues, boolean tableKept) {}

  /**
   * Does it. Waits for the disk.
   *
   * @param foreignLog judges the records, as when a broker opens the folder: what another one has added
   *     would not be looked at any more once it stands in the index
   * @throws IOException if the folder has no index of ours; the first start of a broker builds one
   */
  public static Result run(StoreFolder folder, ForeignLog foreignLog, ScanProgress progress)
      throws IOException {
    Disk disk = folder.disk();
    StoreConfig config = folder.config();
    Path old = config.indexDir();
    if (!disk.exists(old.resolve(QueueTableFile.NAME))) {
      throw new IOException(
          "there is no queue table in "
              + old
              + ": the folder is another broker's, or its index was removed. The next start of a broker"
              + " looks at the log and builds the index; there is nothing to do here");
    }
    Path fresh = config.rootDir().resolve(FRESH);
    disk.createDirectories(fresh);
    for (String left : disk.list(fresh)) {
      disk.delete(fresh.resolve(left));
    }
    QueueTableFile.Content known = QueueTableFile.read(disk, old);
    if (known != null) {
      disk.replace(
          fresh.resolve(QueueTableFile.NAME), disk.readAll(old.resolve(QueueTableFile.NAME)));
    }
    QueueTable table = new QueueTable();
    List<Segment> segments = build(folder, fresh, table, foreignLog, progress);
    put(disk, fresh, old);
    long begin = segments.isEmpty() ? 0 : segments.get(0).base();
    int expired = 0;
    if (known != null) {
      for (QueueTableFile.Row row : known.rows()) {
        expired += row.lastSegment() < begin ? 1 : 0;
      }
    }
    return new Result(segments.size(), table.all().size(), expired, known != null);
  }

  private static List<Segment> build(
      StoreFolder folder,
      Path fresh,
      QueueTable table,
      ForeignLog foreignLog,
      ScanProgress progress)
      throws IOException {
    Disk disk = folder.disk();
    StoreConfig config = folder.config();
    LogIndex index =
        new LogIndex(
            disk,
            fresh,
            table,
            config.bounds().indexBlockBytes(),
            config.bounds().indexMemoryEntries(),
            0);
    Recovery.Found found =
        new Recovery(disk, config, index, folder.crashed(), foreignLog, progress).run();
    try {
      index.active().closeAt(found.end());
      while (index.writer().writeNext(Long.MAX_VALUE)) {
        // All of it goes into files.
      }
      index.files().force();
      index.checkpoint().save(found.segments().isEmpty() ? 0 : found.segments().get(0).base());
    } finally {
      index.files().close();
      for (Segment segment : found.segments()) {
        segment.file().close();
      }
    }
    return found.segments();
  }

  /** Puts complete and forced files in the place of the old ones. */
  private static void put(Disk disk, Path fresh, Path old) throws IOException {
    List<String> names = disk.list(fresh);
    for (String name : names) {
      if (!name.equals(QueueTableFile.NAME)) {
        disk.rename(fresh.resolve(name), old.resolve(name));
      }
    }
    disk.forceDirectory(old);
    disk.rename(fresh.resolve(QueueTableFile.NAME), old.resolve(QueueTableFile.NAME));
    for (String name : disk.list(old)) {
      if (!names.contains(name)) {
        disk.delete(old.resolve(name));
      }
    }
    disk.forceDirectory(old);
    disk.delete(fresh);
  }
}
