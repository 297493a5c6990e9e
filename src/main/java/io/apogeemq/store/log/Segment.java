package io.apogeemq.store.log;

import io.apogeemq.store.io.DiskFile;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One file of the commit log, and how many reads are in it: one that is in it is let through before
 * the file is deleted. Safe for all threads.
 */
public final class Segment {
  /** Digits of a file name. */
  private static final int NAME_DIGITS = 20;

  private static final int RETIRED = -1;

  private final long base;
  private final Path path;
  private final DiskFile file;
  private final AtomicInteger reads = new AtomicInteger();

  /**
   * @param base log position of its first byte, which is its name
   */
  public Segment(long base, Path path, DiskFile file) {
    this.base = base;
    this.path = path;
    this.file = file;
  }

  public long base() {
    return base;
  }

  public Path path() {
    return path;
  }

  public DiskFile file() {
    return file;
  }

  /** Before a read; false if the file is about to be deleted. Each true is followed by {@link #leave}. */
  boolean enter() {
    return reads.getAndUpdate(now -> now == RETIRED ? RETIRED : now + 1) != RETIRED;
  }

  /** After a read. */
  void leave() {
    reads.decrementAndGet();
  }

  /** Lets no read in any more; false if one is still in it. */
  boolean retire() {
    return reads.get() == RETIRED || reads.compareAndSet(0, RETIRED);
  }

  /** Name of the file that starts at a log position. */
  public static String nameOf(long base) {
    return String.format(Locale.ROOT, "%0" + NAME_DIGITS + "d", base);
  }

  /** First log position of the file with this name; -1 if it is no log file's name. */
  public static long baseOf(String name) {
    if (name.length() != NAME_DIGITS) {
      return -1;
    }
    try {
      return Long.parseLong(name);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
