package io.apogeemq.client;

import java.util.List;

/**
 * What a pull found.
 *
 * @param nextOffset where to go on, whatever the status
 * @param minOffset the queue's first offset
 * @param maxOffset the offset behind the queue's last message
 * @param messages in the order of the queue; empty unless found
 */
public record PullResult(
    Status status,
    long nextOffset,
    long minOffset,
    long maxOffset,
    List<ReceivedMessage> messages) {

  /** How a pull went. */
  public enum Status {
    /** There are messages. */
    FOUND,
    /** The queue has no message behind the offset yet. */
    NO_NEW_MSG,
    /** There were messages, but none that the subscription wants. */
    NO_MATCHED_MSG,
    /** The offset is outside of the queue; {@code nextOffset} is the nearest one inside. */
    OFFSET_ILLEGAL,
    /**
     * An administrator moved the group to {@code nextOffset}. Brokers from 5.0 on say so once, to
     * whichever pull of the group comes first.
     */
    OFFSET_RESET
  }
}
