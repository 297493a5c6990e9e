package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.MessageStore.Entry;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.index.EntryChunk;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads queues and records. Has no state of its own; safe for all threads. What may go to the disk
 * belongs to the reader pool.
 */
public final class LogReader {
  /** Index entries that one read looks at before it answers that none was wanted (the original's). */
  private static final int MAX_LOOKED_AT = 16_000;

  /** Enough of a record to find its store timestamp, whatever its hosts. */
  private static final int HEAD_BYTES = StoredMessage.BORN_HOST_AT + 20 + 8;

  private static final int FIRST_READ_BYTES = 4096;

  private final CommitLog log;
  private final PageCache cache;
  private final LogIndex index;
  private final LogPositions positions;

  public LogReader(CommitLog log, PageCache cache, LogIndex index, LogPositions positions) {
    this.log = log;
    this.cache = cache;
    this.index = index;
    this.positions = positions;
  }

  /** Reads one queue without touching the disk; {@link ReadResult.Cold} if it would have to. */
  public ReadResult readHot(ReadRequest request) throws IOException {
    return look(request, null);
  }

  /**
   * Reads one queue, from the disk if need be.
   *
   * @param answer told the result before the page behind the one that was read is loaded too
   */
  public void read(ReadRequest request, Consumer<ReadResult> answer) throws IOException {
    RecordRanges.Ahead ahead = new RecordRanges.Ahead();
    answer.accept(look(request, ahead));
    if (ahead.page >= 0) {
      cache.loadAhead(ahead.page);
    }
  }

  private ReadResult look(ReadRequest request, RecordRanges.@Nullable Ahead load)
      throws IOException {
    QueueEntries queue = index.table().find(request.topic(), request.queueId());
    long offset = request.queueOffset();
    // The readable position is read before anything else: what it covers is published.
    long readable = positions.readable();
    long max = queue == null ? 0 : queue.max(readable);
    if (queue == null || max == 0) {
      return offset == 0
          ? new ReadResult.NothingYet(0, 0, 0)
          : new ReadResult.OffEnds(ReadResult.End.NO_QUEUE, 0, 0, 0);
    }
    long min = queue.min();
    if (offset < min) {
      return new ReadResult.OffEnds(ReadResult.End.BEFORE_FIRST, min, min, max);
    }
    if (offset == max) {
      return new ReadResult.NothingYet(max, min, max);
    }
    if (offset > max) {
      return new ReadResult.OffEnds(ReadResult.End.BEHIND_LAST, max, min, max);
    }
    try (RecordRanges found = new RecordRanges(cache, load)) {
      return gather(request, queue, offset, min, max, readable, found, load != null);
    }
  }

  private ReadResult gather(
      ReadRequest request,
      QueueEntries queue,
      long from,
      long min,
      long max,
      long readable,
      RecordRanges found,
      boolean load)
      throws IOException {
    long offset = from;
    int messages = 0;
    int lookedAt = 0;
    boolean cold = false;
    search:
    while (offset < max && messages < request.maxMessages()) {
      EntryChunk chunk = queue.chunkAt(offset);
      if (chunk == null) {
        long behindGap = offset >= queue.freshFrom() ? queue.freshAfter(offset) : -1;
        if (behindGap > offset) {
          offset = behindGap;
          continue;
        }
        if (!load) {
          cold = true;
          break;
        }
        chunk = index.load(queue, offset);
        if (chunk == null || chunk.firstOffset > offset) {
          long next = chunk == null ? queue.freshFrom() : chunk.firstOffset;
          if (next <= offset) {
            break;
          }
          offset = next;
          continue;
        }
      }
      int entries = chunk.entriesUpTo(readable, chunk.entries());
      int at = chunk.find(offset, entries);
      if (at < 0) {
        break;
      }
      for (; at < entries; at++) {
        if (messages >= request.maxMessages() || lookedAt >= MAX_LOOKED_AT) {
          break search;
        }
        lookedAt++;
        if (request.filter().wants(chunk.tagsCodeOf(at))) {
          int size = chunk.sizeOf(at);
          if (!found.isEmpty() && found.bytes() + size > request.maxBytes()) {
            break search;
          }
          if (!found.add(chunk.positionOf(at), size)) {
            cold = true;
            break search;
          }
          messages += chunk.countOf(at);
        }
        offset = chunk.offsetOf(at + 1);
      }
    }
    if (!found.isEmpty()) {
      return new ReadResult.Found(found.assemble(), messages, offset, min, max);
    }
    if (cold && offset == from && !load) {
      return new ReadResult.Cold(offset, min, max);
    }
    if (cold && load && offset < queue.min()) {
      // Deleted while we looked.
      return new ReadResult.OffEnds(ReadResult.End.BEFORE_FIRST, queue.min(), queue.min(), max);
    }
    return new ReadResult.NoneWanted(offset, min, max);
  }

  /** One behind the last readable offset of a queue; 0 for an unknown queue. */
  public long maxOffset(String topic, int queueId) {
    QueueEntries queue = index.table().find(topic, queueId);
    return queue == null ? 0 : queue.max(positions.readable());
  }

  /** Store timestamp of the message at a queue offset. */
  public OptionalLong storeTime(String topic, int queueId, long queueOffset) throws IOException {
    QueueEntries queue = index.table().find(topic, queueId);
    if (queue == null
        || queueOffset < queue.min()
        || queueOffset >= queue.max(positions.readable())) {
      return OptionalLong.empty();
    }
    long time = storeTimeAt(queue, queueOffset);
    return time < 0 ? OptionalLong.empty() : OptionalLong.of(time);
  }

  /** See {@link io.apogeemq.store.MessageStore#offsetByTime}. */
  public long offsetByTime(String topic, int queueId, long timestampMs, boolean upper)
      throws IOException {
    QueueEntries queue = index.table().find(topic, queueId);
    if (queue == null) {
      return 0;
    }
    long min = queue.min();
    long max = queue.max(positions.readable());
    if (min >= max) {
      return max;
    }
    // First offset whose time is not before (upper: is after) the wanted one; times never go back.
    long low = min;
    long high = max;
    while (low < high) {
      long middle = (low + high) >>> 1;
      long time = storeTimeAt(queue, middle);
      if (upper ? time <= timestampMs : time < timestampMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return upper ? Math.max(min, low - 1) : Math.min(low, max - 1);
  }

  /** Time of the message at an offset; of the one behind a gap; -1 if it is gone. */
  private long storeTimeAt(QueueEntries queue, long queueOffset) throws IOException {
    EntryChunk chunk = chunkAt(queue, queueOffset);
    if (chunk == null) {
      return -1;
    }
    int entry = Math.max(0, chunk.find(queueOffset, chunk.entries()));
    ByteBuffer head = ByteBuffer.allocate(Math.min(HEAD_BYTES, chunk.sizeOf(entry)));
    if (!log.read(chunk.positionOf(entry), head)) {
      return -1;
    }
    return head.getLong(StoredMessage.storeTimestampAt(head.getInt(StoredMessage.SYS_FLAG_AT)));
  }

  private @Nullable EntryChunk chunkAt(QueueEntries queue, long queueOffset) throws IOException {
    EntryChunk chunk = queue.chunkAt(queueOffset);
    return chunk != null ? chunk : index.load(queue, queueOffset);
  }

  /** Index entries from an offset on. */
  public List<Entry> entries(String topic, int queueId, long queueOffset, int max)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    QueueEntries queue = index.table().find(topic, queueId);
    if (queue == null) {
      return entries;
    }
    long end = queue.max(positions.readable());
    long offset = Math.max(queueOffset, queue.min());
    while (offset < end && entries.size() < max) {
      EntryChunk chunk = chunkAt(queue, offset);
      if (chunk == null) {
        break;
      }
      int at = chunk.find(Math.max(offset, chunk.firstOffset), chunk.entries());
      if (at < 0) {
        break;
      }
      for (; at < chunk.entries() && offset < end && entries.size() < max; at++) {
        entries.add(new Entry(chunk.positionOf(at), chunk.sizeOf(at), chunk.tagsCodeOf(at)));
        offset = chunk.offsetOf(at + 1);
      }
    }
    return entries;
  }

  /** The readable record that starts at a log position, in a buffer of its own; empty if none does. */
  public ByteBuf recordAt(long position) throws IOException {
    ByteBuffer bytes = bytesAt(position);
    return bytes == null ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
  }

  private @Nullable ByteBuffer bytesAt(long position) throws IOException {
    Segment segment = position < 0 ? null : log.at(position);
    if (segment == null) {
      return null;
    }
    long end = Math.min(positions.readable(), segment.base() + log.segmentSize());
    if (end - position < StoredMessage.MIN_BYTES) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(FIRST_READ_BYTES, end - position));
    if (!log.read(position, bytes)) {
      return null;
    }
    int size = bytes.getInt(StoredMessage.TOTAL_SIZE_AT);
    int magic = bytes.getInt(StoredMessage.MAGIC_AT);
    if (magic != StoredMessage.MAGIC_V1 && magic != StoredMessage.MAGIC_V2
        || bytes.getLong(StoredMessage.LOG_POSITION_AT) != position
        || size < StoredMessage.MIN_BYTES
        || size > end - position) {
      return null;
    }
    if (size > bytes.capacity()) {
      ByteBuffer whole = ByteBuffer.allocate(size).put(bytes.flip());
      if (!log.read(position + bytes.limit(), whole)) {
        return null;
      }
      bytes = whole;
    }
    bytes.position(0).limit(size);
    return new MessageView().open(bytes, 0) == null ? bytes : null;
  }

  /** See {@link io.apogeemq.store.MessageStore#recordsByKey}. */
  public ByteBuf recordsByKey(
      String topic, String key, boolean uniqueKey, long fromMs, long toMs, int max)
      throws IOException {
    List<ByteBuffer> found = new ArrayList<>();
    MessageView view = new MessageView();
    for (long position : index.positionsOfKey(topic, key, fromMs, toMs)) {
      if (found.size() >= max) {
        break;
      }
      ByteBuffer bytes = bytesAt(position);
      if (bytes == null || view.open(bytes, 0) != null) {
        continue;
      }
      long time = view.storeTimestampMs();
      if (time >= fromMs
          && time <= toMs
          && view.topic().equals(topic)
          && carries(view.properties(), key, uniqueKey)) {
        found.add(bytes);
      }
    }
    return found.isEmpty()
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(found.toArray(ByteBuffer[]::new));
  }

  private static boolean carries(byte[] properties, String key, boolean uniqueKey) {
    if (key.equals(Properties.get(properties, Properties.UNIQ_KEY))) {
      return true;
    }
    if (uniqueKey) {
      return false;
    }
    String keys = Properties.get(properties, Properties.KEYS);
    return keys != null && List.of(keys.split(" ")).contains(key);
  }
}
