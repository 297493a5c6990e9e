package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.StoredMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Walks over the newest records of the active segment, each once, in order. Where it begins no index
 * is asked: it looks for the first place where a record says that it starts there. What is damaged is
 * passed over in the same way. Confined to one thread; waits for the disk.
 */
public final class TailScan {
  private static final int BUFFER_BYTES = 1024 * 1024;

  private final CommitLog log;
  private final int maxRecordBytes;
  private final MessageView view = new MessageView();
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private long loadedFrom;

  /**
   * @param maxRecordBytes records that are larger are passed over
   */
  public TailScan(CommitLog log, int maxRecordBytes) {
    this.log = log;
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * Shows the records that begin in the last bytes of the log, within its last segment.
   *
   * @param end where the log ends; nobody writes before it
   */
  public void show(long end, long maxBytes, Consumer<MessageView> each) throws IOException {
    long from = Math.max(log.baseOf(end), end - maxBytes);
    // One reused buffer: larger than any record, and no larger than what there is to see.
    buffer =
        ByteBuffer.allocate((int) Math.min(end - from, Math.max(BUFFER_BYTES, maxRecordBytes)));
    buffer.limit(0);
    loadedFrom = from;
    for (long position = from; end - position >= StoredMessage.MIN_BYTES; ) {
      if (isRecord(position, end)) {
        each.accept(view);
        position += view.size();
      } else {
        position = nextStart(position + 1, end);
      }
    }
  }

  /** Lays the view over the record at a position; false if none starts there. */
  private boolean isRecord(long position, long end) throws IOException {
    int at = load(position, StoredMessage.MIN_BYTES, end);
    if (!saysItStarts(at, position)) {
      return false;
    }
    int size = buffer.getInt(at);
    if (size < StoredMessage.MIN_BYTES || size > Math.min(end - position, buffer.capacity())) {
      return false;
    }
    return view.open(buffer, load(position, size, end)) == null;
  }

  private long nextStart(long from, long end) throws IOException {
    long position = from;
    while (end - position >= StoredMessage.MIN_BYTES) {
      if (saysItStarts(load(position, StoredMessage.MIN_BYTES, end), position)) {
        return position;
      }
      position++;
    }
    return end;
  }

  private boolean saysItStarts(int at, long position) {
    int magic = buffer.getInt(at + StoredMessage.MAGIC_AT);
    return (magic == StoredMessage.MAGIC_V1 || magic == StoredMessage.MAGIC_V2)
        && buffer.getLong(at + StoredMessage.LOG_POSITION_AT) == position;
  }

  /** Sees to it that bytes from a position on are in the buffer; returns the index of the first. */
  private int load(long position, int bytes, long end) throws IOException {
    if (position + bytes > loadedFrom + buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - position));
      if (!log.read(position, buffer)) {
        throw new IOException("the log file of position " + position + " is gone");
      }
      buffer.flip();
      loadedFrom = position;
    }
    return (int) (position - loadedFrom);
  }
}
