package io.apogeemq.broker.pop;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.ReadRequest.EntryFilter;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.List;

/** A pop from its first attempt to its answer: it tries, waits for news, and tries again. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PopWait implements PopWaiters.Waiting {
  /** So long until a queue is tried again that has too much out. */
  private static final long AGAIN_MS = 1000;

  private final PopHandlers handlers;
  private final Exchange from;
  private final PopHeaders.Pop asked;
  private final TopicConfig topic;
  private final EntryFilter filter;
  private final QueueKey key;
  private final long deadlineMs;
  private final Promise<Reply> answer = Promise.promise();
  private long againMs = Long.MAX_VALUE;

  PopWait(
      PopHandlers handlers,
      Exchange from,
      PopHeaders.Pop asked,
      TopicConfig topic,
      EntryFilter filter,
      long deadlineMs) {
    this.handlers = handlers;
    this.from = from;
    this.asked = asked;
    this.topic = topic;
    this.filter = filter;
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
    if (isAbandoned()) {
      answer.tryFail("the connection was closed");
      handlers.waiters().wakeNext(key); // what woke us may be for somebody else
      return;
    }
    PopRun run = new PopRun(handlers.place(), asked, topic, filter, PopHandlers.chance());
    run.start()
        .onSuccess(gathered -> answerOrWait(run, gathered, deadlineReached))
        .onFailure(answer::tryFail);
  }

  private void answerOrWait(PopRun run, PopAnswer gathered, boolean deadlineReached) {
    if (gathered.messages() > 0) {
      answer.complete(gathered.found());
      if (gathered.hasRest()) {
        handlers.waiters().wakeNext(key);
      }
      return;
    }
    String failure = run.failure();
    if (failure != null) {
      answer.complete(Reply.of(ResponseCode.SYSTEM_ERROR, "the store could not read: " + failure));
      return;
    }
    long now = handlers.nowMs();
    if (deadlineReached || deadlineMs <= now) {
      answer.complete(gathered.nothing(ResponseCode.POLLING_TIMEOUT));
      return;
    }
    againMs = againMs(run, now);
    if (!handlers.waiters().park(this)) {
      answer.complete(gathered.nothing(ResponseCode.POLLING_FULL));
    }
  }

  private long againMs(PopRun run, long now) {
    long again = run.isFull() ? now + AGAIN_MS : Long.MAX_VALUE;
    if (run.blockedUntilMs() > 0) {
      long left = run.blockedUntilMs() - handlers.place().wallClockMs().getAsLong();
      again = Math.min(again, now + Math.max(1, left));
    }
    return again;
  }

  @Override
  public QueueKey key() {
    return key;
  }

  @Override
  public Collection<String> moreTopics() {
    return asked.orderly()
        ? List.of()
        : handlers.place().retryTopics(asked.topic(), asked.consumerGroup());
  }

  @Override
  public boolean takes() {
    return true;
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
    PopQueue.Asking asking =
        place.asking(asked.orderly(), asked.attemptId(), place.wallClockMs().getAsLong());
    return place.hasMessages(key, topic, asking);
  }

  @Override
  public boolean isAbandoned() {
    return !from.connection().isOpen();
  }
}
