package io.apogeemq.store.log;

import io.apogeemq.store.AppendResult;
import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.AppendResult.Refusal;
import io.apogeemq.store.Completions;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the {@link Appender}, handed over by any thread and bounded by bytes: above the bound
 * callers are asked to pause and told when it has eased, far above it they are refused.
 */
public final class AppendQueue {
  /** Callers that pause late bring so many times the bound at most. */
  private static final int FAR_TOO_MUCH = 4;

  private final long congestedBytes;
  private final MpscUnboundedArrayQueue<Object> queue = new MpscUnboundedArrayQueue<>(1024);
  private final AtomicLong waitingBytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Relief> reliefs = new ConcurrentLinkedQueue<>();
  private volatile Runnable wakeUp = () -> {};

  /** The appender does no further step. */
  private volatile boolean ended;

  private record Relief(Completions back, Runnable then) {}

  /** Stands among the tasks: what is behind it belongs to the topic's next life. */
  record TopicDeletion(String topic, Runnable then) {}

  /** {@code congestedBytes}: above so many waiting bytes {@link #isCongested} says so. */
  public AppendQueue(long congestedBytes) {
    this.congestedBytes = congestedBytes;
  }

  /** How to wake the thread that drives the appender. Before the first hand-over. */
  public void onWork(Runnable wake) {
    wakeUp = wake;
  }

  /** Hands an append over; {@link #look} must follow. Any thread. False if far too much waits already. */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public boolean offer(AppendTask task) {
    if (waitingBytes.get() > FAR_TOO_MUCH * congestedBytes) {
      return false;
    }
    waitingBytes.addAndGet(task.bytes);
    queue.add(task);
    if (ended) {
      refuseRest();
    }
    return true;
  }

  /** Wakes the appender, to take what was handed over. Any thread. */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public void look() {
    wakeUp.run();
  }

  /**
   * Forgets a topic's queues, in order with the appends. Any thread.
   *
   * @param then runs on the appender when it is done
   */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public void deleteTopic(String topic, Runnable then) {
    queue.add(new TopicDeletion(topic, then));
    wakeUp.run();
  }

  /** See {@link io.apogeemq.store.MessageStore#isCongested}. Any thread. */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public boolean isCongested(Completions back, Runnable whenRelieved) {
    if (waitingBytes.get() <= congestedBytes) {
      return false;
    }
    reliefs.add(new Relief(back, whenRelieved));
    // If all was taken in between, a step must still come and look at the reliefs.
    wakeUp.run();
    return true;
  }

  /** Bytes accepted and not yet taken. */
  public long waitingBytes() {
    return waitingBytes.get();
  }

  /**
   * After the appender's last step: what waits is refused, and what still comes as well, by the thread
   * that brings it.
   */
  public void end() {
    ended = true;
    refuseRest();
  }

  private synchronized void refuseRest() {
    Answers refused = new Answers();
    for (Object next = queue.poll(); next != null; next = queue.poll()) {
      if (next instanceof AppendTask task) {
        waitingBytes.addAndGet(-task.bytes);
        AppendResult.Appended at = task.at;
        task.answer(
            at == null
                ? new AppendResult.Refused(Refusal.CLOSING, "the store is closed")
                : new AppendResult.Unknown(at, Doubt.FLUSH_FAILED),
            refused);
      }
    }
    refused.wake();
  }

  // ---- for the appender
  // --------------------------------------------------------------------------

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** The next {@link AppendTask} or {@link TopicDeletion}, null if none can be taken now. */
  @RunsOn(ThreadRole.APPENDER)
  @Nullable Object poll() {
    return queue.relaxedPoll();
  }

  /** So many bytes of what was polled are no longer waiting. */
  @RunsOn(ThreadRole.APPENDER)
  void taken(long bytes) {
    waitingBytes.addAndGet(-bytes);
  }

  /** True if callers that pause may go on: half of the bound is free. */
  boolean hasRelief() {
    return !reliefs.isEmpty() && waitingBytes.get() <= congestedBytes / 2;
  }

  /** Lets callers that pause go on, if they may. */
  @RunsOn(ThreadRole.APPENDER)
  void relieve(Answers answers) {
    if (!hasRelief()) {
      return;
    }
    for (Relief relief = reliefs.poll(); relief != null; relief = reliefs.poll()) {
      relief.back.add(relief.then);
      answers.note(relief.back);
    }
    answers.wake();
  }
}
