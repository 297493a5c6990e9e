package io.apogeemq.broker.pop;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The batch of a queue that is out with a group that consumes in order. While one of its messages is
 * neither acknowledged nor visible again, nothing else of the queue is handed out. What comes back keeps
 * its place: the next batch starts at the first message that is not acknowledged.
 *
 * <p>Rules and names are the original's {@code ConsumerOrderInfoManager}. Immutable; as text in the state
 * log:
 *
 * <pre>
 * o POPTIME INVISIBLE ACKNOWLEDGED OFFSETS VISIBLEAT,… TIMES,… ATTEMPT
 * </pre>
 *
 * @param attemptId names the attempt that got the batch; empty without one
 * @param acknowledged bit i: the message at {@code offsets[i]}
 * @param visibleAtMs per message when it is visible again
 * @param times per message how often it was out before
 */
record OrderedBatch(
    String attemptId,
    long popTimeMs,
    long invisibleMs,
    long acknowledged,
    long[] offsets,
    long[] visibleAtMs,
    int[] times) {
  static final String WORD = "o ";

  /** So many bits has {@link #acknowledged}; more is never handed out at once. */
  static final int MAX_MESSAGES = 64;

  /**
   * A new batch after another one.
   *
   * @param former null: none is known
   */
  static OrderedBatch after(
      @Nullable OrderedBatch former,
      String attemptId,
      long popTimeMs,
      long invisibleMs,
      long[] offsets) {
    int[] times = new int[offsets.length];
    for (int i = 0; former != null && i < offsets.length; i++) {
      int was = former.index(offsets[i]);
      if (was >= 0) {
        times[i] = former.times[was] + (former.isAttempt(attemptId) ? 0 : 1);
      }
    }
    long[] visibleAt = new long[offsets.length];
    Arrays.fill(visibleAt, popTimeMs + invisibleMs);
    return new OrderedBatch(attemptId, popTimeMs, invisibleMs, 0, offsets, visibleAt, times);
  }

  /**
   * Until when nothing else may be handed out, ms; 0 if something may.
   *
   * @param attempt the asking one: the attempt that has the batch gets it again
   */
  long blockedUntil(String attempt, long nowMs) {
    if (isAttempt(attempt)) {
      return 0;
    }
    long until = 0;
    for (int i = 0; i < offsets.length; i++) {
      if (!isAcknowledged(i) && visibleAtMs[i] > nowMs) {
        until = Math.max(until, visibleAtMs[i]);
      }
    }
    return until;
  }

  /** The place of a message in the batch, -1 if it is not in it. */
  int index(long offset) {
    return Math.max(-1, Arrays.binarySearch(offsets, offset));
  }

  /** The offset that the group goes on at: of the first message that is not acknowledged. */
  long nextOffset() {
    for (int i = 0; i < offsets.length; i++) {
      if (!isAcknowledged(i)) {
        return offsets[i];
      }
    }
    return offsets[offsets.length - 1] + 1;
  }

  OrderedBatch acknowledge(int index) {
    return new OrderedBatch(
        attemptId, popTimeMs, invisibleMs, acknowledged | 1L << index, offsets, visibleAtMs, times);
  }

  OrderedBatch visibleAt(int index, long timeMs) {
    long[] changed = visibleAtMs.clone();
    changed[index] = timeMs;
    return new OrderedBatch(
        attemptId, popTimeMs, invisibleMs, acknowledged, offsets, changed, times);
  }

  boolean isAcknowledged(int index) {
    return (acknowledged & 1L << index) != 0;
  }

  private boolean isAttempt(String attempt) {
    return !attempt.isEmpty() && attempt.equals(attemptId);
  }

  String text() {
    StringBuilder out = new StringBuilder(WORD);
    out.append(popTimeMs).append(' ').append(invisibleMs).append(' ').append(acknowledged);
    out.append(' ');
    OffsetRuns.append(out, offsets, offsets.length);
    out.append(' ');
    for (int i = 0; i < visibleAtMs.length; i++) {
      out.append(i == 0 ? "" : ",").append(visibleAtMs[i]);
    }
    out.append(' ');
    for (int i = 0; i < times.length; i++) {
      out.append(i == 0 ? "" : ",").append(times[i]);
    }
    return out.append(' ').append(attemptId).toString();
  }

  /** Throws {@link MalformedRequest} for what is no batch. */
  static OrderedBatch parse(String text) {
    String[] words = text.split(" ", 8);
    try {
      OrderedBatch batch =
          new OrderedBatch(
              words[7],
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              Long.parseLong(words[3]),
              OffsetRuns.parse(words[4]),
              Arrays.stream(words[5].split(",")).mapToLong(Long::parseLong).toArray(),
              Arrays.stream(words[6].split(",")).mapToInt(Integer::parseInt).toArray());
      int messages = batch.offsets.length;
      if (messages == 0
          || messages > MAX_MESSAGES
          || batch.visibleAtMs.length != messages
          || batch.times.length != messages) {
        throw new MalformedRequest("not an ordered batch: " + text);
      }
      return batch;
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new MalformedRequest("not an ordered batch: " + text);
    }
  }
}
