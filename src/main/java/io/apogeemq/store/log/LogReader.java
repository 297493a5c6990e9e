package io.apogeemq.store.log;

import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.index.EntryChunk;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads queues. Has no state but what damage it has told of; safe for all threads. What may go to the disk
 * belongs to the reader pool.
 */
public final class LogReader {
  /** Index entries that one read looks at before it answers that none was wanted (the original's). */
  private static final int MAX_LOOKED_AT = 16_000;

  /** Damaged records that are remembered as told; more are not told. */
  private static final int MAX_BAD_PLACES = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);

  private final Set<Long> badPlaces = ConcurrentHashMap.newKeySet();
  private final PageCache cache;
  private final LogIndex index;
  private final LogPositions positions;

  public LogReader(PageCache cache, LogIndex index, LogPositions positions) {
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
            if ((budget.isSpent() || found.hasWalkedFar()) && offset > from) {
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
}
