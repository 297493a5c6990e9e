package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be delivered, soonest first: the answer to 30001.
 *
 * @param messages a page
 * @param next asked with this, the next page begins behind it, even if nothing of this one could be
 *     read; null if nothing waits behind it
 * @param levels the delay levels in which something waits
 * @param timers how many wait with a time of their own, about
 */
public record DelayedMessages(
    List<Delayed> messages, @Nullable String next, List<Level> levels, int timers) implements Body {

  /**
   * A message that waits.
   *
   * @param after asked with this, the next page begins behind it
   * @param dueMs when it is delivered, ms since 1970
   * @param level its delay level; 0: it has a time of its own
   * @param topic where it is delivered to
   * @param parkedIn the internal topic that it waits in
   * @param keys separated by blanks
   * @param uniqueKey the id that its sender gave it
   * @param offsetMsgId the id of the parked record
   * @param recallHandle what it can be taken back with; null if it can't be
   */
  public record Delayed(
      String after,
      long dueMs,
      int level,
      String topic,
      int queueId,
      String parkedIn,
      @Nullable String tags,
      @Nullable String keys,
      @Nullable String uniqueKey,
      int bodyBytes,
      long storedMs,
      String offsetMsgId,
      @Nullable String recallHandle)
      implements Body {}

  /** A delay level. {@code waiting}: messages in it. */
  public record Level(int level, long delayMs, long waiting) implements Body {}
}
