package io.apogeemq.protocol.body;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to code 400.
 *
 * @param messageQueueAssignments null: nothing can be said, the client keeps what it has; empty: it
 *     has no queue
 */
public record QueueAssignments(@Nullable List<Assigned> messageQueueAssignments) implements Body {
  /** A queue and how to get its messages. Queue id -1: any queue of that broker. */
  public record Assigned(MessageQueue messageQueue, RequestMode mode) {}
}
