package io.apogeemq.broker.delay;

import io.apogeemq.broker.send.Forwarding;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.remoting.Later;
import io.apogeemq.store.AppendResult.Appended;
import io.apogeemq.store.AppendResult.Refusal;
import io.apogeemq.store.AppendResult.Refused;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One delay level: delivers the messages of its queue in order, each when its time after its store time
 * has passed. All in the queue wait equally long, so the first that isn't due ends a turn, and of those
 * that wait nothing is kept in memory.
 *
 * <p>Store times never go back along the log. If the time of day is set back, messages of this level
 * come later, never earlier.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class LevelQueue {
  private static final Logger log = LoggerFactory.getLogger(LevelQueue.class);
  private static final long TRY_AGAIN_MS = 500;

  private final int level;
  private final long delayMs;
  private final InetSocketAddress storeHost;
  private final Delivery delivery;
  private final Later later;
  private final Runnable wake;
  private final QueueReader reader;

  /** What was taken from the queue and isn't surely delivered, in order. */
  private final ArrayDeque<Taken> taken = new ArrayDeque<>();

  private long wakeAtMs = Long.MIN_VALUE;
  private long neededFrom;
  private boolean resting;
  private boolean caughtUp;

  /** A message between its queue and its real one. */
  private static final class Taken {
    final long queueOffset;
    final long position;

    /** The record that delivers it doesn't lie before this log position. */
    final long floor;

    boolean done;

    Taken(long queueOffset, long position, long floor) {
      this.queueOffset = queueOffset;
      this.position = position;
      this.floor = floor;
    }
  }

  LevelQueue(
      int level,
      long delayMs,
      InetSocketAddress storeHost,
      MessageStore store,
      Completions back,
      Later later,
      Delivery delivery,
      Runnable wake) {
    this.level = level;
    this.delayMs = delayMs;
    this.storeHost = storeHost;
    this.delivery = delivery;
    this.later = later;
    this.wake = wake;
    reader = new QueueReader(store, back, later, SystemTopics.SCHEDULE, level - 1, wake);
  }

  int level() {
    return level;
  }

  long delayMs() {
    return delayMs;
  }

  void startAt(long queueOffset) {
    reader.startAt(queueOffset);
  }

  void arrived() {
    reader.arrived();
  }

  /** When to look again without being woken; {@link Long#MAX_VALUE} for not at all. */
  long wakeAtMs() {
    return wakeAtMs;
  }

  /** All before this queue offset is delivered. */
  long deliveredTo() {
    return taken.isEmpty() ? reader.next() : taken.peek().queueOffset;
  }

  /**
   * Deliveries of messages behind {@link #deliveredTo} don't lie before this log position: one that was
   * refused may have been passed by others.
   */
  long lowestPosition() {
    return taken.isEmpty() ? Long.MAX_VALUE : taken.peek().floor;
  }

  /** True if it has come once to a message that isn't due, or to its queue's end. */
  boolean hasCaughtUp() {
    return caughtUp;
  }

  /** The log is needed from here on for what waits; {@link Long#MAX_VALUE} if nothing does. */
  long neededFrom() {
    return taken.isEmpty() ? neededFrom : taken.peek().position;
  }

  /**
   * Delivers what is due.
   *
   * @param delivered positions of records that were delivered already, as the log says
   * @return false if nothing was to be done now
   */
  boolean step(long nowMs, PositionSet delivered) {
    if (resting || wakeAtMs != Long.MAX_VALUE && nowMs < wakeAtMs) {
      return false;
    }
    wakeAtMs = Long.MAX_VALUE;
    boolean worked = false;
    while (!resting && delivery.hasRoom()) {
      MessageView record = reader.peek();
      if (record == null) {
        if (reader.isAtEnd()) {
          neededFrom = Long.MAX_VALUE;
          caughtUp = true;
        }
        break;
      }
      long dueMs = record.storeTimestampMs() + delayMs;
      neededFrom = record.logPosition();
      boolean over = delivered.contains(record.logPosition());
      if (!over && dueMs > nowMs) {
        wakeAtMs = dueMs;
        caughtUp = true;
        reader.drop();
        break;
      }
      Taken each = new Taken(record.queueOffset(), record.logPosition(), delivery.floor());
      taken.add(each);
      MessageDraft draft = over ? null : draft(record);
      ByteBuf source = reader.source().retain();
      reader.pass();
      if (draft == null) {
        source.release();
        done(each);
      } else {
        start(each, draft, source);
      }
      worked = true;
    }
    return worked;
  }

  /** The message for its real queue; null if the record is damaged or doesn't say which. */
  private @Nullable MessageDraft draft(MessageView record) {
    if (!record.bodyMatchesCrc()) {
      leftOut(record, "its body doesn't fit its checksum");
      return null;
    }
    Forwarding message = Forwarding.of(record, storeHost);
    String topic = message.get(Properties.REAL_TOPIC);
    int queueId = number(message.get(Properties.REAL_QUEUE_ID));
    if (topic == null || topic.isEmpty() || queueId < 0) {
      leftOut(record, "it doesn't say where to go (topic " + topic + ", queue " + queueId + ")");
      return null;
    }
    MessageDraft draft =
        message
            .remove(Properties.DELAY, TimerProperties.DELIVER_MS, TimerProperties.DELAY_SEC)
            .to(topic, queueId)
            // Its half message's mark stays on the parked record; this one has its own.
            .transactionType(0)
            .preparedPosition(record.logPosition() + 1)
            .draft();
    if (draft.topicBytes().length > StoredMessage.MAX_TOPIC_BYTES) {
      leftOut(record, "its topic is too long: " + topic);
      return null;
    }
    return draft;
  }

  private void leftOut(MessageView record, String why) {
    log.error(
        "the delayed message at log position {} (level {}, offset {}) is left out: {}",
        record.logPosition(),
        level,
        record.queueOffset(),
        why);
  }

  /** A property's number, -1 if it is none. */
  static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void start(Taken each, MessageDraft draft, ByteBuf source) {
    delivery.start(
        draft,
        source.retain(), // ours is for another try
        new Delivery.Outcome() {
          @Override
          public void stored(Appended at) {
            source.release();
            done(each);
          }

          @Override
          public void refused(Refused why) {
            if (why.reason() == Refusal.TOO_LARGE) {
              log.error(
                  "the delayed message at log position {} can't be delivered: {}",
                  each.position,
                  why.detail());
              source.release();
              done(each);
              return;
            }
            // Those behind it wait, so that the order stays.
            resting = true;
            later.in(
                TRY_AGAIN_MS,
                () -> {
                  resting = false;
                  start(each, draft, source);
                  wake.run();
                });
          }
        });
  }

  private void done(Taken each) {
    each.done = true;
    while (!taken.isEmpty() && taken.peek().done) {
      taken.remove();
    }
  }
}
