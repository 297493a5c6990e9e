package io.apogeemq.broker.delay;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.remoting.Later;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a queue of parked messages in order, one record after the other. A record that can't be read
 * after some tries is passed over with an error in the log: those behind it must not wait for it. Holds
 * the records of one read at most.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class QueueReader {
  private static final Logger log = LoggerFactory.getLogger(QueueReader.class);

  private static final int READ_MESSAGES = 128;
  private static final int READ_BYTES = 1024 * 1024;
  private static final int TRIES = 3;
  private static final long TRY_AGAIN_MS = 1000;

  private final MessageStore store;
  private final Completions back;
  private final Later later;
  private final String topic;
  private final int queueId;
  private final Runnable wake;
  private final MessageView view = new MessageView();

  private long next;
  private @Nullable ByteBuf records;
  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private int at;
  private long behindRecords;
  private boolean atEnd;
  private boolean busy;
  private int failures;

  /** {@code wake}: a read has ended that {@link #peek} did not wait for. */
  QueueReader(
      MessageStore store, Completions back, Later later, String topic, int queueId, Runnable wake) {
    this.store = store;
    this.back = back;
    this.later = later;
    this.topic = topic;
    this.queueId = queueId;
    this.wake = wake;
  }

  /** Goes to a queue offset. */
  void startAt(long queueOffset) {
    drop();
    next = queueOffset;
    atEnd = false;
  }

  /** Queue offset of the next record. */
  long next() {
    return next;
  }

  /** True if the queue's end was reached and nothing has come since. */
  boolean isAtEnd() {
    return atEnd;
  }

  /** More may be there. */
  void arrived() {
    atEnd = false;
  }

  /** The next record, null if there is none now; valid until {@link #pass} or {@link #drop}. */
  @Nullable MessageView peek() {
    while (!busy) {
      if (records != null) {
        String wrong = view.open(bytes, at);
        if (wrong == null) {
          return view;
        }
        log.error("the store gave a broken record of {}:{}: {}", topic, queueId, wrong);
        next++; // what follows in these bytes has no beginning
        drop();
      }
      if (atEnd || !read()) {
        return null;
      }
    }
    return null;
  }

  /** What the record's bytes belong to; who keeps them takes a reference. */
  ByteBuf source() {
    if (records == null) {
      throw new IllegalStateException("no record was shown");
    }
    return records;
  }

  /** Goes behind the record that was shown. */
  void pass() {
    next = view.queueOffset() + 1;
    at += view.size();
    if (at >= bytes.limit()) {
      next = behindRecords;
      drop();
    }
  }

  /** Gives back what was read; it is read again when it is needed. */
  void drop() {
    if (records != null) {
      records.release();
      records = null;
      bytes = ByteBuffer.allocate(0);
    }
  }

  /** Reads on; true if it is clear now what is there, false if that will be told later. */
  private boolean read() {
    ReadRequest request =
        new ReadRequest(
            topic,
            queueId,
            next,
            // After a failure one by one, so that only the unreadable record is passed over.
            failures > 0 ? 1 : READ_MESSAGES,
            READ_BYTES,
            ReadRequest.EntryFilter.ALL);
    ReadResult result = store.readHot(request);
    if (result instanceof ReadResult.Cold) {
      busy = true;
      store.read(
          request,
          back,
          found -> {
            busy = false;
            take(found);
            wake.run();
          });
      return false;
    }
    take(result);
    return !busy;
  }

  private void take(ReadResult result) {
    if (result instanceof ReadResult.Found found) {
      records = found.records();
      bytes = found.records().nioBuffer();
      at = 0;
      behindRecords = found.nextOffset();
      failures = 0;
    } else if (result instanceof ReadResult.OffEnds off) {
      if (off.nextOffset() != next) {
        log.warn(
            "{}:{} has records from offset {} to {}; going on at {} instead of {}",
            topic,
            queueId,
            off.minOffset(),
            off.maxOffset(),
            off.nextOffset(),
            next);
      }
      atEnd = off.end() != ReadResult.End.BEFORE_FIRST;
      next = off.nextOffset();
    } else if (result instanceof ReadResult.Failed failed) {
      failed(failed.reason());
    } else {
      atEnd = true;
    }
  }

  private void failed(String reason) {
    failures++;
    if (failures > TRIES) {
      log.error(
          "the parked message {}:{} at offset {} can't be read and is left out: {}",
          topic,
          queueId,
          next,
          reason);
      next++;
      failures = 1; // the next one alone, too
      return;
    }
    busy = true;
    later.in(
        TRY_AGAIN_MS,
        () -> {
          busy = false;
          wake.run();
        });
  }
}
