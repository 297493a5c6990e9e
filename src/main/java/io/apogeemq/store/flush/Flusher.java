package io.apogeemq.store.flush;

import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.Answers;
import io.apogeemq.store.log.Appender;
import io.apogeemq.store.log.CommitLog;
import io.apogeemq.store.log.Health;
import io.apogeemq.store.log.LogPositions;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;

/**
 * Forces the log to the disk and moves the flushed position. In sync mode it forces whatever has been
 * written since, while the appender writes the next batch: group commit. In async mode it forces once
 * per interval.
 *
 * <p>Invariant: the flushed position only moves to a place that was written before a force that
 * succeeded. After one that failed nothing is forced again: the kernel may have dropped the bytes and
 * report success the next time.
 */
@RunsOn(ThreadRole.FLUSHER)
public final class Flusher {
  private final CommitLog log;
  private final LogPositions positions;
  private final FlushWaiters waiters;
  private final Appender appender;
  private final Health health;
  private final StoreClock clock;
  private final long intervalMs;
  private final Answers answers = new Answers();
  private long lastForceMs;

  /**
   * @param intervalMs time between two forces in async mode; not used in sync mode
   */
  public Flusher(
      CommitLog log,
      LogPositions positions,
      FlushWaiters waiters,
      Appender appender,
      Health health,
      StoreClock clock,
      long intervalMs) {
    this.log = log;
    this.positions = positions;
    this.waiters = waiters;
    this.appender = appender;
    this.health = health;
    this.clock = clock;
    this.intervalMs = intervalMs;
    this.lastForceMs = clock.monotonicMs();
  }

  /** True if a step would force something now. */
  public boolean hasWork() {
    return !health.hasFailed()
        && positions.appended() > positions.flushed()
        && (positions.readOnlyForced() || clock.monotonicMs() - lastForceMs >= intervalMs);
  }

  /** Milliseconds until a step will find something if nothing wakes it, in async mode. */
  public long idleMs() {
    return positions.readOnlyForced()
        ? Long.MAX_VALUE
        : Math.max(1, lastForceMs + intervalMs - clock.monotonicMs());
  }

  /**
   * Forces what is due.
   *
   * @return true if it forced something
   */
  public boolean step() {
    if (health.hasFailed() && !waiters.isEmpty()) {
      // The appender's write failed: what it wrote before stays unforced.
      waiters.fail(answers);
      answers.wake();
      return true;
    }
    if (!hasWork()) {
      if (!positions.readOnlyForced() && clock.monotonicMs() - lastForceMs >= intervalMs) {
        lastForceMs = clock.monotonicMs();
      }
      return false;
    }
    forceAll();
    return true;
  }

  /** Forces everything written so far, whatever the mode. Also at an orderly end. */
  public void forceAll() {
    long target = positions.appended();
    lastForceMs = clock.monotonicMs();
    try {
      log.force(positions.flushed(), target);
    } catch (IOException e) {
      health.failed("forcing the commit log to the disk failed: " + e.getMessage());
      waiters.fail(answers);
      answers.wake();
      return;
    }
    positions.flushedTo(target);
    try {
      waiters.flushedTo(target, appender.listener(), answers);
    } finally {
      answers.wake();
    }
  }
}
