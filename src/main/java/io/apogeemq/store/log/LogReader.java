package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.MessageStore.Entry;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads queues and records. Has no state but what damage it has told of; safe for all threads. What may go to the disk
 * belongs to the reader pool.
 */
public final class LogReader {
  /** Index entries that one read looks at before it answers that none was wanted (the original's). */
  private static final int MAX_LOOKED_AT = 16_000;

  /** Enough of a record to find its store timestamp, whatever its hosts. */
  private static final int HEAD_BYTES = StoredMessage.BORN_HOST_AT + 20 + 8;

  private static final int FIRST_READ_BYTES = 4096;

  /** Damaged records that are remembered as told; more are not told. */
  private static final int MAX_BAD_PLACES = 1024;

  /** Bound of an answer by key, bytes; the first record is always in it. */
  private static final int MAX_KEY_ANSWER_BYTES = 8 * 1024 * 1024;

  /** Records that one search by key reads in vain: another key, topic or time. */
  private static final int MAX_KEY_MISSES = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

  private final Set<Long> badPlaces = ConcurrentHashMap.newKeySet();
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
    try (RecordRanges found =
        new RecordRanges(cache, load, request.filter() != ReadRequest.EntryFilter.ALL)) {
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
    FilterBudget budget = request.filter().looksIntoRecords() ? new FilterBudget(load) : null;
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
          break;
        }
        chunk = index.entries().load(queue, offset);
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
          if (budget != null) {
            if (budget.isSpent() && offset > from) {
              break search;
            }
            budget.spend(size);
            RecordRanges.Look look = found.look(chunk.positionOf(at), size, request.filter());
            if (look == RecordRanges.Look.COLD) {
              break search;
            }
            if (look == RecordRanges.Look.UNWANTED) {
              offset = chunk.offsetOf(at + 1);
              continue;
            }
          }
          if (!found.isEmpty() && found.bytes() + size > request.maxBytes()) {
            break search;
          }
          try {
            if (!found.add(chunk.positionOf(at), size, queue.queueId(), chunk.offsetOf(at))) {
              break search;
            }
          } catch (RecordRanges.BadRecord bad) {
            report(bad, request);
            if (found.isEmpty()) {
              return new ReadResult.Failed(bad.getMessage(), offset, min, max);
            }
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
    if (offset > from) {
      return new ReadResult.NoneWanted(offset, min, max);
    }
    if (!load) {
      return new ReadResult.Cold(offset, min, max);
    }
    if (offset < queue.min()) {
      // Deleted while we looked.
      return new ReadResult.OffEnds(ReadResult.End.BEFORE_FIRST, queue.min(), queue.min(), max);
    }
    // No step was made: "none wanted" would bring the consumer back to the same place at once.
    return new ReadResult.Failed(
        "offset " + offset + " is in the queue, but its record can't be read", offset, min, max);
  }

  /** Logs a damaged record, each place once. */
  private void report(RecordRanges.BadRecord bad, ReadRequest request) {
    if (badPlaces.size() < MAX_BAD_PLACES && badPlaces.add(bad.position)) {
      LOG.error(
          "queue {}:{} can't be read on: {}", request.topic(), request.queueId(), bad.getMessage());
    }
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
