package io.apogeemq.broker.pull;

import io.apogeemq.broker.arrival.ParkedRequests;
import io.apogeemq.broker.arrival.QueueName;
import io.apogeemq.protocol.header.PullHeaders.Pull;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.store.ReadRequest.EntryFilter;
import io.apogeemq.store.ReadResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * A pull that waits for messages. Run again when its queue has moved, as if it had just come, but it
 * neither commits nor checks again. Messages that its filter doesn't want move its start and let it
 * wait on, so that a consumer of a rare tag isn't woken for others' messages.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class PullWait implements ParkedRequests.Waiting {
  private final PullHandlers handlers;
  private final Exchange from;
  private final Pull pull;
  private final QueueName queue;
  private final long deadlineMs;
  private final Promise<Reply> answer = Promise.promise();
  private EntryFilter filter;
  private long queueOffset;

  PullWait(
      PullHandlers handlers,
      Exchange from,
      Pull pull,
      EntryFilter filter,
      QueueName queue,
      long queueOffset,
      long deadlineMs) {
    this.handlers = handlers;
    this.from = from;
    this.pull = pull;
    this.filter = filter;
    this.queue = queue;
    this.queueOffset = queueOffset;
    this.deadlineMs = deadlineMs;
  }

  /** Completes with the answer, at the deadline at the latest. */
  Future<Reply> answer() {
    return answer.future();
  }

  @Override
  public QueueName queue() {
    return queue;
  }

  @Override
  public long deadlineMs() {
    return deadlineMs;
  }

  @Override
  public boolean isReady() {
    return handlers.maxOffset(queue) > queueOffset;
  }

  @Override
  public boolean isAbandoned() {
    return !from.connection().isOpen();
  }

  @Override
  public void run(boolean deadlineReached) {
    try {
      Reply moved = handlers.moved(from, pull);
      if (moved != null) {
        answer.complete(moved);
        return;
      }
      followSubscription();
      handlers
          .read(pull, filter, queueOffset)
          .onSuccess(result -> answerOrWait(result, deadlineReached))
          .onFailure(answer::fail);
    } catch (RuntimeException e) {
      answer.fail(e); // the others that wait must not suffer from it
    }
  }

  /** What was passed over under another subscription may be wanted by now: starts over then. */
  private void followSubscription() {
    EntryFilter wanted = handlers.filter(from, pull);
    if (!wanted.equals(filter)) {
      filter = wanted;
      queueOffset = pull.queueOffset();
    }
  }

  private void answerOrWait(ReadResult result, boolean deadlineReached) {
    boolean nothing =
        result instanceof ReadResult.NothingYet || result instanceof ReadResult.NoneWanted;
    if (nothing && !deadlineReached) {
      queueOffset = result.nextOffset();
      if (handlers.park(this)) {
        return;
      }
    }
    answer.complete(handlers.answer(pull, result));
  }
}
