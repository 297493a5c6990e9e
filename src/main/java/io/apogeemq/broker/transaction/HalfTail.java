package io.apogeemq.broker.transaction;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a queue of the log: gives every record from an offset on, once and in order, as far as it is
 * readable. What is in memory is given at once; what isn't is fetched, and given later.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class HalfTail {
  private static final Logger LOG = LoggerFactory.getLogger(HalfTail.class);
  private static final int READ_MESSAGES = 256;
  private static final int READ_BYTES = 1024 * 1024;

  private final MessageStore store;
  private final Completions back;
  private final String topic;
  private final Consumer<MessageView> each;
  private final MessageView view = new MessageView();
  private long next;
  private boolean fetching;
  private Runnable caughtUp = () -> {};

  HalfTail(
      MessageStore store, Completions back, String topic, long from, Consumer<MessageView> each) {
    this.store = store;
    this.back = back;
    this.topic = topic;
    this.next = from;
    this.each = each;
  }

  static HalfTail ofHalves(
      MessageStore store, Completions back, long from, Consumer<MessageView> each) {
    return new HalfTail(store, back, SystemTopics.HALF, from, each);
  }

  /** Every record before this offset was given. */
  long next() {
    return next;
  }

  /** False while records are being fetched from the disk. */
  boolean isIdle() {
    return !fetching;
  }

  /** Gives what is readable; whoever waits for fetched records is told by {@code then}. */
  void catchUp(Runnable then) {
    caughtUp = then;
    catchUp();
  }

  private void catchUp() {
    while (!fetching) {
      ReadRequest request =
          new ReadRequest(
              topic,
              HalfDetour.QUEUE,
              next,
              READ_MESSAGES,
              READ_BYTES,
              ReadRequest.EntryFilter.ALL);
      ReadResult found = store.readHot(request);
      if (found instanceof ReadResult.Cold) {
        fetching = true;
        store.read(
            request,
            back,
            fetched -> {
              fetching = false;
              if (take(fetched)) {
                catchUp();
              }
              if (!fetching) {
                caughtUp.run();
              }
            });
      } else if (!take(found)) {
        return;
      }
    }
  }

  /** Takes a read's outcome; true if reading on makes sense. */
  private boolean take(ReadResult found) {
    if (found instanceof ReadResult.Found records) {
      give(records.records());
      next = records.nextOffset();
      return true;
    }
    if (found instanceof ReadResult.OffEnds off) {
      if (off.nextOffset() > next) {
        LOG.error("records {} to {} of {} are gone", next, off.nextOffset(), topic);
      }
      next = Math.max(next, off.nextOffset());
      return off.end() == ReadResult.End.BEFORE_FIRST;
    }
    if (found instanceof ReadResult.Failed failed) {
      LOG.error("{} can't be read from offset {} on: {}", topic, next, failed.reason());
    }
    return false;
  }

  private void give(ByteBuf records) {
    try {
      ByteBuffer bytes = records.nioBuffer();
      for (int at = 0; at < bytes.limit(); at += view.size()) {
        String wrong = view.open(bytes, at);
        if (wrong != null) {
          throw new IllegalStateException("the store gave a broken record: " + wrong);
        }
        each.accept(view);
      }
    } finally {
      records.release();
    }
  }
}
