package io.apogeemq.store.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive index entries of one queue and one segment in primitive arrays. One thread appends, any
 * thread reads what {@link #entries} has published; published entries never change.
 */
public final class EntryChunk {
  private static final VarHandle ENTRIES;

  static {
    try {
      ENTRIES = MethodHandles.lookup().findVarHandle(EntryChunk.class, "entries", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long LOW_INT = 0xFFFF_FFFFL;

  /** Log position of the segment's first byte. */
  public final long segmentBase;

  /** Queue offset of the first entry's first message. */
  public final long firstOffset;

  /** Per entry: place in the segment (high half) and size of the record (low half). */
  private final long[] places;

  private final long[] tags;

  /**
   * Per entry the messages before it in this chunk, and one more for the end; null while every entry
   * counts one message.
   */
  private final int @Nullable [] before;

  /** Where in the segment's index file the entries behind this chunk go on; null if not read from one. */
  final @Nullable RunTail fileTail;

  @SuppressWarnings("FieldMayBeFinal") // written through ENTRIES
  private int entries;

  EntryChunk(
      long segmentBase,
      long firstOffset,
      int capacity,
      boolean counts,
      @Nullable RunTail fileTail) {
    this.segmentBase = segmentBase;
    this.firstOffset = firstOffset;
    this.places = new long[capacity];
    this.tags = new long[capacity];
    this.before = counts ? new int[capacity + 1] : null;
    this.fileTail = fileTail;
  }

  /** False if the chunk is full or can't hold this count: take a new chunk. Owner only. */
  boolean add(int placeInSegment, int size, long tagsCode, int count) {
    int at = entries;
    if (at == places.length || count != 1 && before == null) {
      return false;
    }
    places[at] = (long) placeInSegment << 32 | size;
    tags[at] = tagsCode;
    if (before != null) {
      before[at + 1] = before[at] + count;
    }
    ENTRIES.setRelease(this, at + 1);
    return true;
  }

  /** Number of published entries. */
  public int entries() {
    return (int) ENTRIES.getAcquire(this);
  }

  int capacity() {
    return places.length;
  }

  /** Queue offset of an entry's first message; of the chunk's end for {@code entry == entries()}. */
  public long offsetOf(int entry) {
    return firstOffset + (before == null ? entry : before[entry]);
  }

  /** The entry that holds a queue offset, or -1 if it isn't among the first {@code of} entries. */
  public int find(long queueOffset, int of) {
    long delta = queueOffset - firstOffset;
    if (delta < 0 || queueOffset >= offsetOf(of)) {
      return -1;
    }
    if (before == null) {
      return (int) delta;
    }
    int low = 0;
    int high = of - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (before[middle] <= delta) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Log position of an entry's record. */
  public long positionOf(int entry) {
    return segmentBase + (places[entry] >>> 32);
  }

  /** Size of an entry's record in bytes. */
  public int sizeOf(int entry) {
    return (int) (places[entry] & LOW_INT);
  }

  /** End of an entry's record in the log. */
  public long endOf(int entry) {
    return positionOf(entry) + sizeOf(entry);
  }

  int placeOf(int entry) {
    return (int) (places[entry] >>> 32);
  }

  public long tagsCodeOf(int entry) {
    return tags[entry];
  }

  /** How many messages an entry stands for: more than 1 for a 5.x inner batch. */
  public int countOf(int entry) {
    return before == null ? 1 : before[entry + 1] - before[entry];
  }

  /** Number of the first {@code of} entries whose records end at or before a log position. */
  public int entriesUpTo(long position, int of) {
    if (of == 0 || endOf(of - 1) <= position) {
      return of;
    }
    int low = 0;
    int high = of - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (endOf(middle) <= position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The rest of a run of entries in an index file, behind what a chunk has of it. */
  record RunTail(SegmentIndex index, IndexFormat.Run run, int nextEntry) {}
}
