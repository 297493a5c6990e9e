package io.apogeemq.store.log;

import io.apogeemq.store.io.DiskFile;
import java.nio.file.Path;
import java.util.Locale;

/**
 * One file of the commit log.
 *
 * @param base log position of its first byte, which is its name
 */
public record Segment(long base, Path path, DiskFile file) {
  /** Digits of a file name. */
  private static final int NAME_DIGITS = 20;

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
