package io.apogeemq.store.index;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One queue: its bounds and the part of its index that is in memory. The appender adds, the sealer
 * takes written chunks away, the reader pool puts read ones in; anybody reads.
 *
 * <p>Invariants: queue offsets are dense; {@code min <= first offset in memory <= next}; everything
 * below the first chunk's offset is readable and stands in index files.
 */
public final class QueueEntries {
  private static final int SMALLEST_CHUNK = 4;
  private static final int LARGEST_CHUNK = 1024;
  private static final int MAX_READ_BACK = 4;
  private static final EntryChunk[] NONE = {};

  final QueueId id;

  /**
   * Records before this log position belong to an earlier, deleted topic of the same name. Changed by
   * recovery only.
   */
  private long bornPosition;

  /** Next queue offset. Appender only. */
  private long next;

  private volatile long min;

  /** What sealed segments say: one behind the last message in them, and the last of them. */
  private volatile long sealedNext;

  private volatile long lastSegment = -1;
  private final AtomicReference<Fresh> fresh;
  private final AtomicReference<EntryChunk[]> readBack = new AtomicReference<>(NONE);

  /** The part of the current generation; appender only. */
  @Nullable GenerationRun run;

  /** First offset that recovery found in the segment it looked at last; recovery only. */
  private long scannedSegment = -1;

  private long scannedFirst;

  /** Mark of the batch that touched the queue last; appender only. */
  private long batchMark;

  /** What stands in memory since it was appended: chunks in order, and where they begin. */
  private record Fresh(EntryChunk[] chunks, long from) {
    Fresh plus(EntryChunk chunk) {
      EntryChunk[] more = Arrays.copyOf(chunks, chunks.length + 1);
      more[chunks.length] = chunk;
      return new Fresh(more, from);
    }

    /** Without all chunks up to and including the last one of a written run. */
    Fresh without(EntryChunk lastWritten) {
      for (int i = 0; i < chunks.length; i++) {
        if (chunks[i] == lastWritten) {
          EntryChunk[] rest = Arrays.copyOfRange(chunks, i + 1, chunks.length);
          return new Fresh(rest, lastWritten.offsetOf(lastWritten.entries()));
        }
      }
      return this;
    }
  }

  QueueEntries(QueueId id, long bornPosition, long min, long next) {
    this.id = id;
    this.bornPosition = bornPosition;
    this.min = min;
    this.next = next;
    this.fresh = new AtomicReference<>(new Fresh(NONE, next));
  }

  public String topic() {
    return id.topic();
  }

  public int queueId() {
    return id.queueId();
  }

  long bornPosition() {
    return bornPosition;
  }

  /** The log ends here. Recovery only. */
  void bornAtLatest(long logEnd) {
    bornPosition = Math.min(bornPosition, logEnd);
  }

  /** The queue offset that the next message gets. Appender only. */
  public long next() {
    return next;
  }

  /** First available queue offset. */
  public long min() {
    return min;
  }

  void minTo(long offset) {
    if (offset > min) {
      min = offset;
    }
  }

  long sealedNext() {
    return sealedNext;
  }

  long lastSegment() {
    return lastSegment;
  }

  /** Notes what a sealed segment, or the checkpoint, says of this queue. */
  void sealedTo(long endOffset, long segmentBase) {
    if (endOffset >= sealedNext) {
      sealedNext = endOffset;
      lastSegment = segmentBase;
    }
  }

  /**
   * Goes on at a later offset; index files have everything before it, what is in memory too. Recovery
   * only, when all that was scanned is written.
   */
  void goOnBehindFiles(long offset) {
    jumpTo(offset);
    fresh.set(new Fresh(NONE, offset));
  }

  /** Goes on at a later offset: damage has taken what lies between. */
  void jumpTo(long offset) {
    assert offset >= next;
    next = offset;
    if (run != null) {
      // The next entry starts a chunk of its own, with the right first offset.
      run.last = null;
    }
    fresh.updateAndGet(now -> now.chunks.length == 0 ? new Fresh(NONE, offset) : now);
  }

  /** First offset of a segment: what was found before in the same one, or else {@code offset}. */
  long firstIn(long segmentBase, long offset) {
    if (scannedSegment != segmentBase) {
      scannedSegment = segmentBase;
      scannedFirst = offset;
    }
    return scannedFirst;
  }

  /** First queue offset that is in memory since it was appended; the next one if none is. */
  public long freshFrom() {
    return fresh.get().from;
  }

  /** The first offset behind {@code queueOffset} that memory has, -1 if it has none behind it. */
  public long freshAfter(long queueOffset) {
    for (EntryChunk chunk : fresh.get().chunks) {
      if (chunk.firstOffset > queueOffset) {
        return chunk.firstOffset;
      }
    }
    return -1;
  }

  /** True once per batch: the caller has not seen this queue in it yet. Appender only. */
  public boolean markedAnew(long batch) {
    boolean anew = batchMark != batch;
    batchMark = batch;
    return anew;
  }

  /** One behind the last message whose record ends at or before the readable position. */
  public long max(long readablePosition) {
    Fresh now = fresh.get();
    for (int i = now.chunks.length - 1; i >= 0; i--) {
      EntryChunk chunk = now.chunks[i];
      int readable = chunk.entriesUpTo(readablePosition, chunk.entries());
      if (readable > 0) {
        return chunk.offsetOf(readable);
      }
    }
    return now.from;
  }

  /** The chunk in memory that holds a queue offset, or null: then index files have it. */
  public @Nullable EntryChunk chunkAt(long queueOffset) {
    Fresh now = fresh.get();
    if (queueOffset >= now.from) {
      EntryChunk[] chunks = now.chunks;
      int low = 0;
      int high = chunks.length - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (chunks[middle].firstOffset <= queueOffset) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      if (high >= 0 && chunks[low].find(queueOffset, chunks[low].entries()) >= 0) {
        return chunks[low];
      }
      return null;
    }
    for (EntryChunk chunk : readBack.get()) {
      if (chunk.find(queueOffset, chunk.entries()) >= 0) {
        return chunk;
      }
    }
    return null;
  }

  /** Adds an entry behind the others. Appender only. */
  void add(GenerationRun to, int place, int size, long tagsCode, int count) {
    EntryChunk last = to.last;
    if (last == null || !last.add(place, size, tagsCode, count)) {
      int capacity = last == null ? SMALLEST_CHUNK : Math.min(LARGEST_CHUNK, last.capacity() * 2);
      last = new EntryChunk(to.generation.segmentBase, next, capacity, count != 1, null);
      boolean added = last.add(place, size, tagsCode, count);
      assert added;
      to.chunks.add(last);
      to.last = last;
      EntryChunk fresher = last;
      fresh.updateAndGet(now -> now.plus(fresher));
    }
    next += count;
  }

  /** Takes the chunks of a written generation out of memory. Sealer. */
  void forget(EntryChunk lastWritten) {
    fresh.updateAndGet(now -> now.without(lastWritten));
  }

  /** Keeps a chunk read from an index file; the oldest of these goes. Readers. */
  @Nullable EntryChunk keep(EntryChunk chunk) {
    EntryChunk[] before =
        readBack.getAndUpdate(
            now -> {
              int keep = Math.min(now.length, MAX_READ_BACK - 1);
              EntryChunk[] after = new EntryChunk[keep + 1];
              after[0] = chunk;
              System.arraycopy(now, 0, after, 1, keep);
              return after;
            });
    return before.length == MAX_READ_BACK ? before[MAX_READ_BACK - 1] : null;
  }

  /** Drops a kept chunk. */
  void drop(EntryChunk chunk) {
    readBack.updateAndGet(
        now -> {
          int at = 0;
          while (at < now.length && now[at] != chunk) {
            at++;
          }
          if (at == now.length) {
            return now;
          }
          EntryChunk[] after = new EntryChunk[now.length - 1];
          System.arraycopy(now, 0, after, 0, at);
          System.arraycopy(now, at + 1, after, at, now.length - at - 1);
          return after;
        });
  }

  /** The chunk read back whose entries end where {@code queueOffset} begins, or null. */
  EntryChunk.@Nullable RunTail tailAt(long queueOffset) {
    for (EntryChunk chunk : readBack.get()) {
      if (chunk.fileTail != null && chunk.offsetOf(chunk.entries()) == queueOffset) {
        return chunk.fileTail;
      }
    }
    return null;
  }
}
