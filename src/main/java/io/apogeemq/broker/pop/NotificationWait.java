package io.apogeemq.broker.pop;

import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;

/** Somebody who wants to know when there is something to pop, and takes nothing (200054). */
@RunsOn(ThreadRole.EVENT_LOOP)
final class NotificationWait extends QueueWait {
  NotificationWait(
      PopHandlers handlers, Exchange from, PopHeaders.Notification asked, long deadlineMs) {
    super(
        handlers,
        from,
        new QueueKey(asked.topic(), asked.consumerGroup(), Math.max(-1, asked.queueId())),
        Boolean.TRUE.equals(asked.order()),
        asked.attemptId(),
        deadlineMs);
  }

  @Override
  public void run(boolean deadlineReached) {
    boolean ready = isReady();
    long now = handlers.nowMs();
    if (ready || isOver(deadlineReached, now) || isAbandoned()) {
      answer.tryComplete(Reply.ok(new PopHeaders.NotificationReply(ready, false)));
      return;
    }
    againMs = isOrdered() ? now + AGAIN_MS : Long.MAX_VALUE; // when a batch blocks no more
    if (!handlers.waiters().park(this)) {
      answer.tryComplete(Reply.ok(new PopHeaders.NotificationReply(false, true)));
    }
  }

  @Override
  public boolean takes() {
    return false;
  }
}
