package io.apogeemq.broker.pop;

import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits until there is something to pop for its group: what it waits for, until when, and
 * its answer. Kinds differ in what they do when they are run.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
abstract class QueueWait implements PopWaiters.Waiting {
  /** So long until it is tried again where no news will tell that it could go on. */
  static final long AGAIN_MS = 1000;

  private final Exchange from;
  private final QueueKey key;
  private final boolean ordered;
  private final @Nullable String attemptId;
  private final long deadlineMs;

  final PopHandlers handlers;
  final Promise<Reply> answer = Promise.promise();

  /** {@link #againMs()}. */
  long againMs = Long.MAX_VALUE;

  /**
   * @param key queue id -1: any queue of the topic
   * @param ordered what is out of a queue blocks it; messages of retry topics don't count
   * @param attemptId the attempt whose own batch doesn't block it
   */
  QueueWait(
      PopHandlers handlers,
      Exchange from,
      QueueKey key,
      boolean ordered,
      @Nullable String attemptId,
      long deadlineMs) {
    this.handlers = handlers;
    this.from = from;
    this.key = key;
    this.ordered = ordered;
    this.attemptId = attemptId;
    this.deadlineMs = deadlineMs;
  }

  /** Tries for the first time. Completes with the answer, at the deadline at the latest. */
  final Future<Reply> start() {
    run(false);
    return answer.future();
  }

  final boolean isOrdered() {
    return ordered;
  }

  final boolean isOver(boolean deadlineReached, long nowMs) {
    return deadlineReached || deadlineMs <= nowMs;
  }

  @Override
  public final QueueKey key() {
    return key;
  }

  @Override
  public final Collection<String> moreTopics() {
    return ordered ? List.of() : handlers.place().retryTopics(key.topic(), key.group());
  }

  @Override
  public final long deadlineMs() {
    return deadlineMs;
  }

  @Override
  public final long againMs() {
    return againMs;
  }

  @Override
  public final boolean isReady() {
    PopPlace place = handlers.place();
    TopicConfig topic = place.topics().find(key.topic());
    PopQueue.Asking asking = place.asking(ordered, attemptId, place.wallClockMs().getAsLong());
    return topic != null && place.hasMessages(key, topic, asking);
  }

  @Override
  public final boolean isAbandoned() {
    return !from.connection().isOpen();
  }
}
