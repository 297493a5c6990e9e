package io.apogeemq.broker.arrival;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;

/** What waits on one event loop and wants to be told of new messages. Both methods never wait. */
public interface Sleepers {
  /** A queue has more messages: marks who waits for it, if anybody does. */
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  void queueMoved(QueueName queue);

  /** Wakes the loop once for all that was marked. Once per batch of messages. */
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  void wakeIfMoved();
}
