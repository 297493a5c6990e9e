package io.apogeemq.store.index;

import io.apogeemq.store.io.Disk;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the queue table on the disk ({@link QueueTableFile}): what sealed segments say of the queues, and
 * the deletions of topics. Belongs to the sealer, and to whoever opens or closes the store.
 *
 * <p>Invariants: it says only what sealed, forced index files say, so it never runs ahead of the log. A
 * deletion is saved before an index file leaves out the deleted topic's entries.
 */
public final class TableCheckpoint {
  private final Disk disk;
  private final Path directory;
  private final QueueTable table;
  private final IndexFiles files;

  /** What the file said when the store was opened. */
  private QueueTableFile.@Nullable Content found;

  /** What it says of segments from here on is of records that are gone. */
  private long droppedFrom = Long.MAX_VALUE;

  /** How many of the table's deletions are saved, and with which first log position. */
  private long savedChanges;

  private long savedBegin;

  /** False while recovery fills the table: it must not be saved before it is complete. */
  private boolean complete;

  TableCheckpoint(Disk disk, Path directory, QueueTable table, IndexFiles files) {
    this.disk = disk;
    this.directory = directory;
    this.table = table;
    this.files = files;
  }

  /** True if there is one. It is written before the first append. */
  public boolean exists() {
    return disk.exists(directory.resolve(QueueTableFile.NAME));
  }

  /**
   * Reads it, and lets the table know the deletions in it.
   *
   * @return log position before which segments were deleted or were about to be; 0 without a table
   */
  public long read() throws IOException {
    QueueTableFile.Content content = QueueTableFile.read(disk, directory);
    found = content;
    if (content == null) {
      return 0;
    }
    table.deletions(content.deletions());
    savedBegin = content.begin();
    return savedBegin;
  }

  /** Log position up to which what was read is complete without looking at index files; -1 if none was. */
  long through() {
    QueueTableFile.Content content = found;
    return content == null ? -1 : content.through();
  }

  /** The index of a segment was of records that are gone. Recovery, newest first. */
  void dropped(long segmentBase) {
    droppedFrom = segmentBase;
  }

  /** Lets the queues know what was read of them. */
  public void merge() {
    QueueTableFile.Content content = found;
    if (content == null) {
      return;
    }
    for (QueueTableFile.Row row : content.rows()) {
      QueueEntries queue = table.find(row.topic(), row.queueId());
      if (row.lastSegment() >= droppedFrom) {
        if (queue != null) {
          queue.minTo(Math.min(row.min(), queue.next()));
        }
        continue;
      }
      if (queue == null) {
        queue = table.add(QueueId.of(row.topic(), row.queueId()), row.min(), row.next());
      } else if (row.next() > queue.next()) {
        queue.jumpTo(row.next());
      }
      queue.minTo(row.min());
      queue.sealedTo(row.next(), row.lastSegment());
    }
  }

  /** Recovery has filled the table. */
  void complete() {
    complete = true;
  }

  /** Lets the queues know what a sealed segment says of them: {@link #save} writes that. */
  void noteSealed(SegmentIndex sealed) throws IOException {
    SegmentIndex.RunWalk walk = sealed.walk(sealed.blocks()[0]);
    for (SegmentIndex.QueueRun row = walk.next(); row != null; row = walk.next()) {
      QueueEntries queue = table.ownerOf(row.queue(), sealed.coversTo());
      if (queue != null) {
        queue.sealedTo(row.run().endOffset(), sealed.segmentBase);
      }
    }
  }

  /**
   * Before index files leave out a deleted topic's entries the deletion is saved: else a crash would
   * bring the topic back with holes.
   */
  @RunsOn(ThreadRole.SEALER)
  void saveDeletions() throws IOException {
    if (complete && table.changes() != savedChanges) {
      save(savedBegin);
    }
  }

  /**
   * Writes it. Sealer, or anybody while nothing runs.
   *
   * @param begin where the log begins; earlier segments are deleted
   */
  public void save(long begin) throws IOException {
    save(begin, Map.of());
  }

  /**
   * The same before a segment is deleted.
   *
   * @param leaving one behind the last offset in it of each of its queues
   */
  @RunsOn(ThreadRole.SEALER)
  void save(long begin, Map<QueueEntries, Long> leaving) throws IOException {
    long changes = table.changes();
    table.forgetDeletionsBefore(begin);
    long through = files.sealedThrough();
    List<QueueTableFile.Row> rows = new ArrayList<>();
    for (QueueEntries queue : table.all()) {
      if (queue.sealedNext() > 0) {
        rows.add(
            new QueueTableFile.Row(
                queue.topic(),
                queue.queueId(),
                queue.sealedNext(),
                Math.min(
                    Math.max(queue.min(), leaving.getOrDefault(queue, 0L)), queue.sealedNext()),
                queue.lastSegment()));
      }
    }
    QueueTableFile.write(
        disk, directory, new QueueTableFile.Content(through, begin, rows, table.deletions()));
    savedChanges = changes;
    savedBegin = begin;
  }
}
