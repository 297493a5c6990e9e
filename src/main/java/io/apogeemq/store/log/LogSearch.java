package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.MessageStore.Entry;
import io.apogeemq.store.index.EntryChunk;
import io.apogeemq.store.index.KeyLookup;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Looks for messages by time, by key, by position: what may need many reads of the disk and so runs on
 * reader threads. Safe for all of them.
 */
public final class LogSearch {
  /** Enough of a record to find its store timestamp, whatever its hosts. */
  private static final int HEAD_BYTES = StoredMessage.BORN_HOST_AT + 20 + 8;

  private static final int FIRST_READ_BYTES = 4096;

  /** Bound of an answer by key, bytes; the first record is always in it. */
  private static final int MAX_KEY_ANSWER_BYTES = 8 * 1024 * 1024;

  /** Records that one search by key reads in vain: another key, topic or time. */
  private static final int MAX_KEY_MISSES = 10_000;

  private final CommitLog log;
  private final LogIndex index;
  private final LogPositions positions;

  public LogSearch(CommitLog log, LogIndex index, LogPositions positions) {
    this.log = log;
    this.index = index;
    this.positions = positions;
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
    return chunk != null ? chunk : index.entries().load(queue, queueOffset);
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
        || size > Math.min(end - position, RecordScan.LARGEST_RECORD)) {
      // Clients name positions, and what stands in a body may look like a record of any size.
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
    KeySearch search = new KeySearch(topic, key, uniqueKey, fromMs, toMs, max);
    if (max > 0) {
      index.keys().positionsOf(topic, key, fromMs, toMs, search);
    }
    return search.found.isEmpty()
        ? Unpooled.EMPTY_BUFFER
        : Unpooled.wrappedBuffer(search.found.toArray(ByteBuffer[]::new));
  }

  /** Takes the records that really carry the key, until there are enough. Confined to one search. */
  private final class KeySearch implements KeyLookup.Visitor {
    final List<ByteBuffer> found = new ArrayList<>();
    private final MessageView view = new MessageView();
    private final String topic;
    private final String key;
    private final boolean uniqueKey;
    private final long fromMs;
    private final long toMs;
    private final int max;
    private long bytesFound;
    private int misses;

    KeySearch(String topic, String key, boolean uniqueKey, long fromMs, long toMs, int max) {
      this.topic = topic;
      this.key = key;
      this.uniqueKey = uniqueKey;
      this.fromMs = fromMs;
      this.toMs = toMs;
      this.max = max;
    }

    @Override
    public boolean visit(long position) throws IOException {
      ByteBuffer bytes = bytesAt(position);
      if (bytes == null || !matches(bytes)) {
        return ++misses < MAX_KEY_MISSES;
      }
      if (!found.isEmpty() && bytesFound + bytes.remaining() > MAX_KEY_ANSWER_BYTES) {
        return false;
      }
      bytesFound += bytes.remaining();
      found.add(bytes);
      return found.size() < max;
    }

    private boolean matches(ByteBuffer bytes) {
      return view.open(bytes, 0) == null
          && view.storeTimestampMs() >= fromMs
          && view.storeTimestampMs() <= toMs
          && view.topic().equals(topic)
          && carries(view.properties(), key, uniqueKey);
    }
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
