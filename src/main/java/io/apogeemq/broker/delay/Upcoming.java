package io.apogeemq.broker.delay;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.body.DelayedMessages;
import io.apogeemq.protocol.body.DelayedMessages.Delayed;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells an administrator what waits, soonest first, a page at a time. The levels' queues are read by
 * the reader threads, one after the other; of the timers the soonest are taken from the heap, and only
 * the records of those that are told are read. A page ends early where a level's next record was not
 * read with it.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Upcoming {
  /** Most messages of a page. */
  static final int MAX_MESSAGES = 200;

  private static final int LEVEL_BYTES = 256 * 1024;

  private final DelayConfig config;
  private final MessageStore store;
  private final Completions back;
  private final List<LevelQueue> levels;
  private final Timers timers;
  private final MessageId.Formatter ids;

  /** Something that waits; of a timer only when and where is known. */
  private record Waiting(
      long dueMs, long position, int level, long offset, @Nullable Delayed message) {}

  /** What a source gives in order. {@code more}: there is more behind it. */
  private record Source(Deque<Waiting> waiting, boolean more) {}

  Upcoming(
      DelayConfig config,
      MessageStore store,
      Completions back,
      List<LevelQueue> levels,
      Timers timers) {
    this.config = config;
    this.store = store;
    this.back = back;
    this.levels = levels;
    this.timers = timers;
    ids = new MessageId.Formatter(config.storeHost());
  }

  /**
   * The page behind a place. Fails with {@link Refused} if the cursor is none, or so far back that
   * looking for it would keep deliveries waiting.
   */
  Future<DelayedMessages> page(int max, @Nullable String after) {
    DelayCursor cursor = DelayCursor.parse(after);
    if (cursor == null) {
      return Future.failedFuture(
          new Refused(
              ResponseCode.INVALID_PARAMETER,
              "'" + after + "' is no place in a list of delayed messages; take one that was told"));
    }
    int count = Math.max(1, Math.min(max, MAX_MESSAGES));
    List<long[]> soonest = timers.next(count + 1, cursor.dueMs(), cursor.position());
    if (soonest == null) {
      return Future.failedFuture(
          new Refused(
              ResponseCode.ILLEGAL_OPERATION,
              "more than "
                  + TimerHeap.MAX_LOOKED_AT
                  + " timers are due before this place; look at those that are due sooner"));
    }
    List<Source> sources = new ArrayList<>();
    Deque<Waiting> ofTimers = new ArrayDeque<>();
    for (long[] each : soonest.subList(0, Math.min(count, soonest.size()))) {
      ofTimers.add(new Waiting(each[0], each[1], 0, 0, null));
    }
    sources.add(new Source(ofTimers, soonest.size() > count));
    return readLevels(0, count, cursor, sources).compose(read -> tell(count, cursor, sources));
  }

  private Future<Void> readLevels(int index, int count, DelayCursor cursor, List<Source> sources) {
    for (int i = index; i < levels.size(); i++) {
      LevelQueue level = levels.get(i);
      long from = Math.max(level.deliveredTo(), cursor.nextIn(level.level()));
      if (from < end(level)) {
        int following = i + 1;
        return read(level, from, count)
            .compose(
                source -> {
                  sources.add(source);
                  return readLevels(following, count, cursor, sources);
                });
      }
    }
    return Future.succeededFuture();
  }

  private long end(LevelQueue level) {
    return store.maxOffset(SystemTopics.SCHEDULE, level.level() - 1);
  }

  private Future<Source> read(LevelQueue level, long from, int count) {
    Promise<Source> done = Promise.promise();
    store.read(
        new ReadRequest(
            SystemTopics.SCHEDULE,
            level.level() - 1,
            from,
            count,
            LEVEL_BYTES,
            ReadRequest.EntryFilter.ALL),
        back,
        result -> {
          Source source = source(level, result);
          boolean goesOn = result.nextOffset() > from && result.nextOffset() < result.maxOffset();
          if (source.waiting().isEmpty() && goesOn) { // what lay here is gone, or can't be read
            read(level, result.nextOffset(), count).onComplete(done);
          } else {
            done.complete(source);
          }
        });
    return done.future();
  }

  private Source source(LevelQueue level, ReadResult result) {
    Deque<Waiting> waiting = new ArrayDeque<>();
    if (result instanceof ReadResult.Found found) {
      try {
        MessageView view = new MessageView();
        ByteBuffer bytes = found.records().nioBuffer();
        for (int at = 0; at < bytes.limit() && view.open(bytes, at) == null; at += view.size()) {
          long dueMs = view.storeTimestampMs() + level.delayMs();
          waiting.add(
              new Waiting(
                  dueMs,
                  view.logPosition(),
                  level.level(),
                  view.queueOffset(),
                  message(view, dueMs, level.level())));
        }
      } finally {
        found.records().release();
      }
    }
    // What can't be read is passed over here as it is by those who deliver.
    return new Source(waiting, result.nextOffset() < result.maxOffset() && !waiting.isEmpty());
  }

  /** Merges the sources, as far as it is clear what comes next. */
  private Future<DelayedMessages> tell(int count, DelayCursor cursor, List<Source> sources) {
    Comparator<Source> byTime =
        Comparator.<Source>comparingLong(each -> each.waiting().peek().dueMs())
            .thenComparingLong(each -> each.waiting().peek().position());
    List<Waiting> page = new ArrayList<>();
    List<String> places = new ArrayList<>();
    boolean unclear = false;
    while (page.size() < count && !unclear) {
      Source next =
          sources.stream().filter(each -> !each.waiting().isEmpty()).min(byTime).orElse(null);
      if (next == null) {
        break;
      }
      Waiting each = next.waiting().remove();
      if (each.level() == 0) {
        cursor.timer(each.dueMs(), each.position());
      } else {
        cursor.level(each.level(), each.offset() + 1);
      }
      page.add(each);
      places.add(cursor.toString());
      unclear = next.waiting().isEmpty() && next.more();
    }
    boolean more = unclear || sources.stream().anyMatch(each -> !each.waiting().isEmpty());
    List<Delayed> messages = new ArrayList<>();
    String next = more ? cursor.toString() : null;
    return readTimers(0, page, places, messages)
        .map(read -> new DelayedMessages(List.copyOf(messages), next, counts(), timers.pending()));
  }

  private List<DelayedMessages.Level> counts() {
    List<DelayedMessages.Level> all = new ArrayList<>();
    for (LevelQueue each : levels) {
      long waiting = end(each) - each.deliveredTo();
      if (waiting > 0) {
        all.add(new DelayedMessages.Level(each.level(), each.delayMs(), waiting));
      }
    }
    return all;
  }

  /** Reads the records of the timers of a page, one after the other. */
  private Future<Void> readTimers(
      int index, List<Waiting> page, List<String> places, List<Delayed> into) {
    for (int i = index; i < page.size(); i++) {
      Waiting each = page.get(i);
      Delayed known = each.message();
      if (known == null) {
        int at = i;
        Promise<ByteBuf> record = Promise.promise();
        store.recordAt(each.position(), back, record::complete);
        return record
            .future()
            .compose(
                bytes -> {
                  Delayed read = timer(bytes, each);
                  if (read != null) {
                    into.add(behind(read, places.get(at)));
                  }
                  return readTimers(at + 1, page, places, into);
                });
      }
      into.add(behind(known, places.get(i)));
    }
    return Future.succeededFuture();
  }

  /** Null if the record can't be read, or was deleted meanwhile. */
  private @Nullable Delayed timer(ByteBuf bytes, Waiting each) {
    try {
      MessageView view = new MessageView();
      return bytes.isReadable() && view.open(bytes.nioBuffer(), 0) == null
          ? message(view, each.dueMs(), 0)
          : null;
    } finally {
      bytes.release();
    }
  }

  private Delayed message(MessageView record, long dueMs, int level) {
    byte[] properties = record.properties();
    String topic = Properties.get(properties, Properties.REAL_TOPIC);
    String key = Properties.get(properties, Properties.UNIQ_KEY);
    long outMs = TimerRecord.outMs(properties);
    boolean recallable = level == 0 && topic != null && key != null && outMs >= 0;
    return new Delayed(
        "",
        dueMs,
        level,
        topic == null ? "" : topic,
        LevelQueue.number(Properties.get(properties, Properties.REAL_QUEUE_ID)),
        record.topic(),
        Properties.get(properties, Properties.TAGS),
        Properties.get(properties, Properties.KEYS),
        key,
        record.body().remaining(),
        record.storeTimestampMs(),
        ids.format(record.logPosition()),
        recallable ? new RecallHandle(topic, config.brokerName(), outMs + 1, key).encode() : null);
  }

  private static Delayed behind(Delayed message, String after) {
    return new Delayed(
        after,
        message.dueMs(),
        message.level(),
        message.topic(),
        message.queueId(),
        message.parkedIn(),
        message.tags(),
        message.keys(),
        message.uniqueKey(),
        message.bodyBytes(),
        message.storedMs(),
        message.offsetMsgId(),
        message.recallHandle());
  }
}
