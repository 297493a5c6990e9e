package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.gateway.message.Shown;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a {@link Scan}: reads on, keeps what is wanted of one read, and knows where to go on.
 *
 * <pre>
 *   forwards     [ … given | found, not yet given | not read … end )      position: first not given
 *   backwards    [ bound … not read | found, not yet given | given … )    position: one behind the last not given
 * </pre>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class QueueCursor {
  /** A window that holds nothing wanted is followed by one twice as long, up to this. */
  private static final int MAX_WINDOW = 1024;

  /** A message that is wanted. */
  record Found(long offset, long storedAtMs, JsonObject json) {}

  /**
   * What all queues of a scan have in common.
   *
   * @param memory takes the bytes of what is kept, or fails
   */
  record Look(
      Vertx vertx, QueueReader reader, Wanted wanted, Shown form, int batch, LongConsumer memory) {}

  private final Look look;
  private final MessageQueue queue;
  private final @Nullable Long bound;
  private final ArrayDeque<Found> found = new ArrayDeque<>();
  private long front;
  private long window;
  private boolean atEnd;

  /**
   * @param from the first offset to read, backwards one behind it
   * @param bound backwards: nothing before it is read; null: it goes forwards
   */
  QueueCursor(Look look, MessageQueue queue, long from, @Nullable Long bound) {
    this.look = look;
    this.queue = queue;
    this.bound = bound;
    front = from;
    window = look.batch();
    atEnd = bound != null && from <= bound;
  }

  MessageQueue queue() {
    return queue;
  }

  /** Where the next page begins. */
  long position() {
    Found next = found.peek();
    return next == null ? front : bound == null ? next.offset() : next.offset() + 1;
  }

  /** The next wanted message; null if none is known now. */
  @Nullable Found peek() {
    return found.peek();
  }

  void pass() {
    found.remove();
  }

  /** True if there is nothing more to give. */
  boolean isExhausted() {
    return atEnd && found.isEmpty();
  }

  boolean mustRead() {
    return !atEnd && found.isEmpty();
  }

  /**
   * Reads once more; completes with how many offsets it looked at. To find the end costs nothing: a page
   * that begins with many queues at their ends must come to those behind them.
   */
  Future<Long> read() {
    return bound == null ? forwards() : backwards(bound);
  }

  private Future<Long> forwards() {
    long before = front;
    return look.reader()
        .read(queue, look.wanted().atBroker(), front, look.batch())
        .compose(
            result ->
                keep(result.messages(), Long.MAX_VALUE, found)
                    .map(
                        ignored -> {
                          front = result.nextOffset();
                          atEnd |=
                              result.status() == PullResult.Status.NO_NEW_MSG
                                  || front >= result.maxOffset()
                                  || front == before;
                          return Math.max(atEnd ? 0 : 1, front - before);
                        }));
  }

  /** Reads the window before the front, in the queue's order, and turns it round. */
  private Future<Long> backwards(long from) {
    long high = front;
    long low = Math.max(from, high - window);
    ArrayDeque<Found> inOrder = new ArrayDeque<>();
    long[] at = {low};
    return Repeat.whileTrue(() -> fill(at, high, inOrder))
        .map(
            ignored -> {
              inOrder.descendingIterator().forEachRemaining(found::add);
              front = low;
              atEnd = low <= from;
              window = inOrder.isEmpty() ? Math.min(window * 2, MAX_WINDOW) : look.batch();
              return high - low;
            });
  }

  /** Reads on from {@code at[0]}, and moves it; tells whether there is more before {@code high}. */
  private Future<Boolean> fill(long[] at, long high, ArrayDeque<Found> into) {
    long from = at[0];
    if (from >= high) {
      return Future.succeededFuture(false);
    }
    return look.reader()
        .read(queue, look.wanted().atBroker(), from, (int) Math.min(look.batch(), high - from))
        .compose(
            result ->
                keep(result.messages(), high, into)
                    .map(
                        ignored -> {
                          at[0] = result.nextOffset();
                          return result.status() != PullResult.Status.NO_NEW_MSG && at[0] > from;
                        }));
  }

  /** Shows what is wanted of these; heavy ones beside the event loop. */
  private Future<Void> keep(List<ReceivedMessage> messages, long high, ArrayDeque<Found> into) {
    Wanted wanted = look.wanted();
    List<ReceivedMessage> inTime = new ArrayList<>(messages);
    inTime.removeIf(each -> each.queueOffset() >= high);
    if (inTime.removeIf(each -> each.storeTimestampMs() > wanted.untilMs()) && bound == null) {
      atEnd = true; // store times never go back
    }
    if (inTime.stream().noneMatch(wanted::isHeavy)) {
      take(shown(inTime), into);
      return Future.succeededFuture();
    }
    return look.vertx()
        .executeBlocking(() -> shown(inTime), false)
        .map(
            all -> {
              take(all, into);
              return null;
            });
  }

  private void take(List<Found> all, ArrayDeque<Found> into) {
    look.memory().accept(all.stream().mapToLong(each -> Shown.takenBytes(each.json())).sum());
    into.addAll(all);
  }

  private List<Found> shown(List<ReceivedMessage> messages) {
    List<Found> all = new ArrayList<>();
    for (ReceivedMessage each : messages) {
      JsonObject json = look.wanted().shown(each, look.form());
      if (json != null) {
        all.add(new Found(each.queueOffset(), each.storeTimestampMs(), json));
      }
    }
    return all;
  }
}
