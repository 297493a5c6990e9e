package io.apogeemq.store.retention;

import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.CommitLog;
import io.apogeemq.store.log.Health;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes segments whose messages are older than the reserved time, oldest first, in the hours that
 * are meant for it. Never the active segment, none whose index isn't sealed, and none that somebody
 * still needs ({@link #keepFrom}).
 *
 * <p>Order, so that a crash between two steps loses no queue offset: minimum offsets move, the queue
 * table is saved, the index file goes, the log file goes.
 */
@RunsOn(ThreadRole.SEALER)
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final long LOOK_EVERY_MS = 10_000;

  private final CommitLog log;
  private final LogIndex index;
  private final Health health;
  private final StoreClock clock;
  private final long reservedMs;
  private final Set<Integer> hours;
  private LongSupplier keepFrom = () -> Long.MAX_VALUE;
  private long nextLookMs;

  /**
   * @param reservedHours age at which a segment goes; 0 keeps everything
   * @param hours hours of the day in which segments are deleted
   */
  public Retention(
      CommitLog log,
      LogIndex index,
      Health health,
      StoreClock clock,
      long reservedHours,
      Set<Integer> hours) {
    this.log = log;
    this.index = index;
    this.health = health;
    this.clock = clock;
    this.reservedMs = TimeUnit.HOURS.toMillis(reservedHours);
    this.hours = hours;
    this.nextLookMs = clock.monotonicMs();
  }

  /** See {@link io.apogeemq.store.MessageStore#keepFrom}. Before the first step. */
  public void keepFrom(LongSupplier logPosition) {
    keepFrom = logPosition;
  }

  /**
   * Deletes one segment if it is time.
   *
   * @return true if it deleted one
   */
  public boolean step() {
    long now = clock.monotonicMs();
    if (now < nextLookMs || health.hasFailed()) {
      return false;
    }
    nextLookMs = now + LOOK_EVERY_MS;
    long wallMs = clock.wallMs();
    int hour = Instant.ofEpochMilli(wallMs).atZone(ZoneId.systemDefault()).getHour();
    if (reservedMs == 0 || !hours.contains(hour) || !deleteOldest(wallMs - reservedMs)) {
      return false;
    }
    nextLookMs = now;
    return true;
  }

  /** Deletes the oldest segment if its newest message is older than a time. */
  public boolean deleteOldest(long olderThanMs) {
    long base = log.minPosition();
    if (log.segments().size() < 2
        || index.oldestSegment() != base
        || !index.oldestIsBefore(olderThanMs)
        || keepFrom.getAsLong() < base + log.segmentSize()) {
      return false;
    }
    try {
      index.leaveOldest();
      index.saveTable(base + log.segmentSize());
      index.deleteOldest();
      log.deleteOldest();
      LOG.info("deleted the commit log file that began at {}", base);
      return true;
    } catch (IOException e) {
      LOG.error("deleting the commit log file that begins at {} failed", base, e);
      health.failed("deleting an old commit log file failed: " + e.getMessage());
      return false;
    }
  }
}
