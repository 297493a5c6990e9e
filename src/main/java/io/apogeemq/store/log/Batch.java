package io.apogeemq.store.log;

import io.apogeemq.store.AppendResult;
import io.apogeemq.store.ArrivalListener;
import io.apogeemq.store.index.QueueEntries;
import java.util.ArrayList;
import java.util.List;

/**
 * What the appender writes at once: the appends in it and the queues that it moves. Made by the
 * appender; in sync mode handed on to those who wait for the force.
 */
public final class Batch {
  final List<AppendTask> tasks = new ArrayList<>();
  private final List<QueueEntries> queues = new ArrayList<>();
  private long[] ends = new long[8];

  /** End of its last record in the log. */
  long end;

  /** When the waiting appends are answered as unknown, monotonic ms. */
  long deadlineMs;

  public long end() {
    return end;
  }

  public long deadlineMs() {
    return deadlineMs;
  }

  /** True if it holds only those who wait for earlier ones. */
  public boolean wroteNothing() {
    return queues.isEmpty();
  }

  void moved(QueueEntries queue) {
    queues.add(queue);
  }

  /** Notes where the queues end now; on the appender, which owns that knowledge. */
  void close(long endPosition) {
    end = endPosition;
    if (ends.length < queues.size()) {
      ends = new long[queues.size()];
    }
    for (int i = 0; i < queues.size(); i++) {
      ends[i] = queues.get(i).next();
    }
  }

  /** Tells the listener, now that the records are readable. */
  public void arrived(ArrivalListener listener) {
    for (int i = 0; i < queues.size(); i++) {
      QueueEntries queue = queues.get(i);
      listener.queueMoved(queue.topic(), queue.queueId(), ends[i]);
    }
    listener.batchEnded();
  }

  /** Answers those that wait, with where they were put. */
  public void succeed(Answers answers) {
    for (AppendTask task : tasks) {
      AppendResult.Appended at = task.at;
      assert at != null;
      task.answer(at, answers);
    }
    tasks.clear();
  }

  /** Answers the appends that don't want to wait for the force. */
  void answerImpatient(Answers answers) {
    boolean any = false;
    for (AppendTask task : tasks) {
      any |= !task.waitForDurability;
    }
    if (any) {
      for (AppendTask task : tasks) {
        if (!task.waitForDurability && task.at != null) {
          task.answer(task.at, answers);
        }
      }
      tasks.removeIf(task -> !task.waitForDurability);
    }
  }

  /**
   * Answers those that wait that nobody knows whether their records will last. An append that failed
   * before it got a place is refused.
   */
  public void doubt(AppendResult.Doubt reason, Answers answers) {
    for (AppendTask task : tasks) {
      if (task.isAnswered()) {
        continue;
      }
      AppendResult.Appended at = task.at;
      task.answer(
          at == null
              ? new AppendResult.Refused(
                  reason == AppendResult.Doubt.DISK_FULL
                      ? AppendResult.Refusal.DISK_FULL
                      : AppendResult.Refusal.READ_ONLY,
                  "writing the commit log failed")
              : new AppendResult.Unknown(at, reason),
          answers);
    }
    tasks.clear();
  }

  /** Empties it for the next use by the appender. */
  void clear() {
    tasks.clear();
    queues.clear();
  }
}
