package io.apogeemq.store.retention;

import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.Health;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second how full the disk is and how long the log (more often while room is needed), says
 * how urgently room is needed, and stops appends before a write can fail. They go on by themselves when
 * there is room again.
 */
@RunsOn(ThreadRole.SEALER)
public final class DiskGuard {
  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
  private static final long LOOK_EVERY_MS = 1_000;
  private static final long LOOK_IN_NEED_EVERY_MS = 100;

  /** Kept free beyond the level that is configured: about what a second of sends may write. */
  private static final long RESERVE_BYTES = 64L * 1024 * 1024;

  /** On a small disk the reserve is this part of it, so that it doesn't override the level. */
  private static final int RESERVE_PART = 16;

  private final Disk disk;
  private final Path directory;
  private final Supplier<RetentionConfig> rules;
  private final int segmentSize;
  private final LongSupplier logBytes;
  private final Health health;
  private final StoreClock clock;
  private long nextLookMs;

  /** Said already that the disk does not tell its fill level. */
  private boolean unreadable;

  private boolean full;
  private Need need = Need.NONE;
  private String hindrance = "";
  private volatile double usedRatio;

  /** How much room is needed, in rising order. */
  enum Need {
    /** Segments are deleted when they are due, in their hours. */
    NONE,
    /** Segments that are due are deleted at any hour. */
    EXPIRED,
    /** The oldest are deleted before they are due. */
    OLDEST
  }

  /**
   * @param logBytes length of the log as of now
   */
  public DiskGuard(
      Disk disk,
      Path directory,
      Supplier<RetentionConfig> rules,
      int segmentSize,
      LongSupplier logBytes,
      Health health,
      StoreClock clock) {
    this.disk = disk;
    this.directory = directory;
    this.rules = rules;
    this.segmentSize = segmentSize;
    this.logBytes = logBytes;
    this.health = health;
    this.clock = clock;
    this.nextLookMs = clock.monotonicMs();
  }

  /** Used part of the disk at the last look, 0 to 1. Any thread. */
  public double usedRatio() {
    return usedRatio;
  }

  /** Milliseconds between two looks. */
  public long everyMs() {
    return need == Need.OLDEST ? LOOK_IN_NEED_EVERY_MS : LOOK_EVERY_MS;
  }

  /** Something was deleted: what the last look saw is no longer true. */
  void lookAgain() {
    nextLookMs = clock.monotonicMs();
  }

  Need need() {
    return need;
  }

  /** Why the oldest segment can't be deleted for room, for those whose sends are refused; or empty. */
  void hindrance(String why) {
    if (!why.equals(hindrance)) {
      hindrance = why;
      if (!why.isEmpty()) {
        LOG.warn("room is needed on the disk of {}, but {}", directory, why);
      }
    }
  }

  /** Looks if it is time. */
  public void step() {
    long now = clock.monotonicMs();
    if (now < nextLookMs) {
      return;
    }
    try {
      look(disk.space(directory), logBytes.getAsLong());
      unreadable = false;
    } catch (IOException e) {
      if (!unreadable) {
        LOG.warn(
            "the fill level of the disk of {} can't be read: {}. It is tried again.",
            directory,
            e.getMessage());
      }
      unreadable = true;
    }
    nextLookMs = now + everyMs();
  }

  private void look(Disk.Space space, long bytes) {
    usedRatio = space.usedRatio();
    long max = rules.get().maxLogBytes();
    boolean longLog = max > 0 && bytes > max - segmentSize;
    if (longLog
        || rules.get().levels().forcibly() && usedRatio > rules.get().levels().forciblyRatio()) {
      need = Need.OLDEST;
    } else {
      need = usedRatio > rules.get().levels().expiredAnyHourRatio() ? Need.EXPIRED : Need.NONE;
      hindrance = "";
    }
    String tooFull = tooFull(space, bytes);
    health.diskFull(tooFull == null ? null : tooFull + advice());
    if ((tooFull != null) != full) {
      full = tooFull != null;
      LOG.warn("sends are {}", full ? "refused: " + tooFull : "taken again: there is room");
    }
  }

  /** Which level is reached, or null. */
  private String tooFull(Disk.Space space, long bytes) {
    if (usedRatio > rules.get().levels().refuseRatio()) {
      return String.format(
          Locale.ROOT,
          "the disk of %s is %.1f %% full (%d MiB left), the limit is %.1f %%"
              + " (diskSpaceWarningLevelRatio)",
          directory,
          100 * usedRatio,
          space.usableBytes() >> 20,
          100 * rules.get().levels().refuseRatio());
    }
    long reserve = Math.min(RESERVE_BYTES, space.totalBytes() / RESERVE_PART);
    if (space.usableBytes() < reserve) {
      return String.format(
          Locale.ROOT,
          "the disk of %s has %d MiB left (%.1f %% full), the limit is %d MiB",
          directory,
          space.usableBytes() >> 20,
          100 * usedRatio,
          reserve >> 20);
    }
    if (rules.get().maxLogBytes() > 0 && bytes > rules.get().maxLogBytes()) {
      return String.format(
          Locale.ROOT,
          "the commit log has %d MiB, the limit is %d MiB (commitLogMaxBytes)",
          bytes >> 20,
          rules.get().maxLogBytes() >> 20);
    }
    return null;
  }

  private String advice() {
    String why = hindrance.isEmpty() ? "" : "; " + hindrance;
    return why + "; free space or raise the limit, sends go on by themselves";
  }
}
