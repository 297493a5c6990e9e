package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.index.ActiveIndex;
import io.apogeemq.store.io.DiskFull;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of the log, where records are put: encoded straight into the tail page, whose fresh bytes are
 * written with one call per page. A record that doesn't fit into the file any more begins the next one,
 * behind a blank record.
 *
 * <p>Owned by the {@link Appender}.
 */
@RunsOn(ThreadRole.APPENDER)
final class LogTail {
  private static final int SCRATCH_KEEP_BYTES = 64 * 1024;

  private final CommitLog log;
  private final PageCache cache;
  private final ActiveIndex index;
  private final Health health;

  /** Full pages with bytes that aren't written, oldest first; {@link #page} is behind them. */
  private final List<Page> unwritten = new ArrayList<>();

  private long cursor;
  private long writtenTo;
  private long segmentEnd;
  private Page page;
  private ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_KEEP_BYTES);

  /** The blank record is encoded and the next file isn't open yet. */
  private boolean rolling;

  /** Goes on at the end of a log, with a new file if there is none. */
  LogTail(CommitLog log, PageCache cache, ActiveIndex index, Health health, long end)
      throws IOException {
    this.log = log;
    this.cache = cache;
    this.index = index;
    this.health = health;
    cursor = end;
    writtenTo = end;
    if (log.at(end) == null) {
      assert end % log.segmentSize() == 0 : "log ends at " + end + " without a file";
      Segment first = log.openNext();
      assert first.base() == end;
      index.startSegment(end, end);
    }
    segmentEnd = log.baseOf(end) + log.segmentSize();
    page = cache.newTail(cache.startOf(end));
    int before = (int) (end - page.start);
    if (before > 0) {
      log.read(page.start, page.memory.duplicate().clear().limit(before));
    }
  }

  /** Where the next record goes. */
  long end() {
    return cursor;
  }

  /**
   * Puts a record behind the last one.
   *
   * @param size its size in bytes
   * @return its log position
   */
  long put(MessageDraft draft, int size, long queueOffset, long storeMs) throws IOException {
    if (cursor + size + StoredMessage.BLANK_BYTES > segmentEnd) {
      roll();
    }
    long position = cursor;
    encode(draft, size, queueOffset, storeMs);
    cursor += size;
    return position;
  }

  private void encode(MessageDraft draft, int size, long queueOffset, long storeMs) {
    ByteBuffer memory = page.memory;
    int at = (int) (cursor - page.start);
    if (at + size <= page.length) {
      StoredMessage.encode(draft, memory, at, size, queueOffset, cursor, storeMs);
      memory.clear();
      return;
    }
    // Over the page's edge: encoded aside and copied in pieces.
    if (scratch.capacity() < size) {
      scratch = ByteBuffer.allocate(size);
    }
    StoredMessage.encode(draft, scratch.clear(), 0, size, queueOffset, cursor, storeMs);
    put(scratch.position(0).limit(size), cursor);
    if (scratch.capacity() > SCRATCH_KEEP_BYTES) {
      scratch = ByteBuffer.allocate(SCRATCH_KEEP_BYTES);
    }
  }

  /** Copies bytes into the tail page and as many further ones as they need. */
  private void put(ByteBuffer from, long position) {
    long to = position;
    while (from.hasRemaining()) {
      if (to == page.end()) {
        nextPage(to);
      }
      int at = (int) (to - page.start);
      int part = Math.min(from.remaining(), page.length - at);
      page.memory.put(at, from, from.position(), part);
      from.position(from.position() + part);
      to += part;
    }
  }

  private void nextPage(long start) {
    unwritten.add(page);
    page = cache.newTail(start);
  }

  /** Ends the file with a blank record and goes on at the start of the next. */
  private void roll() throws IOException {
    assert segmentEnd - cursor >= StoredMessage.BLANK_BYTES : "no room for the blank record";
    ByteBuffer blank = ByteBuffer.allocate(StoredMessage.BLANK_BYTES);
    blank.putInt((int) (segmentEnd - cursor)).putInt(StoredMessage.BLANK_MAGIC).flip();
    put(blank, cursor);
    cursor += StoredMessage.BLANK_BYTES;
    rolling = true;
    endRoll();
  }

  /** May be called again after it found no room. */
  private void endRoll() throws IOException {
    requireHealth();
    writeOut();
    Segment next = log.openNext();
    rolling = false;
    // What lies behind the blank record is never written; the file has zeros there.
    index.endSegment(segmentEnd);
    assert next.base() == segmentEnd : "next file " + next.base() + " behind " + segmentEnd;
    cursor = segmentEnd;
    writtenTo = cursor;
    segmentEnd += log.segmentSize();
    nextPage(cursor);
    unwritten.clear();
    index.startSegment(cursor, cursor);
  }

  /**
   * Writes all that was put and isn't written yet. After {@link DiskFull} it may be called again, and
   * writes the same bytes at the same place.
   */
  void write() throws IOException {
    if (rolling) {
      endRoll();
    }
    writeOut();
  }

  private void requireHealth() throws IOException {
    if (health.hasFailed()) {
      throw new IOException("an earlier write failed");
    }
  }

  /** Writes all encoded bytes from the pages that hold them. */
  private void writeOut() throws IOException {
    if (cursor == writtenTo) {
      return;
    }
    requireHealth();
    for (int i = 0; i <= unwritten.size(); i++) {
      Page each = i < unwritten.size() ? unwritten.get(i) : page;
      long from = Math.max(each.start, writtenTo);
      long to = Math.min(each.end(), cursor);
      if (from < to) {
        ByteBuffer bytes = each.memory.slice((int) (from - each.start), (int) (to - from));
        log.write(from, bytes);
      }
    }
    unwritten.clear();
    writtenTo = cursor;
  }
}
