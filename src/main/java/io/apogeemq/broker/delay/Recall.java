package io.apogeemq.broker.delay;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Later;
import io.apogeemq.remoting.Refused;
import io.apogeemq.store.Completions;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes timer messages back: finds the parked records of a handle by their unique key, and takes out
 * those that wait. What was stored for that is in the queue of the timers too, under the same key; so a
 * second recall finds that the first has succeeded, also after a restart.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Recall {
  private static final int MAX_RECORDS = 32;
  private static final int TRIES = 50;
  private static final long TRY_AGAIN_MS = 20;

  private final DelayConfig config;
  private final MessageStore store;
  private final Completions back;
  private final Later later;
  private final Timers timers;

  /** A parked message that a handle means. */
  private record Parked(long dueMs, long position, MessageDraft recall) {}

  Recall(DelayConfig config, MessageStore store, Completions back, Later later, Timers timers) {
    this.config = config;
    this.store = store;
    this.back = back;
    this.later = later;
    this.timers = timers;
  }

  /** Completes when it is out for good. Fails with {@link Refused} if nothing waits there. */
  Future<Void> take(RecallHandle handle, long nowMs) {
    Promise<Void> done = Promise.promise();
    find(handle, nowMs, 1, done);
    return done.future();
  }

  private void find(RecallHandle handle, long nowMs, int tries, Promise<Void> done) {
    store.recordsByKey(
        SystemTopics.TIMER,
        handle.uniqueKey(),
        true,
        0,
        Long.MAX_VALUE,
        MAX_RECORDS,
        back,
        records -> {
          try {
            judge(records, handle, nowMs, tries, done);
          } finally {
            records.release();
          }
        });
  }

  private void judge(
      ByteBuf records, RecallHandle handle, long nowMs, int tries, Promise<Void> done) {
    List<Parked> found = new ArrayList<>();
    PositionSet over = new PositionSet();
    boolean recalled = false;
    boolean early = false;
    ByteBuffer bytes = records.nioBuffer();
    MessageView view = new MessageView();
    for (int at = 0; at < bytes.limit() && view.open(bytes, at) == null; at += view.size()) {
      byte[] properties = view.properties();
      if (!handle.topic().equals(Properties.get(properties, Properties.REAL_TOPIC))) {
        continue;
      }
      if (view.preparedPosition() > 0) {
        over.add(view.preparedPosition() - 1);
      }
      if (TimerRecord.recalls(properties)) {
        recalled = true;
      } else {
        early |= view.queueOffset() >= timers.takenTo();
        found.add(
            new Parked(
                TimerRecord.dueMs(properties, view.storeTimestampMs()),
                view.logPosition(),
                TimerRecord.recall(view, handle, config.storeHost(), nowMs)));
      }
    }
    if (early && tries < TRIES) { // it was stored a moment ago
      later.in(TRY_AGAIN_MS, () -> find(handle, nowMs, tries + 1, done));
      return;
    }
    found.removeIf(
        each -> over.contains(each.position()) || !timers.waits(each.dueMs(), each.position()));
    if (!found.isEmpty()) {
      takeOut(found, done);
    } else if (recalled) {
      done.complete();
    } else {
      done.fail(
          new Refused(
              ResponseCode.ILLEGAL_OPERATION,
              "recall failed: no message of this handle waits; it was delivered already"));
    }
  }

  private void takeOut(List<Parked> found, Promise<Void> done) {
    int[] left = {found.size()};
    for (Parked each : found) {
      timers.takeOut(
          each.dueMs(),
          each.position(),
          each.recall(),
          Unpooled.EMPTY_BUFFER,
          refused -> {
            if (refused != null) {
              done.tryFail(
                  new Refused(
                      ResponseCode.SYSTEM_ERROR,
                      "recall failed, nothing was stored: " + refused.detail()));
            } else if (--left[0] == 0) {
              done.tryComplete();
            }
          });
    }
  }
}
