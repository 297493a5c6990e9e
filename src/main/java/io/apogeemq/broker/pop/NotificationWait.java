package io.apogeemq.broker.pop;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who wants to know when there is something to pop, and takes nothing (200054). */
@RunsOn(ThreadRole.EVENT_LOOP)
final class NotificationWait implements PopWaiters.Waiting {
  /** So often it looks whether an ordered batch blocks no more. */
  private static final long AGAIN_MS = 1000;

  private final PopHandlers handlers;
  private final Exchange from;
  private final PopHeaders.Notification asked;
  private final QueueKey key;
  private final long deadlineMs;
  private final Promise<Reply> answer = Promise.promise();
  private long againMs = Long.MAX_VALUE;

  NotificationWait(
      PopHandlers handlers, Exchange from, PopHeaders.Notification asked, long deadlineMs) {
    this.handlers = handlers;
    this.from = from;
    this.asked = asked;
    this.deadlineMs = deadlineMs;
    key = new QueueKey(asked.topic(), asked.consumerGroup(), Math.max(-1, asked.queueId()));
  }

  /** Completes with the answer, at the deadline at the latest. */
  Future<Reply> start() {
    run(false);
    return answer.future();
  }

  @Override
  public void run(boolean deadlineReached) {
    boolean ready = isReady();
    long now = handlers.nowMs();
    if (ready || deadlineReached || deadlineMs <= now || isAbandoned()) {
      answer.tryComplete(Reply.ok(new PopHeaders.NotificationReply(ready, false)));
      return;
    }
    againMs = isOrdered() ? now + AGAIN_MS : Long.MAX_VALUE;
    if (!handlers.waiters().park(this)) {
      answer.tryComplete(Reply.ok(new PopHeaders.NotificationReply(false, true)));
    }
  }

  private boolean isOrdered() {
    return Boolean.TRUE.equals(asked.order());
  }

  @Override
  public QueueKey key() {
    return key;
  }

  @Override
  public Collection<String> moreTopics() {
    return isOrdered()
        ? List.of()
        : handlers.place().retryTopics(asked.topic(), asked.consumerGroup());
  }

  @Override
  public boolean takes() {
    return false;
  }

  @Override
  public long deadlineMs() {
    return deadlineMs;
  }

  @Override
  public long againMs() {
    return againMs;
  }

  @Override
  public boolean isReady() {
    PopPlace place = handlers.place();
    @Nullable TopicConfig topic = place.topics().find(asked.topic());
    PopQueue.Asking asking =
        place.asking(isOrdered(), asked.attemptId(), place.wallClockMs().getAsLong());
    return topic != null && place.hasMessages(key, topic, asking);
  }

  @Override
  public boolean isAbandoned() {
    return !from.connection().isOpen();
  }
}
