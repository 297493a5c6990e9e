package io.apogeemq.broker.pop;

import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.SubscriptionGroupConfig;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back messages whose lease has ended: copies them into the group's retry topic of their topic, with
 * one more reconsumption, or into the group's dead-letter topic when there were enough. What lies in a retry
 * topic already goes to its end.
 *
 * <pre>
 * lease ended → being copied → read → appended → done (a step in the log)
 *                    └──── could not be read or stored: leased for a second, and again
 * </pre>
 *
 * <p>A copy names in its prepared position what it is a copy of (log position + 1). If the process ends
 * between the append and the step, the next start sees the copy and makes no second one.
 *
 * <p>Everything runs on one loop. So many messages are being copied at a time, at most.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Revival {
  /** So many messages are being copied at a time. */
  private static final int MAX_COPYING = 1024;

  /** So many are read at once. */
  private static final int MAX_RUN = 32;

  private static final int READ_BYTES = 1024 * 1024;

  /** So long until a message is tried again that could not be copied. */
  private static final long AGAIN_MS = 1000;

  /** Copies without a step lie within these bytes of the log's end: steps follow within milliseconds. */
  private static final long TAIL_BYTES = 16 * 1024 * 1024;

  private static final int MAX_MARKS = 1_000_000;
  private static final int QUEUE = 0;
  private static final int READ_WRITE = TopicConfig.READ | TopicConfig.WRITE;

  private static final String FIRST_POP_TIME = "1ST_POP_TIME";
  private static final String ORIGIN_GROUP = "ORIGIN_GROUP";
  private static final String RETRY_TOPIC = "RETRY_TOPIC";
  private static final String DLQ_ORIGIN_TOPIC = "DLQ_ORIGIN_TOPIC";
  private static final String DLQ_ORIGIN_MESSAGE_ID = "DLQ_ORIGIN_MESSAGE_ID";

  private static final Logger log = LoggerFactory.getLogger(Revival.class);

  private final PopTable table;
  private final TopicTable topics;
  private final GroupTable groups;
  private final MessageStore store;
  private final Completions back;
  private final Rates rates;
  private final InetSocketAddress storeHost;
  private final int retryForm;
  private final LongSupplier wallClockMs;

  /**
   * By the topic that the copy went to, for the log positions of messages: when the last of their copies
   * was stored (ms since 1970) that the last run has left in the log's end. Each group has retry topics
   * and a dead-letter topic of its own, and a copy for one group is none for another. A copy that is older
   * than the delivery whose lease has ended is that of an earlier one: the group was set back since.
   */
  private final Map<String, Map<Long, Long>> copied = new HashMap<>();

  private int marks;

  private long startedMs;
  private int copying;
  private boolean complained;

  /**
   * @param back the way back to the loop that all of this runs on
   * @param retryForm see {@link PopRetryTopics}
   */
  Revival(
      PopTable table,
      TopicTable topics,
      GroupTable groups,
      MessageStore store,
      Completions back,
      Rates rates,
      InetSocketAddress storeHost,
      int retryForm,
      LongSupplier wallClockMs) {
    this.table = table;
    this.topics = topics;
    this.groups = groups;
    this.store = store;
    this.back = back;
    this.rates = rates;
    this.storeHost = storeHost;
    this.retryForm = retryForm;
    this.wallClockMs = wallClockMs;
  }

  /** Asks to be shown the end of the last run's log. Before the start. */
  @RunsOn(ThreadRole.UPKEEP)
  void askFor(LogPass pass) {
    startedMs = wallClockMs.getAsLong();
    pass.showTail(
        TAIL_BYTES,
        (record, ageMs) -> {
          if (record.preparedPosition() != 0
              && marks < MAX_MARKS
              && (record.topic().startsWith(Names.RETRY) || record.topic().startsWith(Names.DLQ))) {
            marks++;
            copied
                .computeIfAbsent(record.topic(), topic -> new HashMap<>())
                .merge(record.preparedPosition() - 1, record.storeTimestampMs(), Math::max);
          }
        });
  }

  /** Begins to copy what has ended by now. Several times a second. */
  void tick() {
    long now = wallClockMs.getAsLong();
    for (PopQueue queue : table.all()) {
      if (copying >= MAX_COPYING) {
        return;
      }
      long[] ended = queue.takeEnded(now, MAX_COPYING - copying);
      copying += ended.length;
      for (int i = 0; i < ended.length; ) {
        int next = i + 1;
        while (next < ended.length && next - i < MAX_RUN && ended[next] == ended[next - 1] + 1) {
          next++;
        }
        copy(queue, ended[i], ended[next - 1] + 1);
        i = next;
      }
    }
  }

  /** Copies the messages of [from, to), all of which have ended. */
  private void copy(PopQueue queue, long from, long to) {
    if (from >= to) {
      return;
    }
    QueueKey key = queue.key();
    ReadRequest request =
        new ReadRequest(
            key.topic(),
            key.queueId(),
            from,
            (int) (to - from),
            READ_BYTES,
            ReadRequest.EntryFilter.ALL);
    ReadResult hot = store.readHot(request);
    if (hot instanceof ReadResult.Cold) {
      store.read(request, back, result -> takeRead(queue, from, to, result));
    } else {
      takeRead(queue, from, to, hot);
    }
  }

  private void takeRead(PopQueue queue, long from, long to, ReadResult result) {
    if (result instanceof ReadResult.Found found) {
      long end = Math.min(to, found.nextOffset());
      ByteBuf records = found.records();
      try {
        takeRecords(queue, from, end, records);
      } finally {
        records.release();
      }
      copy(queue, end, to);
    } else if (result instanceof ReadResult.OffEnds off
        && off.end() == ReadResult.End.BEFORE_FIRST) {
      long end = Math.min(to, off.nextOffset());
      log.warn(
          "{} messages of {} were deleted for their age before the group acknowledged them",
          end - from,
          queue.key());
      done(queue, from, end);
      copy(queue, end, to);
    } else if (result instanceof ReadResult.OffEnds || result instanceof ReadResult.NothingYet) {
      done(queue, from, to); // the topic was deleted, or the log lost its end: there is nothing
    } else {
      String reason = result instanceof ReadResult.Failed failed ? failed.reason() : "no answer";
      complain("messages of " + queue.key() + " can't be read: " + reason, null);
      again(queue, from, to);
    }
  }

  private void takeRecords(PopQueue queue, long from, long to, ByteBuf records) {
    ByteBuffer bytes = records.nioBuffer();
    MessageView view = new MessageView();
    long expected = from;
    for (int at = 0; at < bytes.limit(); at += view.size()) {
      String wrong = view.open(bytes, at);
      if (wrong != null) {
        complain("the store gave a broken record of " + queue.key() + ": " + wrong, null);
        again(queue, expected, to);
        return;
      }
      long offset = view.queueOffset();
      done(queue, expected, Math.min(offset, to)); // places without a message of their own
      expected = Math.max(expected, offset + 1);
      if (offset >= from && offset < to) {
        try {
          copyOne(queue, offset, view, records);
        } catch (RuntimeException e) {
          complain("message " + offset + " of " + queue.key() + " can't be copied", e);
          again(queue, offset, offset + 1);
        }
      }
    }
    done(queue, expected, to);
  }

  private void copyOne(PopQueue queue, long offset, MessageView view, ByteBuf records) {
    QueueKey key = queue.key();
    long popTime = queue.popTimeOfEnded(offset);
    SubscriptionGroupConfig group = groups.find(key.group());
    if (popTime == 0 || group == null || wasCopied(key, view.logPosition(), popTime)) {
      done(queue, offset, offset + 1);
      return;
    }
    boolean dead = view.reconsumeTimes() >= group.retryMaxTimes();
    String target = dead ? Names.dlqTopic(key.group()) : retryTopic(key);
    MessageDraft draft = draft(key, view, popTime, target, dead);
    Future<TopicConfig> there = topic(target);
    records.retain();
    there.onComplete(
        (topic, failure) -> {
          if (failure == null) {
            append(queue, offset, draft, records);
          } else {
            records.release();
            complain("topic " + target + " could not be created", failure);
            again(queue, offset, offset + 1);
          }
        });
  }

  /** Whether the last run has copied the message already, after this delivery of it. */
  private boolean wasCopied(QueueKey key, long logPosition, long popTime) {
    return popTime < startedMs
        && (copiedMs(retryTopic(key), logPosition) >= popTime
            || copiedMs(Names.dlqTopic(key.group()), logPosition) >= popTime);
  }

  private long copiedMs(String topic, long logPosition) {
    return copied.getOrDefault(topic, Map.of()).getOrDefault(logPosition, Long.MIN_VALUE);
  }

  private String retryTopic(QueueKey key) {
    return PopRetryTopics.kindOf(key.topic()) == PopRetryTopics.NORMAL
        ? PopRetryTopics.name(key.topic(), key.group(), retryForm)
        : key.topic();
  }

  private Future<TopicConfig> topic(String name) {
    TopicConfig known = topics.find(name);
    return known != null
        ? Future.succeededFuture(known)
        : topics.createGroupTopic(TopicConfig.of(name, 1, READ_WRITE));
  }

  private MessageDraft draft(
      QueueKey key, MessageView view, long popTime, String target, boolean dead) {
    MessageDraft full = forwarding(key, view, popTime, target, dead, true).draft();
    return Forwarding.fits(full)
        ? full
        : forwarding(key, view, popTime, target, dead, false).draft();
  }

  /** {@code explained}: with the properties that tell where it comes from, if there is room for them. */
  private Forwarding forwarding(
      QueueKey key,
      MessageView view,
      long popTime,
      String target,
      boolean dead,
      boolean explained) {
    Forwarding copy =
        Forwarding.of(view, storeHost)
            .to(target, QUEUE)
            .transactionType(0)
            .reconsumeTimes(view.reconsumeTimes() + 1)
            .preparedPosition(view.logPosition() + 1);
    if (!explained) {
      return copy;
    }
    copy.set(ORIGIN_GROUP, key.group());
    if (copy.get(FIRST_POP_TIME) == null) {
      copy.set(FIRST_POP_TIME, Long.toString(popTime));
    }
    if (dead) {
      String origin = PopRetryTopics.asked(key.topic(), key.group());
      copy.set(RETRY_TOPIC, origin).set(DLQ_ORIGIN_TOPIC, origin);
      String id = copy.get(Properties.UNIQ_KEY);
      if (id != null) {
        copy.set(DLQ_ORIGIN_MESSAGE_ID, id);
      }
    }
    return copy;
  }

  private void append(PopQueue queue, long offset, MessageDraft draft, ByteBuf records) {
    store.append(
        List.of(draft),
        true,
        back,
        result -> {
          if (!(result instanceof AppendResult.Refused)) {
            rates.putMessages(draft.topic(), 1, draft.body().readableBytes());
          }
          records.release();
          settle(queue, offset, result);
        });
  }

  private void settle(PopQueue queue, long offset, AppendResult result) {
    if (result instanceof AppendResult.Appended) {
      complained = false;
      done(queue, offset, offset + 1);
    } else if (result instanceof AppendResult.Unknown unknown) {
      // Stored, but not as durably as promised yet: neither done nor to be copied again.
      complain("a copy of message " + offset + " of " + queue.key() + " waits for the disk", null);
      store.awaitDurable(unknown.at(), true, back, again -> settle(queue, offset, again));
    } else if (result instanceof AppendResult.Refused refused) {
      complain(
          "message " + offset + " of " + queue.key() + " not copied: " + refused.detail(), null);
      again(queue, offset, offset + 1);
    }
  }

  /** The messages of [from, to) are where they are consumed again, or nowhere. */
  private void done(PopQueue queue, long from, long to) {
    for (long offset = from; offset < to; offset++) {
      copying--;
      queue.copied(offset);
    }
  }

  private void again(PopQueue queue, long from, long to) {
    long visibleAgain = wallClockMs.getAsLong() + AGAIN_MS;
    for (long offset = from; offset < to; offset++) {
      copying--;
      queue.notCopied(offset, visibleAgain);
    }
  }

  /** Once until one succeeds: a broken disk would fill the log file else. */
  private void complain(String what, @Nullable Throwable failure) {
    if (!complained) {
      complained = true;
      log.warn("{}; trying again every second", what, failure);
    }
  }
}
