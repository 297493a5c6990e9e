package io.apogeemq.store.index;

import io.apogeemq.store.ReadProgress;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The index of the segment that goes next: whether it may, and the steps in which it does. */
@RunsOn(ThreadRole.SEALER)
public final class OldestSegment {
  private final IndexFiles files;
  private final QueueTable table;
  private final TableCheckpoint checkpoint;

  OldestSegment(IndexFiles files, QueueTable table, TableCheckpoint checkpoint) {
    this.files = files;
    this.table = table;
    this.checkpoint = checkpoint;
  }

  /** Its first log position, -1 if no segment has an index. */
  public long base() {
    SegmentIndex oldest = files.oldest();
    return oldest == null ? -1 : oldest.segmentBase;
  }

  /** True if it is sealed and its newest message is older than a time. */
  public boolean isBefore(long timeMs) {
    SegmentIndex oldest = files.oldest();
    return oldest != null && oldest.sealed() && oldest.lastStoreMs() < timeMs;
  }

  /** Messages of a queue that somebody has still to read: its first such offset. */
  public record Unread(String topic, int queueId, long from) {}

  /** A queue with unread messages in it; null if there is none. It must have an index. */
  public @Nullable Unread unread(ReadProgress progress) throws IOException {
    SegmentIndex oldest = existing();
    for (SegmentIndex.Block block : oldest.blocks()) {
      SegmentIndex.RunWalk walk = oldest.walk(block);
      for (SegmentIndex.QueueRun row = walk.next(); row != null; row = walk.next()) {
        QueueEntries queue = table.ownerOf(row.queue(), oldest.coversTo());
        if (queue == null) {
          continue; // of a deleted topic
        }
        long readTo = progress.readTo(queue.topic(), queue.queueId());
        if (readTo < row.run().endOffset()) {
          return new Unread(
              queue.topic(), queue.queueId(), Math.max(readTo, row.run().firstOffset()));
        }
      }
    }
    return null;
  }

  /**
   * Lets all queues begin behind it, as it is about to be deleted: first in the saved table, then for
   * readers. If it fails nothing has changed. It must be sealed.
   *
   * @param nextSegment log position where the log begins then
   */
  public void leave(long nextSegment) throws IOException {
    SegmentIndex oldest = existing();
    Map<QueueEntries, Long> ends = new IdentityHashMap<>();
    SegmentIndex.RunWalk walk = oldest.walk(oldest.blocks()[0]);
    for (SegmentIndex.QueueRun row = walk.next(); row != null; row = walk.next()) {
      QueueEntries queue = table.ownerOf(row.queue(), oldest.coversTo());
      if (queue != null) {
        ends.put(queue, row.run().endOffset());
      }
    }
    checkpoint.save(nextSegment, ends);
    ends.forEach(QueueEntries::minTo);
  }

  /** Deletes its index file. */
  public void delete() throws IOException {
    files.remove(existing().segmentBase);
  }

  private SegmentIndex existing() {
    SegmentIndex oldest = files.oldest();
    if (oldest == null) {
      throw new IllegalStateException("no segment has an index");
    }
    return oldest;
  }
}
