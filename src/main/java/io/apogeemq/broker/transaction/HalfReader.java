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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches records of half messages, from memory at once where they are there. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class HalfReader {
  private static final Logger LOG = LoggerFactory.getLogger(HalfReader.class);

  private final MessageStore store;
  private final Completions back;

  HalfReader(MessageStore store, Completions back) {
    this.store = store;
    this.back = back;
  }

  /** A record; whoever took it releases it when it no longer needs the view or a part of it. */
  record Fetched(MessageView view, ByteBuf bytes) {
    void release() {
      bytes.release();
    }
  }

  /**
   * Fetches the half message at an offset of the half queue.
   *
   * @param then told the record, null if it can't be read, which is logged
   */
  void read(long queueOffset, Consumer<@Nullable Fetched> then) {
    ReadRequest request =
        new ReadRequest(
            SystemTopics.HALF,
            HalfDetour.QUEUE,
            queueOffset,
            1,
            Integer.MAX_VALUE,
            ReadRequest.EntryFilter.ALL);
    ReadResult found = store.readHot(request);
    if (found instanceof ReadResult.Cold) {
      store.read(request, back, fetched -> then.accept(record(queueOffset, fetched)));
    } else {
      then.accept(record(queueOffset, found));
    }
  }

  private static @Nullable Fetched record(long queueOffset, ReadResult found) {
    String wrong;
    if (found instanceof ReadResult.Found records) {
      MessageView view = new MessageView();
      wrong = view.open(records.records().nioBuffer(), 0);
      if (wrong == null && view.queueOffset() == queueOffset) {
        return new Fetched(view, records.records());
      }
      records.records().release();
    } else {
      wrong = found instanceof ReadResult.Failed failed ? failed.reason() : found.toString();
    }
    LOG.error("the half message at offset {} can't be read: {}", queueOffset, wrong);
    return null;
  }
}
