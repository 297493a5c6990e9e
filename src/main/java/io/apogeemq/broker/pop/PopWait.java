package io.apogeemq.broker.pop;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.ReadRequest.EntryFilter;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;

/** A pop from its first attempt to its answer: it tries, waits for news, and tries again. */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PopWait extends QueueWait {
  private final PopHeaders.Pop asked;
  private final TopicConfig topic;
  private final EntryFilter filter;

  PopWait(
      PopHandlers handlers,
      Exchange from,
      PopHeaders.Pop asked,
      TopicConfig topic,
      EntryFilter filter,
      long deadlineMs) {
    super(
        handlers,
        from,
        new QueueKey(asked.topic(), asked.consumerGroup(), Math.max(-1, asked.queueId())),
        asked.orderly(),
        asked.attemptId(),
        deadlineMs);
    this.asked = asked;
    this.topic = topic;
    this.filter = filter;
  }

  @Override
  public void run(boolean deadlineReached) {
    if (isAbandoned()) {
      answer.tryComplete(Reply.of(ResponseCode.POLLING_TIMEOUT, "the connection was closed"));
      handlers.waiters().wakeNext(key()); // what woke us may be for somebody else
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
        handlers.waiters().wakeNext(key());
      }
      return;
    }
    String failure = run.failure();
    if (failure != null) {
      answer.complete(Reply.of(ResponseCode.SYSTEM_ERROR, "the store could not read: " + failure));
      return;
    }
    long now = handlers.nowMs();
    if (isOver(deadlineReached, now)) {
      answer.complete(gathered.nothing(ResponseCode.POLLING_TIMEOUT));
      return;
    }
    againMs = againMs(run, now);
    if (!handlers.waiters().park(this)) {
      answer.complete(gathered.nothing(ResponseCode.POLLING_FULL));
    }
  }

  /** A queue that has too much out is tried again now and then, a blocked one when it is free. */
  private long againMs(PopRun run, long now) {
    long again = run.isFull() ? now + AGAIN_MS : Long.MAX_VALUE;
    if (run.blockedUntilMs() > 0) {
      long left = run.blockedUntilMs() - handlers.place().wallClockMs().getAsLong();
      again = Math.min(again, now + Math.max(1, left));
    }
    return again;
  }

  @Override
  public boolean takes() {
    return true;
  }
}
