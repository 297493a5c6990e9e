package io.apogeemq.store.index;

import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the index from memory into files: writes closed generations as blocks, oldest first, seals the
 * file of a segment that has ended, and lets memory forget the entries of written blocks above a
 * bound.
 *
 * <p>Invariants: a block is written only after the log it covers has been forced, so a block that is
 * found after a crash never points at bytes that were lost. Blocks of a segment follow each other
 * without a gap. Everything that memory has forgotten is readable and stands in a block.
 */
public final class IndexWriter {
  private final ActiveIndex active;
  private final IndexFiles files;
  private final QueueTable table;
  private final TableCheckpoint checkpoint;
  private final int memoryEntries;

  /** Written and still in memory; sealer only. */
  private final ArrayDeque<Generation> written = new ArrayDeque<>();

  /** {@link Generation#weight} of all of them. */
  private long writtenWeight;

  /** Its segment has ended and all its blocks are written: what is left is the seal. Sealer writes. */
  private volatile @Nullable SegmentIndex unsealed;

  /** How many segments were sealed; sealer only. */
  private int sealedCount;

  IndexWriter(
      ActiveIndex active,
      IndexFiles files,
      QueueTable table,
      TableCheckpoint checkpoint,
      int memoryEntries) {
    this.active = active;
    this.files = files;
    this.table = table;
    this.checkpoint = checkpoint;
    this.memoryEntries = memoryEntries;
  }

  /**
   * Writes the oldest closed generation as a block, if the log that it covers is forced, and seals its
   * segment if it was the last one of it. After a {@link io.apogeemq.store.io.DiskFull} it may be called
   * again: it goes on with what it could not do.
   *
   * @return true if it did something
   */
  @RunsOn(ThreadRole.SEALER)
  public boolean writeNext(long flushedPosition) throws IOException {
    SegmentIndex ended = unsealed;
    if (ended != null) {
      seal(ended);
      unsealed = null;
      return true;
    }
    Generation next = active.oldestClosed();
    if (next == null || next.to > flushedPosition) {
      return false;
    }
    SegmentIndex index = files.find(next.segmentBase);
    if (index == null) {
      index = files.create(next.segmentBase);
    }
    writeBlock(index, next);
    active.wroteOldest();
    written.add(next);
    writtenWeight += next.weight();
    forgetOldest();
    if (next.endsSegment) {
      unsealed = index;
      seal(index);
      unsealed = null;
    }
    return true;
  }

  /** True if {@link #writeNext} would find something. Any thread. */
  boolean canWrite(long flushedPosition) {
    if (unsealed != null) {
      return true;
    }
    Generation next = active.oldestClosed();
    return next != null && next.to <= flushedPosition;
  }

  /** How many segments were sealed since the start. */
  @RunsOn(ThreadRole.SEALER)
  int sealedCount() {
    return sealedCount;
  }

  private void forgetOldest() {
    while (writtenWeight > memoryEntries) {
      Generation oldest = written.remove();
      writtenWeight -= oldest.weight();
      for (GenerationRun run : oldest.runs) {
        run.queue.forget(run.chunks.get(run.chunks.size() - 1));
        // A quiet queue holds on to its last run for as long as it is quiet, and the run to the
        // generation: nothing of the other queues may hang on it.
        run.chunks.clear();
        run.last = null;
      }
      oldest.runs.clear();
    }
  }

  private void writeBlock(SegmentIndex index, Generation generation) throws IOException {
    long at = index.endOfBlocks();
    BlockWriter out = new BlockWriter(index.file, at);
    List<GenerationRun> runs = new ArrayList<>(generation.runs);
    // A deleted topic's entries are nobody's; its name may have new queues in the same stretch.
    runs.removeIf(run -> table.find(run.queue.topic(), run.queue.queueId()) != run.queue);
    checkpoint.saveDeletions();
    runs.sort(Comparator.comparing(run -> run.queue.id, QueueId.FILE_ORDER));
    for (GenerationRun run : runs) {
      writeRun(out, run);
    }
    Generation.Keys keys = generation.keys();
    assert keys != null;
    KeyOrder sorted = KeyOrder.of(keys, generation.keyCount());
    for (int i = 0; i < sorted.size(); i++) {
      out.key(sorted.hash(i), sorted.place(i));
    }
    Header header =
        out.finish(
            false,
            generation.segmentBase,
            generation.from,
            generation.to,
            generation.firstStoreMs,
            generation.lastStoreMs);
    index.add(new SegmentIndex.Block(at, header));
  }

  private static void writeRun(BlockWriter out, GenerationRun run) throws IOException {
    long first = run.chunks.get(0).firstOffset;
    out.startRun(run.queue.id, first);
    long end = first;
    for (EntryChunk chunk : run.chunks) {
      int entries = chunk.entries();
      for (int i = 0; i < entries; i++) {
        out.entry(
            chunk.offsetOf(i) - first, chunk.placeOf(i), chunk.sizeOf(i), chunk.tagsCodeOf(i));
      }
      end = chunk.offsetOf(entries);
    }
    out.endRun(end - first);
  }

  /** Replaces the blocks of an ended segment by one. */
  private void seal(SegmentIndex blocks) throws IOException {
    SegmentIndex sealed =
        files.writeAnew(
            blocks.segmentBase,
            file -> {
              Header header = Compaction.merge(blocks, file, table);
              checkpoint.saveDeletions();
              return header;
            });
    checkpoint.noteSealed(sealed);
    sealedCount++;
    files.replace(blocks, sealed);
  }
}
