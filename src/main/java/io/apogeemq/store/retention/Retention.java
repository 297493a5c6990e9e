package io.apogeemq.store.retention;

import io.apogeemq.store.ReadProgress;
import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.index.OldestSegment;
import io.apogeemq.store.io.DiskFull;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.CommitLog;
import io.apogeemq.store.log.Health;
import io.apogeemq.store.retention.DiskGuard.Need;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes segments, oldest first: those whose messages are older than the reserved time, in the hours
 * that are meant for it, or at any hour if the disk fills; and, if room is needed urgently, those that
 * everybody has read, or that the operator gives away unread. Never the active segment, none whose
 * index isn't sealed, none that somebody still needs ({@link #keepFrom}), and none while a read is in
 * it.
 *
 * <p>Order, so that a crash between two steps loses no queue offset: the queue table is saved with the
 * new minimum offsets, these move for readers, the index file goes, the log file goes.
 */
@RunsOn(ThreadRole.SEALER)
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
  private static final long LOOK_EVERY_MS = 10_000;

  private final CommitLog log;
  private final OldestSegment oldest;
  private final Health health;
  private final DiskGuard guard;
  private final StoreClock clock;
  private final Supplier<RetentionConfig> rules;
  private LongSupplier keepFrom = () -> Long.MAX_VALUE;
  private Supplier<ReadProgress> progress = () -> ReadProgress.NOTHING_READ;
  private long nextLookMs;

  public Retention(
      CommitLog log,
      OldestSegment oldest,
      Health health,
      DiskGuard guard,
      StoreClock clock,
      Supplier<RetentionConfig> rules) {
    this.log = log;
    this.oldest = oldest;
    this.health = health;
    this.guard = guard;
    this.clock = clock;
    this.rules = rules;
    this.nextLookMs = clock.monotonicMs();
  }

  /** See {@link io.apogeemq.store.MessageStore#keepFrom}. Before the first step. */
  public void keepFrom(LongSupplier logPosition) {
    keepFrom = logPosition;
  }

  /** See {@link io.apogeemq.store.MessageStore#readProgress}. Before the first step. */
  public void readProgress(Supplier<ReadProgress> snapshot) {
    progress = snapshot;
  }

  /**
   * Deletes one segment if it is time.
   *
   * @return true if it deleted one
   */
  public boolean step() {
    long now = clock.monotonicMs();
    Need need = guard.need();
    long every = need == Need.NONE ? LOOK_EVERY_MS : guard.everyMs();
    nextLookMs = Math.min(nextLookMs, now + every);
    if (now < nextLookMs || health.hasFailed()) {
      return false;
    }
    nextLookMs = now + every;
    boolean deleted =
        rules.get().reservedHours() > 0
                && (need != Need.NONE || inHours())
                && deleteOldest(expiryMs())
            || need == Need.OLDEST && deleteForRoom();
    if (deleted) {
      nextLookMs = now;
      guard.lookAgain();
    }
    return deleted;
  }

  private long expiryMs() {
    return clock.wallMs() - TimeUnit.HOURS.toMillis(rules.get().reservedHours());
  }

  private boolean inHours() {
    int hour = Instant.ofEpochMilli(clock.wallMs()).atZone(ZoneId.systemDefault()).getHour();
    return rules.get().deleteWhenHours().contains(hour);
  }

  private boolean deleteForRoom() {
    try {
      String why = hindrance();
      guard.hindrance(why == null ? "" : why);
      return why == null && deleteOldest(Long.MAX_VALUE);
    } catch (IOException e) {
      LOG.warn("the index of the oldest commit log file can't be read: {}", e.getMessage());
      return false;
    }
  }

  /** Why the oldest segment must stay although room is needed; null if it need not. */
  private @Nullable String hindrance() throws IOException {
    long base = log.minPosition();
    if (log.segments().size() < 2) {
      return "the only commit log file is the one that is written";
    }
    if (keepFrom.getAsLong() < base + log.segmentSize()) {
      return "the broker's own state in the oldest commit log file is not saved yet";
    }
    if (rules.get().unreadToo() || oldest.base() != base) {
      return null;
    }
    OldestSegment.Unread unread = oldest.unread(progress.get());
    return unread == null
        ? null
        : "messages of topic "
            + unread.topic()
            + " in the oldest commit log file are unread (queue "
            + unread.queueId()
            + " from offset "
            + unread.from()
            + " on) and deleteUnreadForRoom=false keeps them";
  }

  /** Deletes the oldest segment if its newest message is older than a time. */
  public boolean deleteOldest(long olderThanMs) {
    long base = log.minPosition();
    if (log.segments().size() < 2
        || oldest.base() != base
        || !oldest.isBefore(olderThanMs)
        || keepFrom.getAsLong() < base + log.segmentSize()) {
      return false;
    }
    try {
      oldest.leave(base + log.segmentSize());
      // Nobody begins to read it any more; who is in it is let through.
      if (!log.retireOldest()) {
        return false;
      }
      oldest.delete();
      log.deleteOldest();
      LOG.info("deleted the commit log file that began at {}", base);
      return true;
    } catch (DiskFull e) {
      // Nothing is lost: the segment stays until the table can be saved.
      LOG.warn("no room to save the queue table before a deletion: {}", e.getMessage());
      return false;
    } catch (IOException e) {
      LOG.error("deleting the commit log file that begins at {} failed", base, e);
      health.failed("deleting an old commit log file failed: " + e.getMessage());
      return false;
    }
  }
}
