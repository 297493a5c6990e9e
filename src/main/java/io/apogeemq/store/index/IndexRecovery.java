package io.apogeemq.store.index;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.index.IndexFormat.Run;
import io.apogeemq.store.log.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Fills the queue table when a store is opened: from the saved table, from the index files of the
 * segments behind it, and from the records that were scanned. Runs on the thread that opens the store.
 */
public final class IndexRecovery {
  /** A scanned record must lie this close to its queue's first one in the segment. */
  private static final int MAX_OFFSETS_PER_SEGMENT = 1 << 30;

  private final ActiveIndex active;
  private final IndexFiles files;
  private final QueueTable table;
  private final TableCheckpoint checkpoint;

  /** Log position up to which the queue table is complete without looking at index files. */
  private long tableThrough;

  IndexRecovery(
      ActiveIndex active, IndexFiles files, QueueTable table, TableCheckpoint checkpoint) {
    this.active = active;
    this.files = files;
    this.table = table;
    this.checkpoint = checkpoint;
  }

  /**
   * Opens the index files of the log's segments. If all that the table's checkpoint covers are sealed,
   * the queues start from it. If one is missing or damaged, all queues are built from the index files
   * and the log, and {@link TableCheckpoint#merge} adds what only the checkpoint still knows.
   *
   * @param changed another broker has had the folder since: it may have cut the log and gone on from
   *     there, so that the newest index files are of records that are gone
   */
  public void openFiles(List<Segment> segments, int segmentSize, boolean changed)
      throws IOException {
    for (Segment segment : segments) {
      files.open(segment.base(), segment.base() + segmentSize);
    }
    if (changed) {
      dropStale(segments);
    }
    long through = checkpoint.through();
    boolean complete = through >= 0;
    for (Segment segment : segments) {
      long end = segment.base() + segmentSize;
      complete &= end > through || files.isSealed(segment.base());
    }
    files.shareFilterMemory();
    if (complete) {
      tableThrough = through;
      checkpoint.merge();
    }
  }

  /**
   * Drops the newest index, whose segment may have been cut without a trace: another broker doesn't
   * overwrite what lies behind a cut. Of the segments before only those that were cut are dropped,
   * which then were filled anew to their ends.
   */
  private void dropStale(List<Segment> segments) throws IOException {
    boolean newest = true;
    for (int i = segments.size() - 1; i >= 0; i--) {
      Segment segment = segments.get(i);
      SegmentIndex index = files.find(segment.base());
      if (index == null) {
        continue; // a file that another broker has begun
      }
      boolean stale = isStale(segment, index);
      if (newest || stale) {
        files.remove(segment.base());
        checkpoint.dropped(segment.base());
      }
      if (!stale) {
        return;
      }
      newest = false;
    }
  }

  /** True unless the last record that a segment's index knows is where it says, and is as old. */
  private static boolean isStale(Segment segment, SegmentIndex index) throws IOException {
    EntryChunk last = index.last();
    if (last == null
        || last.sizeOf(0) < StoredMessage.MIN_BYTES
        || last.endOf(0) > index.coversTo()) {
      return true;
    }
    ByteBuffer bytes = ByteBuffer.allocate(last.sizeOf(0));
    segment.file().readFully(bytes, last.positionOf(0) - segment.base());
    MessageView record = new MessageView();
    return record.open(bytes.flip(), 0) != null
        || record.logPosition() != last.positionOf(0)
        || record.storeTimestampMs() > index.lastStoreMs();
  }

  /**
   * Takes the queues of a segment's index file into the table, unless the table has them.
   *
   * @param segmentEnd one behind the segment's last log position
   * @return log position from which the segment must be scanned; {@code segmentEnd} if it is sealed
   */
  public long takeSegment(long base, long segmentEnd) throws IOException {
    SegmentIndex index = files.find(base);
    if (index == null) {
      return base;
    }
    if (index.coversTo() > tableThrough) {
      for (SegmentIndex.Block block : index.blocks()) {
        SegmentIndex.RunWalk walk = index.walk(block);
        for (SegmentIndex.QueueRun row = walk.next(); row != null; row = walk.next()) {
          take(row, base, block.header().to());
        }
      }
    }
    if (index.sealed()) {
      if (index.coversTo() > tableThrough) {
        checkpoint.noteSealed(index);
      }
      return segmentEnd;
    }
    // Bytes of a torn block must not be taken for one later.
    index.file.setLength(index.endOfBlocks());
    return index.coversTo();
  }

  private void take(SegmentIndex.QueueRun row, long segmentBase, long blockTo) {
    String topic = row.queue().topic();
    if (blockTo <= table.deletedAt(topic)) {
      return;
    }
    QueueEntries queue = table.find(topic, row.queue().queueId());
    Run run = row.run();
    if (queue == null) {
      queue = table.add(row.queue(), run.firstOffset(), run.endOffset());
    } else if (run.endOffset() > queue.next()) {
      queue.goOnBehindFiles(run.endOffset());
    }
    queue.firstIn(segmentBase, run.firstOffset());
  }

  /**
   * Takes a record that a scan found: as {@link ActiveIndex#add}, but with the queue offset that it
   * carries.
   *
   * @return false if the record's queue offset is one that its queue already has, or so far away that
   *     it can't be true (no checksum covers it, and an index file counts offsets from the first one
   *     of the segment in 32 bits)
   */
  public boolean addScanned(
      String topic,
      int queueId,
      long queueOffset,
      long position,
      int size,
      long tagsCode,
      int count,
      long storeMs,
      byte[] properties) {
    if (position < table.deletedAt(topic) || queueId < 0) {
      return true;
    }
    if (queueOffset < 0 || queueOffset > Long.MAX_VALUE - count) {
      return false;
    }
    Generation current = active.current();
    QueueEntries queue = table.find(topic, queueId);
    if (queue != null && current != null && queueOffset >= queue.next()) {
      long first = queue.firstIn(current.segmentBase, queueOffset);
      if (queueOffset + count - first > MAX_OFFSETS_PER_SEGMENT) {
        return false;
      }
    }
    if (queue == null) {
      // The first one that is left: earlier ones have expired.
      queue = table.add(QueueId.of(topic, queueId), queueOffset, queueOffset);
    } else if (queueOffset < queue.next() && queueOffset == 0) {
      // The topic was deleted and created anew: what was before is nobody's.
      table.delete(topic, position);
      queue = table.add(QueueId.of(topic, queueId), 0, 0);
    } else if (queueOffset < queue.next()) {
      return false;
    } else if (queueOffset > queue.next()) {
      queue.jumpTo(queueOffset);
    }
    if (current != null) {
      queue.firstIn(current.segmentBase, queueOffset);
    }
    active.add(queue, position, size, tagsCode, count, storeMs, properties);
    return true;
  }

  /**
   * Tells where the log ends, when all of it was looked at. A deletion that was saved may lie behind:
   * the log in front of it wasn't forced when the power went. What is appended from here on belongs to
   * the topic's next life.
   *
   * @return true if a deletion was moved: the table must be saved before the first append
   */
  public boolean endAt(long end) {
    checkpoint.complete();
    return table.endAt(end);
  }
}
