package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.ReadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gathers records of the log for one answer: neighbours become one range, and each range stays a slice
 * of its page. Confined to one read; {@link #close} gives the pages back that it held meanwhile.
 *
 * <p>Many small ranges that lie apart (a queue among others) are copied together instead: a slice
 * costs about as much as copying some kilobytes, and again a piece of the socket's gathering write.
 */
final class RecordRanges implements AutoCloseable {
  /** Ranges shorter than this on average are copied. */
  private static final int COPY_BELOW_BYTES = 2048;

  /**
   * A record that lies so far behind the last one is read alone: less far, and copying what lies between
   * costs no more than another call of the system, and the page serves other queues' reads, too.
   */
  private static final int ALONE_BEHIND_BYTES = 16 * 1024;

  /** The same, for large records, in sizes of the record. */
  private static final int ALONE_BEHIND_SIZES = 3;

  private final PageCache cache;
  private final @Nullable Ahead load;
  private final boolean picking;
  private final List<Page> held = new ArrayList<>(3);
  private long[] starts = new long[4];
  private int[] sizes = new int[4];
  private int count;
  private int bytes;

  /** End of the record that was asked for last, and whether it has a page of its own. */
  private long lastEnd = Long.MIN_VALUE / 2;

  private boolean lastAlone;

  /** Pages that were gone over, alone ones left out. */
  private int pages;

  /** Which page a cold read took from the disk last, for reading ahead; -1 for none. */
  static final class Ahead {
    long page = -1;
  }

  /**
   * @param load null: take nothing from the disk
   * @param picking a filter chooses: then records that lie apart are read from the disk one by one,
   *     because a page of others' records for each would cost more, and push other pages out
   */
  RecordRanges(PageCache cache, @Nullable Ahead load, boolean picking) {
    this.cache = cache;
    this.load = load;
    this.picking = picking;
  }

  /** The index and the log don't agree about a record: damage. Without a stack trace. */
  static final class BadRecord extends IOException {
    private static final long serialVersionUID = 1L;

    final long position;

    BadRecord(long position, String detail) {
      super(detail);
      this.position = position;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * True if so much of the log was gone over for a filter that going on would push the pages out that
   * the next queue's read wants to find: then it is better to answer.
   */
  boolean hasWalkedFar() {
    return picking && pages >= cache.pagesOfAWalk();
  }

  /**
   * Takes a record in; false if its bytes are not in memory and may not or can't be loaded. What was
   * read back from the disk must be the record that the index means, with a body that fits its checksum.
   */
  boolean add(long position, int size, int queueId, long queueOffset) throws IOException {
    Page page = holdRecord(position, size);
    if (page == null) {
      return false;
    }
    boolean fromDisk = page.fromDisk;
    int at = (int) (position - page.start);
    if (at + Integer.BYTES <= page.length && page.memory.getInt(at) != size) {
      throw new BadRecord(
          position,
          "the index says "
              + size
              + " bytes at log position "
              + position
              + ", the log says "
              + page.memory.getInt(at));
    }
    for (long end = page.end(); end < position + size; end = page.end()) {
      page = hold(end);
      if (page == null) {
        return false;
      }
      fromDisk |= page.fromDisk;
    }
    if (fromDisk) {
      check(position, size, queueId, queueOffset);
    }
    if (count > 0 && starts[count - 1] + sizes[count - 1] == position) {
      sizes[count - 1] += size;
    } else {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
        sizes = Arrays.copyOf(sizes, 2 * count);
      }
      starts[count] = position;
      sizes[count] = size;
      count++;
    }
    bytes += size;
    return true;
  }

  /** What a filter says of a record. */
  enum Look {
    WANTED,
    UNWANTED,
    /** Its bytes are not in memory and may not or can't be loaded. */
    COLD
  }

  /** Shows a record to a filter without taking it in. */
  Look look(long position, int size, ReadRequest.EntryFilter filter) throws IOException {
    Page page = holdRecord(position, size);
    if (page == null) {
      return Look.COLD;
    }
    int at = (int) (position - page.start);
    ByteBuffer record = page.memory;
    if (position + size > page.end()) {
      for (long end = page.end(); end < position + size; end = page.end()) {
        page = hold(end);
        if (page == null) {
          return Look.COLD;
        }
      }
      record = together(position, size);
      at = 0;
    }
    if (filter.wantsRecord(record, at)) {
      return Look.WANTED;
    }
    if (lastAlone) {
      held.remove(held.size() - 1).release();
      lastAlone = false;
    }
    return Look.UNWANTED;
  }

  /** A copy of a record that reaches over the end of its page; all its pages are held. */
  private ByteBuffer together(long position, int size) {
    ByteBuffer record = ByteBuffer.allocate(size);
    for (long from = position; from < position + size; ) {
      Page page = held(from);
      int part = (int) (Math.min(position + size, page.end()) - from);
      page.copy(from, part, record, (int) (from - position));
      from += part;
    }
    return record;
  }

  private void check(long position, int size, int queueId, long queueOffset) throws BadRecord {
    Page first = held(position);
    int at = (int) (position - first.start);
    ByteBuffer record = first.memory;
    if (position + size > first.end()) {
      record = together(position, size);
      at = 0;
    }
    MessageView view = new MessageView();
    String wrong = view.open(record, at);
    if (wrong == null && view.logPosition() != position) {
      wrong = "it says that it lies at " + view.logPosition();
    }
    if (wrong == null && (view.queueId() != queueId || view.queueOffset() != queueOffset)) {
      wrong = "it is message " + view.queueOffset() + " of queue " + view.queueId();
    }
    if (wrong == null && !view.bodyMatchesCrc()) {
      wrong = "its body does not have the checksum that it was stored with";
    }
    if (wrong != null) {
      throw new BadRecord(
          position,
          "the record of "
              + size
              + " bytes at log position "
              + position
              + " is damaged on the disk: "
              + wrong);
    }
  }

  /** All records one behind the other; the caller owns the reference. */
  ByteBuf assemble() {
    if (count == 1) {
      Page page = held(starts[0]);
      if (starts[0] + bytes <= page.end()) {
        return slice(page, starts[0], bytes);
      }
    }
    if (bytes / count < COPY_BELOW_BYTES) {
      return copyTogether();
    }
    CompositeByteBuf all = Unpooled.compositeBuffer(count + held.size());
    for (int i = 0; i < count; i++) {
      long from = starts[i];
      long end = from + sizes[i];
      while (from < end) {
        Page page = held(from);
        int size = (int) (Math.min(end, page.end()) - from);
        all.addComponent(true, slice(page, from, size));
        from += size;
      }
    }
    return all;
  }

  private ByteBuf copyTogether() {
    ByteBuf out = ByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
    ByteBuffer target = out.internalNioBuffer(0, bytes);
    int at = target.position();
    for (int i = 0; i < count; i++) {
      long from = starts[i];
      long end = from + sizes[i];
      while (from < end) {
        Page page = held(from);
        int size = (int) (Math.min(end, page.end()) - from);
        page.copy(from, size, target, at);
        at += size;
        from += size;
      }
    }
    return out.writerIndex(bytes);
  }

  private static ByteBuf slice(Page page, long from, int size) {
    ByteBuf slice = page.slice(from, size);
    assert slice != null : "a held page is alive";
    return slice;
  }

  private Page held(long position) {
    for (int i = held.size() - 1; i >= 0; i--) {
      Page page = held.get(i);
      if (page.start <= position && position < page.end()) {
        return page;
      }
    }
    throw new IllegalStateException("no page held for log position " + position);
  }

  private @Nullable Page holdRecord(long position, int size) throws IOException {
    boolean apart =
        position - lastEnd > Math.max(ALONE_BEHIND_BYTES, (long) ALONE_BEHIND_SIZES * size);
    lastEnd = position + size;
    if (isHeldLast(position)) {
      return held.get(held.size() - 1);
    }
    lastAlone = false;
    if (picking) {
      letGoOfUnwanted();
    }
    if (load == null || !picking || !apart || cache.find(cache.startOf(position)) != null) {
      return hold(position);
    }
    Page alone = cache.readAlone(position, size);
    if (alone != null) {
      held.add(alone);
      lastAlone = true;
    }
    return alone;
  }

  /** Gives the last pages back, as far as nothing of them was taken in. */
  private void letGoOfUnwanted() {
    long taken = count == 0 ? 0 : starts[count - 1] + sizes[count - 1];
    while (!held.isEmpty() && held.get(held.size() - 1).start >= taken) {
      held.remove(held.size() - 1).release();
    }
  }

  private boolean isHeldLast(long position) {
    if (held.isEmpty()) {
      return false;
    }
    Page last = held.get(held.size() - 1);
    return last.start <= position && position < last.end();
  }

  private @Nullable Page hold(long position) throws IOException {
    if (isHeldLast(position)) {
      return held.get(held.size() - 1);
    }
    long start = cache.startOf(position);
    Page page = cache.find(start);
    if (page == null || !page.retain()) {
      if (load == null) {
        return null;
      }
      page = cache.load(start);
      load.page = start;
    }
    if (page != null) {
      held.add(page);
      pages++;
    }
    return page;
  }

  @Override
  public void close() {
    for (Page page : held) {
      page.release();
    }
    held.clear();
  }
}
