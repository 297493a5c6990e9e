package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Walks over the records of a range of the log, each once, in order, through as many files as it
 * spans. No index is asked: where it doesn't begin with a record, and behind what is damaged, it looks
 * for the first place where a record says that it starts there. Confined to one thread; waits for the
 * disk.
 */
public final class RangeScan {
  private static final int BUFFER_BYTES = 1024 * 1024;

  private final CommitLog log;
  private final int maxRecordBytes;
  private final MessageView view = new MessageView();
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private long loadedFrom;

  /**
   * @param maxRecordBytes records that are larger are passed over
   */
  public RangeScan(CommitLog log, int maxRecordBytes) {
    this.log = log;
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * Shows the records that begin in a range.
   *
   * @param from log position; what is deleted already is left out
   * @param to log position behind the range, not beyond the log's end; nobody writes before it
   */
  public void show(long from, long to, Consumer<MessageView> each) throws IOException {
    for (long start = Math.max(from, log.minPosition()); start < to; ) {
      long fileEnd = log.baseOf(start) + log.segmentSize();
      showInFile(start, Math.min(to, fileEnd), fileEnd, each);
      start = fileEnd;
    }
  }

  /** A record that begins before {@code to} may end behind it, but not behind its file. */
  private void showInFile(long from, long to, long fileEnd, Consumer<MessageView> each)
      throws IOException {
    // One reused buffer: larger than any record, and no larger than what there is to see.
    int wanted = (int) Math.min(fileEnd - from, Math.max(BUFFER_BYTES, maxRecordBytes));
    if (buffer.capacity() < wanted) {
      buffer = ByteBuffer.allocate(wanted);
    }
    buffer.limit(0);
    loadedFrom = from;
    for (long position = from; position < to && fileEnd - position >= StoredMessage.MIN_BYTES; ) {
      if (isRecord(position, fileEnd)) {
        each.accept(view);
        position += view.size();
      } else if (endsFile(position, fileEnd)) {
        return;
      } else {
        position = nextStart(position + 1, Math.min(to, fileEnd), fileEnd);
      }
    }
  }

  /** Lays the view over the record at a position; false if none starts there. */
  private boolean isRecord(long position, long fileEnd) throws IOException {
    int at = load(position, StoredMessage.MIN_BYTES, fileEnd);
    if (!saysItStarts(at, position)) {
      return false;
    }
    int size = buffer.getInt(at);
    if (size < StoredMessage.MIN_BYTES || size > Math.min(fileEnd - position, buffer.capacity())) {
      return false;
    }
    return view.open(buffer, load(position, size, fileEnd)) == null;
  }

  /** True for the blank record that fills the rest of a file. */
  private boolean endsFile(long position, long fileEnd) throws IOException {
    int at = load(position, StoredMessage.MIN_BYTES, fileEnd);
    return buffer.getInt(at + StoredMessage.MAGIC_AT) == StoredMessage.BLANK_MAGIC
        && buffer.getInt(at) == fileEnd - position;
  }

  private long nextStart(long from, long to, long fileEnd) throws IOException {
    for (long at = from; at < to && fileEnd - at >= StoredMessage.MIN_BYTES; at++) {
      if (saysItStarts(load(at, StoredMessage.MIN_BYTES, fileEnd), at)) {
        return at;
      }
    }
    return to;
  }

  private boolean saysItStarts(int at, long position) {
    int magic = buffer.getInt(at + StoredMessage.MAGIC_AT);
    return (magic == StoredMessage.MAGIC_V1 || magic == StoredMessage.MAGIC_V2)
        && buffer.getLong(at + StoredMessage.LOG_POSITION_AT) == position;
  }

  /** Sees to it that bytes from a position on are in the buffer; returns the index of the first. */
  private int load(long position, int bytes, long fileEnd) throws IOException {
    if (position < loadedFrom || position + bytes > loadedFrom + buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), fileEnd - position));
      if (!log.read(position, buffer)) {
        throw new IOException("the log file of position " + position + " is gone");
      }
      buffer.flip();
      loadedFrom = position;
    }
    return (int) (position - loadedFrom);
  }
}
