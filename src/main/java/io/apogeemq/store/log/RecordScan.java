package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Walks the records of one log file in order and judges each: length, magic, inner lengths, that the
 * position field is its place, body checksum, and (where asked) that what no checksum covers was
 * written whole. The one reader of records from the disk that trusts nothing; opening, checking and
 * printing a store are built on it. Confined to one thread; reads the file in pieces of 1 MiB.
 *
 * <pre>
 *   startAt → look → pass → look → … → END
 *                └ FLAWED: nextStart → startAt → …
 * </pre>
 */
public final class RecordScan {
  private static final int BUFFER_BYTES = 1024 * 1024;

  /** What another configuration may have allowed; a larger size is taken for nonsense. */
  static final int LARGEST_RECORD = 64 * 1024 * 1024;

  /** What a disk writes whole or not at all; larger sectors are multiples of it. */
  private static final int SECTOR_BYTES = 512;

  /** What stands at a position. */
  public enum Found {
    /** A sound record: {@link #view} shows it. */
    RECORD,
    /** The blank record that ends the file, or too few bytes for one. */
    FILE_END,
    /** Zeros where length and magic would stand: nothing was written here. */
    ZEROS,
    /** Something else: {@link #flaw} says why it is no record. */
    FLAWED
  }

  /** Is told what was passed before its bytes leave the buffer. */
  @FunctionalInterface
  public interface Leaving {
    void left(RecordScan scan) throws IOException;
  }

  private final DiskFile file;
  private final long base;
  private final long end;
  private final int largestRecord;
  private final Leaving leaving;
  private final MessageView view = new MessageView();
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private long loadedFrom;
  private long position;
  private long behind;
  private String flaw = "";

  /**
   * @param base log position of the file's first byte
   * @param fileSize the file's length; all log files should have the same
   * @param maxRecordBytes largest record of this configuration; those of others are read too
   */
  public RecordScan(DiskFile file, long base, int fileSize, int maxRecordBytes, Leaving leaving) {
    this.file = file;
    this.base = base;
    this.end = base + fileSize;
    this.largestRecord = Math.max(LARGEST_RECORD, maxRecordBytes);
    this.leaving = leaving;
    startAt(base);
  }

  /** A scan that tells nobody what it leaves. */
  public RecordScan(DiskFile file, long base, int fileSize, int maxRecordBytes) {
    this(file, base, fileSize, maxRecordBytes, scan -> {});
  }

  /** Goes to a log position of the file; what is in the buffer is dropped untold. */
  public void startAt(long logPosition) {
    position = logPosition;
    behind = logPosition;
    loadedFrom = logPosition;
    buffer.clear().limit(0);
  }

  /** Log position of what is looked at. */
  public long position() {
    return position;
  }

  /** Log position behind the file. */
  public long end() {
    return end;
  }

  /** The record that was found; valid until the next {@link #look}. */
  public MessageView view() {
    return view;
  }

  /** Why there is no record, for people; empty if there is one. */
  public String flaw() {
    return flaw;
  }

  /**
   * Judges what stands at the position.
   *
   * @param forced true if it was known to be forced: an interrupted write need not be suspected
   */
  public Found look(boolean forced) throws IOException {
    flaw = "";
    if (end - position < StoredMessage.BLANK_BYTES) {
      behind = end;
      return Found.FILE_END;
    }
    need(StoredMessage.BLANK_BYTES);
    need(wanted());
    return judge(forced);
  }

  /** Goes on behind what was found; a flawed place can't be passed. */
  public void pass() {
    position = behind;
  }

  /** The bytes from {@link #loadedFrom} up to a position that the scan has reached. */
  public ByteBuffer passed(long to) {
    return buffer.slice(0, (int) (to - loadedFrom));
  }

  /** Log position of the first byte in the buffer. */
  public long loadedFrom() {
    return loadedFrom;
  }

  /** Bytes that are needed to judge what stands here; nonsense is judged by its first 8. */
  private int wanted() {
    int at = (int) (position - loadedFrom);
    int size = buffer.getInt(at);
    return isRecord(buffer.getInt(at + StoredMessage.MAGIC_AT)) && size <= largestRecord
        ? size
        : StoredMessage.BLANK_BYTES;
  }

  private static boolean isRecord(int magic) {
    return magic == StoredMessage.MAGIC_V1 || magic == StoredMessage.MAGIC_V2;
  }

  /** Sees to it that so many bytes from the position on are in the buffer, if the file has them. */
  private void need(int bytes) throws IOException {
    long left = loadedFrom + buffer.limit() - position;
    if (left < bytes && left < end - position) {
      leaving.left(this);
      load(bytes);
    }
  }

  private void load(int atLeast) throws IOException {
    if (buffer.capacity() < atLeast) {
      buffer = ByteBuffer.allocate(atLeast);
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
    file.readFully(buffer, position - base);
    buffer.flip();
    loadedFrom = position;
  }

  private Found judge(boolean forced) {
    int at = (int) (position - loadedFrom);
    int size = buffer.getInt(at);
    int magic = buffer.getInt(at + StoredMessage.MAGIC_AT);
    if (magic == StoredMessage.BLANK_MAGIC) {
      if (size != end - position) {
        return flawed("a blank record of " + size + " bytes with " + (end - position) + " left");
      }
      behind = end;
      return Found.FILE_END;
    }
    if (size == 0 && magic == 0) {
      flaw = "nothing was written here";
      return Found.ZEROS;
    }
    String wrong = view.open(buffer, at);
    if (wrong != null) {
      return flawed(wrong);
    }
    if (view.logPosition() != position) {
      return flawed("it says that it stands at " + view.logPosition());
    }
    if (!view.bodyMatchesCrc()) {
      return flawed("the body has another checksum");
    }
    if (!forced && endIsTorn(at)) {
      return flawed("topic and properties were not written whole");
    }
    behind = position + view.size();
    return Found.RECORD;
  }

  private Found flawed(String why) {
    flaw = why;
    return Found.FLAWED;
  }

  /**
   * True if what lies behind the body was not written whole. No checksum covers topic and properties,
   * but a log file is all zeros before it is written and properties have no zero byte: a write that
   * stopped leaves a zero at the end, a lost sector zeros from its border on.
   */
  private boolean endIsTorn(int at) {
    // The length of no properties is zeros itself.
    int recordEnd = at + view.size() - (view.hasNoProperties() ? Short.BYTES : 0);
    if (buffer.get(recordEnd - 1) == 0) {
      return true;
    }
    int bodyEnd = at + view.bytesToBodyEnd();
    int place = (int) (position - base);
    int border = bodyEnd - (place + bodyEnd - at) % SECTOR_BYTES;
    for (; border < recordEnd; border += SECTOR_BYTES) {
      if (border > at
          && onlyZeros(Math.max(border, bodyEnd), Math.min(border + SECTOR_BYTES, recordEnd))) {
        return true;
      }
    }
    return false;
  }

  private boolean onlyZeros(int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The next place behind the position where a record says that it starts there; the file's end if
   * none does. Doesn't move the scan.
   */
  public long nextStart() throws IOException {
    ByteBuffer window = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = position + 1; at + StoredMessage.MIN_BYTES <= end; ) {
      window.clear().limit((int) Math.min(window.capacity(), end - at));
      file.readFully(window, at - base);
      int last = window.limit() - StoredMessage.MIN_BYTES;
      for (int i = 0; i <= last; i++) {
        if (isRecord(window.getInt(i + StoredMessage.MAGIC_AT))
            && window.getLong(i + StoredMessage.LOG_POSITION_AT) == at + i) {
          return at + i;
        }
      }
      at += last + 1;
    }
    return end;
  }
}
