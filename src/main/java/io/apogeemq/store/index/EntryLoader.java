package io.apogeemq.store.index;

import io.apogeemq.store.index.IndexFormat.Run;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads queue entries that memory has forgotten back from the index files, and keeps a bounded number
 * of them at their queues, the last ones read.
 */
public final class EntryLoader {
  /** A chunk without its entries, and its places in queue and list. */
  private static final int CHUNK_WEIGHT = 12;

  private static final int READ_ENTRIES = 2048;
  private static final int ATTEMPTS = 4;

  private final IndexFiles files;
  private final int memoryEntries;

  /** Chunks read back, oldest first, and how many entries they have. */
  private final ConcurrentLinkedDeque<ReadBack> readBack = new ConcurrentLinkedDeque<>();

  private final AtomicLong readBackEntries = new AtomicLong();

  private record ReadBack(QueueEntries queue, EntryChunk chunk) {}

  /**
   * @param memoryEntries how many entries that were read back are kept
   */
  EntryLoader(IndexFiles files, int memoryEntries) {
    this.files = files;
    this.memoryEntries = memoryEntries;
  }

  /**
   * Reads entries from the files into memory: the chunk that holds a queue offset, or, if no file has
   * it, the next one behind it; null if the files have nothing from there on.
   */
  @RunsOn(ThreadRole.READER)
  public @Nullable EntryChunk load(QueueEntries queue, long queueOffset) throws IOException {
    // A seal or a deletion closes files under our feet; both leave the list of files up to date.
    for (int attempt = 1; ; attempt++) {
      try {
        EntryChunk chunk = loadOnce(queue, queueOffset);
        if (chunk != null) {
          keep(queue, chunk);
        }
        return chunk;
      } catch (ClosedChannelException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private @Nullable EntryChunk loadOnce(QueueEntries queue, long queueOffset) throws IOException {
    EntryChunk.RunTail tail = queue.tailAt(queueOffset);
    if (tail != null && files.find(tail.index().segmentBase) == tail.index()) {
      return tail.index().read(tail.run(), tail.nextEntry(), READ_ENTRIES);
    }
    List<Place> places = placesOf(queue);
    // The last block whose run starts at or before the offset; blocks without the queue are stepped
    // over towards older ones.
    int low = 0;
    int high = places.size() - 1;
    int best = -1;
    Run bestRun = null;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = middle;
      Run run = places.get(at).find(queue);
      while (run == null && at > low) {
        run = places.get(--at).find(queue);
      }
      if (run == null) {
        low = middle + 1;
      } else if (run.firstOffset() <= queueOffset) {
        best = at;
        bestRun = run;
        low = middle + 1;
      } else {
        high = at - 1;
      }
    }
    if (bestRun != null && queueOffset < bestRun.endOffset()) {
      SegmentIndex index = places.get(best).index;
      return index.read(bestRun, index.entryAt(bestRun, queueOffset), READ_ENTRIES);
    }
    for (int at = best + 1; at < places.size(); at++) {
      Run run = places.get(at).find(queue);
      if (run != null) {
        return places.get(at).index.read(run, 0, READ_ENTRIES);
      }
    }
    return null;
  }

  /** The blocks in which a queue may have a run, oldest first. */
  private List<Place> placesOf(QueueEntries queue) {
    List<Place> places = new ArrayList<>();
    for (SegmentIndex index : files.all()) {
      for (SegmentIndex.Block block : index.blocks()) {
        if (block.header().to() > queue.bornPosition()) {
          places.add(new Place(index, block));
        }
      }
    }
    return places;
  }

  private record Place(SegmentIndex index, SegmentIndex.Block block) {
    @Nullable Run find(QueueEntries queue) throws IOException {
      return index.find(block, queue.id);
    }
  }

  /** What a chunk takes in memory, in entries of 16 bytes. */
  private static int weight(EntryChunk chunk) {
    return chunk.entries() + CHUNK_WEIGHT;
  }

  private void keep(QueueEntries queue, EntryChunk chunk) {
    EntryChunk displaced = queue.keep(chunk);
    readBack.add(new ReadBack(queue, chunk));
    long entries = readBackEntries.addAndGet(weight(chunk));
    // The displaced chunk's row stays in the list until its turn; then dropping it does nothing.
    assert displaced == null || displaced != chunk;
    while (entries > memoryEntries) {
      ReadBack oldest = readBack.poll();
      if (oldest == null) {
        return;
      }
      oldest.queue.drop(oldest.chunk);
      entries = readBackEntries.addAndGet(-weight(oldest.chunk));
    }
  }
}
