package io.apogeemq.store.retention;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.Health;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every second how full the disk is, and stops appends before a write can fail. They go on by
 * themselves when there is room again.
 */
@RunsOn(ThreadRole.SEALER)
public final class DiskGuard {
  private static final Logger LOG = LoggerFactory.getLogger(DiskGuard.class);
  private static final long LOOK_EVERY_MS = 1_000;

  /** Refused below this even on a huge disk whose used part is within the limit. */
  private static final long RESERVE_BYTES = 64L * 1024 * 1024;

  private final Disk disk;
  private final Path directory;
  private final double maxUsedRatio;
  private final Health health;
  private final StoreClock clock;
  private long nextLookMs;
  private boolean full;
  private volatile double usedRatio;

  public DiskGuard(
      Disk disk, Path directory, double maxUsedRatio, Health health, StoreClock clock) {
    this.disk = disk;
    this.directory = directory;
    this.maxUsedRatio = maxUsedRatio;
    this.health = health;
    this.clock = clock;
    this.nextLookMs = clock.monotonicMs();
  }

  /** Used part of the disk at the last look, 0 to 1. Any thread. */
  public double usedRatio() {
    return usedRatio;
  }

  /** Looks if it is time. */
  public void step() {
    long now = clock.monotonicMs();
    if (now < nextLookMs) {
      return;
    }
    nextLookMs = now + LOOK_EVERY_MS;
    try {
      Disk.Space space = disk.space(directory);
      usedRatio = space.usedRatio();
      boolean fullNow = usedRatio > maxUsedRatio || space.usableBytes() < RESERVE_BYTES;
      if (fullNow) {
        health.diskFull(
            String.format(
                Locale.ROOT,
                "the disk of %s is %.1f %% full (%d MiB left), the limit is %.1f %%; free space or"
                    + " raise diskSpaceWarningLevelRatio, sends go on by themselves",
                directory,
                100 * usedRatio,
                space.usableBytes() >> 20,
                100 * maxUsedRatio));
      } else {
        health.diskFull(null);
      }
      if (fullNow != full) {
        full = fullNow;
        LOG.warn("disk of {}: {}", directory, full ? "too full, sends are refused" : "has room");
      }
    } catch (IOException e) {
      LOG.warn("the fill level of the disk of {} can't be read: {}", directory, e.getMessage());
    }
  }
}
