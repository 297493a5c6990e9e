package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.ArrivalListener;
import io.apogeemq.store.flush.FlushWaiters;
import io.apogeemq.store.index.ActiveIndex;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import io.apogeemq.store.index.QueueTable;
import io.apogeemq.store.io.DiskFull;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.util.List;

/**
 * The one writer of the log: takes all that waits, gives it queue offsets, puts it behind the {@link
 * LogTail}, writes, and answers. It alone owns the tail, the queues' next offsets and the fresh part of
 * the index.
 *
 * <p>{@link #step} does one batch and returns; a thread drives it in production, the simulator in
 * tests. Everything that other threads call says so.
 *
 * <p>Invariants: log positions and queue offsets are dense; the index never points behind what was
 * encoded, and what readers see of it ends at the readable position; after a failed write nothing is
 * written any more. A write that finds no room on the disk is not given up: its senders are told that
 * its fate is unknown, further ones are refused, and the same bytes are written at the same place as
 * soon as there is room. So a part that was written is overwritten by itself.
 */
@RunsOn(ThreadRole.APPENDER)
public final class Appender {
  private static final int MAX_BATCH_TASKS = 4096;
  private static final long TRY_AGAIN_MS = 500;

  private final LogTail tail;
  private final ActiveIndex index;
  private final QueueTable queues;
  private final LogPositions positions;
  private final FlushWaiters waiters;
  private final Health health;
  private final StoreClock clock;
  private final Settings settings;
  private final AppendQueue queue;
  private final Answers answers = new Answers();
  private ArrivalListener listener = NOBODY;

  private long lastStoreMs;
  private long batchNumber;
  private Batch batch = new Batch();

  /** When a write that found no room is tried again, monotonic ms; -1 if none waits. Own thread writes. */
  private volatile long tryAgainMs = -1;

  private static final ArrivalListener NOBODY =
      new ArrivalListener() {
        @Override
        public void queueMoved(String topic, int queueId, long maxOffset) {}

        @Override
        public void batchEnded() {}
      };

  /**
   * @param maxBatchBytes about how much is written at once
   * @param maxUnflushedBytes in sync mode nothing is taken while more is written but not forced
   * @param flushTimeoutMs how long an append waits for the force
   */
  public record Settings(int maxBatchBytes, long maxUnflushedBytes, long flushTimeoutMs) {}

  /**
   * @param lastStoreMs store timestamp of the newest recovered record; later ones are not before it
   */
  public Appender(
      AppendQueue queue,
      CommitLog log,
      PageCache cache,
      LogIndex index,
      LogPositions positions,
      FlushWaiters waiters,
      Health health,
      StoreClock clock,
      Settings settings,
      long lastStoreMs)
      throws IOException {
    this.queue = queue;
    this.index = index.active();
    this.queues = index.table();
    this.positions = positions;
    this.waiters = waiters;
    this.health = health;
    this.clock = clock;
    this.settings = settings;
    this.lastStoreMs = lastStoreMs;
    tail = new LogTail(log, cache, index.active(), health, positions.appended());
  }

  // ---- for other threads
  // -------------------------------------------------------------------------

  /** Who is told of arrivals. Before the first step. */
  public void listener(ArrivalListener arrivals) {
    listener = arrivals;
  }

  public ArrivalListener listener() {
    return listener;
  }

  /** True if a step would find something to take. */
  public boolean hasWork() {
    return !queue.isEmpty() && !tooMuchUnflushed() || queue.hasRelief();
  }

  /** True while a write waits for room on the disk: what was encoded is not all written. */
  public boolean isOutOfRoom() {
    return tryAgainMs >= 0;
  }

  /** Milliseconds until a step will have something to do by itself. */
  public long idleMs() {
    long at = tryAgainMs;
    return at < 0 ? Long.MAX_VALUE : Math.max(1, at - clock.monotonicMs());
  }

  // ---- the appender's own
  // ------------------------------------------------------------------------

  /**
   * Takes what waits and writes it as one batch.
   *
   * @return true if it took something; false: wait to be woken
   */
  public boolean step() {
    if (!waiters.isEmpty()) {
      waiters.expire(clock.monotonicMs(), answers);
      answers.wake();
    }
    boolean took = isOutOfRoom() && clock.monotonicMs() >= tryAgainMs && writeAgain();
    if (!tooMuchUnflushed()) {
      Object next = queue.poll();
      if (next != null) {
        took = true;
        takeBatch(next);
      }
    }
    queue.relieve(answers);
    return took;
  }

  private boolean tooMuchUnflushed() {
    return positions.readOnlyForced()
        && positions.appended() - positions.flushed() > settings.maxUnflushedBytes
        && !health.hasFailed();
  }

  private void takeBatch(Object first) {
    lastStoreMs = Math.max(lastStoreMs, clock.wallMs());
    batchNumber++;
    long bytes = 0;
    try {
      Object next = first;
      do {
        if (next instanceof AppendTask task) {
          bytes += task.bytes;
          if (task.drafts.isEmpty()) {
            takeWaiting(task);
          } else {
            take(task);
          }
        } else if (next instanceof AppendQueue.TopicDeletion deletion) {
          queues.delete(deletion.topic(), tail.end());
          deletion.then().run();
        }
      } while (bytes < settings.maxBatchBytes
          && batch.tasks.size() < MAX_BATCH_TASKS
          && (next = queue.poll()) != null);
      if (!isOutOfRoom()) {
        tail.write();
        finish();
      }
      answers.wake();
    } catch (DiskFull e) {
      waitForRoom(e);
    } catch (IOException e) {
      giveUp("writing the commit log failed: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      giveUp("a mistake in the appender: " + e);
      throw e;
    } finally {
      queue.taken(bytes);
    }
  }

  /** Nothing is written any more; whoever waits for this batch is told so. */
  private void giveUp(String reason) {
    health.failed(reason);
    batch.doubt(Doubt.FLUSH_FAILED, answers);
    batch.clear();
    answers.wake();
  }

  /** What is encoded stays as it is; its senders are not kept waiting for room. */
  private void waitForRoom(DiskFull cause) {
    tryAgainMs = clock.monotonicMs() + TRY_AGAIN_MS;
    health.logOutOfRoom(
        "the disk of the commit log is 100 % full ("
            + cause.getMessage()
            + "); free space, sends go on by themselves");
    batch.doubt(Doubt.DISK_FULL, answers);
    answers.wake();
  }

  /** True if there was room now. */
  private boolean writeAgain() {
    try {
      tail.write();
      tryAgainMs = -1;
      finish();
      health.logOutOfRoom(null);
      return true;
    } catch (DiskFull e) {
      tryAgainMs = clock.monotonicMs() + TRY_AGAIN_MS;
    } catch (IOException e) {
      tryAgainMs = -1;
      giveUp("writing the commit log failed: " + e.getMessage());
    }
    return false;
  }

  private void take(AppendTask task) throws IOException {
    Health.Reason refusal = health.refusal();
    if (refusal != null) {
      task.answer(new AppendResult.Refused(refusal.refusal(), refusal.detail()), answers);
      return;
    }
    // From here on the batch answers for the task, whatever happens.
    batch.tasks.add(task);
    List<MessageDraft> drafts = task.drafts;
    MessageDraft head = drafts.get(0);
    QueueEntries to = queues.findOrAdd(head.topic(), head.queueId());
    if (to.markedAnew(batchNumber)) {
      batch.moved(to);
    }
    long firstOffset = to.next();
    long firstPosition = -1;
    long[] logPositions = drafts.size() == 1 ? null : new long[drafts.size()];
    for (int i = 0; i < drafts.size(); i++) {
      MessageDraft draft = drafts.get(i);
      int size = (int) StoredMessage.sizeOf(draft);
      long position = tail.put(draft, size, to.next(), lastStoreMs);
      index.add(to, position, size, draft.tagsCode(), 1, lastStoreMs, draft.properties());
      if (i == 0) {
        firstPosition = position;
        task.at = new AppendResult.Appended(firstOffset, firstPosition, lastStoreMs, logPositions);
      }
      if (logPositions != null) {
        logPositions[i] = position;
      }
    }
  }

  /**
   * A task without drafts: answered at once, or by the force that also ends this batch. An append's
   * records are never written or forced in part, so its first position tells for all of them. What
   * waits for room may be what is asked for: nobody knows when there is any, so nobody waits for it.
   */
  private void takeWaiting(AppendTask task) {
    AppendResult.Appended at = task.at;
    assert at != null : "a task without drafts waits for a place";
    long done = positions.readOnlyForced() ? positions.flushed() : positions.appended();
    if (health.hasFailed()) {
      task.answer(new AppendResult.Unknown(at, Doubt.FLUSH_FAILED), answers);
    } else if (at.logPosition() < done) {
      task.answer(at, answers);
    } else if (isOutOfRoom()) {
      task.answer(new AppendResult.Unknown(at, Doubt.DISK_FULL), answers);
    } else {
      batch.tasks.add(task);
    }
  }

  /** The batch is written: publishes it and answers, or hands it to those who wait for the force. */
  private void finish() {
    long end = tail.end();
    if (batch.tasks.isEmpty() && end == positions.appended()) {
      answers.wake();
      return;
    }
    batch.close(end);
    index.wrote(end);
    if (!positions.readOnlyForced()) {
      positions.appendedTo(end);
      batch.arrived(listener);
      batch.succeed(answers);
      batch.clear();
      answers.wake();
      return;
    }
    batch.answerImpatient(answers);
    batch.deadlineMs = clock.monotonicMs() + settings.flushTimeoutMs;
    Batch waiting = batch;
    batch = new Batch();
    if (!waiters.add(waiting, answers)) {
      waiting.doubt(Doubt.FLUSH_FAILED, answers);
    }
    // Moved behind the hand-over, so that the flusher finds the batch when it finds the position.
    positions.appendedTo(end);
    answers.wake();
  }
}
