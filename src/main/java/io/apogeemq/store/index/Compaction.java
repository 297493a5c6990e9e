package io.apogeemq.store.index;

import static io.apogeemq.store.index.IndexFormat.ENTRY_BYTES;
import static io.apogeemq.store.index.IndexFormat.KEY_BYTES;

import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Merges the blocks of an ended segment into one. All blocks are sorted alike and their entries and
 * keys lie in the order of use, so each is read once from front to back; memory holds the names of topics
 * and some buffers per block.
 */
@RunsOn(ThreadRole.SEALER)
final class Compaction {
  private Compaction() {}

  /** Writes the merged block to the start of an empty file. Entries of deleted topics stay behind. */
  static Header merge(SegmentIndex from, DiskFile to, QueueTable table) throws IOException {
    SegmentIndex.Block[] blocks = from.blocks();
    BlockWriter out = new BlockWriter(to, 0);
    mergeRuns(from, blocks, out, table);
    mergeKeys(from, blocks, out);
    long firstStoreMs = -1;
    for (SegmentIndex.Block block : blocks) {
      if (firstStoreMs < 0) {
        firstStoreMs = block.header().firstStoreMs();
      }
    }
    return out.finish(
        true,
        from.segmentBase,
        from.segmentBase,
        from.coversTo(),
        firstStoreMs,
        from.lastStoreMs());
  }

  private static void mergeRuns(
      SegmentIndex from, SegmentIndex.Block[] blocks, BlockWriter out, QueueTable table)
      throws IOException {
    PriorityQueue<RunCursor> heads =
        new PriorityQueue<>(
            (a, b) -> {
              int byQueue = QueueId.FILE_ORDER.compare(a.head().queue(), b.head().queue());
              return byQueue != 0 ? byQueue : Integer.compare(a.block, b.block);
            });
    for (int i = 0; i < blocks.length; i++) {
      RunCursor cursor = new RunCursor(i, from, blocks[i], table);
      if (cursor.next()) {
        heads.add(cursor);
      }
    }
    List<RunCursor> same = new ArrayList<>();
    while (!heads.isEmpty()) {
      RunCursor first = heads.remove();
      same.clear();
      same.add(first);
      QueueId queue = first.head().queue();
      while (!heads.isEmpty() && heads.peek().head().queue().sameAs(queue)) {
        same.add(heads.remove());
      }
      long firstOffset = first.head().run().firstOffset();
      out.startRun(queue, firstOffset);
      for (RunCursor cursor : same) {
        cursor.copy(out, firstOffset);
      }
      out.endRun(same.get(same.size() - 1).head().run().endOffset() - firstOffset);
      for (RunCursor cursor : same) {
        if (cursor.next()) {
          heads.add(cursor);
        }
      }
    }
  }

  /** By a heap whose top is replaced in place: every message has a key or two. */
  private static void mergeKeys(SegmentIndex from, SegmentIndex.Block[] blocks, BlockWriter out)
      throws IOException {
    long keys = 0;
    for (SegmentIndex.Block block : blocks) {
      keys += block.header().keys();
    }
    out.withFilter(Math.toIntExact(keys));
    KeyCursor[] heap = new KeyCursor[blocks.length];
    int size = 0;
    for (SegmentIndex.Block block : blocks) {
      KeyCursor cursor = new KeyCursor(from.file, block);
      if (cursor.next()) {
        heap[size++] = cursor;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(heap, size, i);
    }
    while (size > 0) {
      KeyCursor least = heap[0];
      out.key(least.hash, least.place);
      if (!least.next()) {
        heap[0] = heap[--size];
      }
      siftDown(heap, size, 0);
    }
  }

  private static void siftDown(KeyCursor[] heap, int size, int start) {
    int at = start;
    KeyCursor sinking = heap[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (!heap[child].isBefore(sinking)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = sinking;
  }

  /** Walks the queues of one block. */
  private static final class RunCursor {
    final int block;
    private final SegmentIndex.RunWalk runs;
    private final SequentialReader entries;
    private final long blockTo;
    private final QueueTable table;
    private SegmentIndex.@Nullable QueueRun head;

    RunCursor(int block, SegmentIndex from, SegmentIndex.Block source, QueueTable table)
        throws IOException {
      this.block = block;
      this.runs = from.walk(source);
      this.entries = new SequentialReader(from.file);
      this.blockTo = source.header().to();
      this.table = table;
    }

    SegmentIndex.QueueRun head() {
      SegmentIndex.QueueRun now = head;
      assert now != null : "the walk is over";
      return now;
    }

    /** Goes to the next queue that still exists. */
    boolean next() throws IOException {
      SegmentIndex.QueueRun now;
      do {
        now = runs.next();
      } while (now != null && blockTo <= table.deletedAt(now.queue().topic()));
      head = now;
      return now != null;
    }

    void copy(BlockWriter out, long firstOffset) throws IOException {
      IndexFormat.Run run = head().run();
      long shift = run.firstOffset() - firstOffset;
      for (int i = 0; i < run.entries(); i++) {
        int bytesAt = entries.at(run.entriesAt() + (long) i * ENTRY_BYTES, ENTRY_BYTES);
        ByteBuffer bytes = entries.buffer;
        out.entry(
            shift + bytes.getInt(bytesAt),
            bytes.getInt(bytesAt + 4),
            bytes.getInt(bytesAt + 8),
            bytes.getLong(bytesAt + 12));
      }
    }
  }

  /** Walks the keys of one block. */
  private static final class KeyCursor {
    private final SequentialReader keys;
    private final long keysAt;
    private final int count;
    private int at;
    long hash;
    int place;

    KeyCursor(DiskFile file, SegmentIndex.Block block) {
      this.keys = new SequentialReader(file);
      this.keysAt = block.at() + block.header().keysAt();
      this.count = block.header().keys();
    }

    /** In the order of the file: by hash, unsigned, then by place. */
    boolean isBefore(KeyCursor other) {
      int byHash = Long.compareUnsigned(hash, other.hash);
      return byHash < 0 || byHash == 0 && place < other.place;
    }

    boolean next() throws IOException {
      if (at == count) {
        return false;
      }
      int bytesAt = keys.at(keysAt + (long) at * KEY_BYTES, KEY_BYTES);
      hash = keys.buffer.getLong(bytesAt);
      place = keys.buffer.getInt(bytesAt + 8);
      at++;
      return true;
    }
  }
}
