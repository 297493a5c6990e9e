package io.apogeemq.store;

import java.util.Set;

/**
 * When old segments are deleted, and when sends are refused for want of room. The names in brackets
 * are the configuration keys.
 *
 * @param reservedHours segments whose newest message is older are deleted ({@code fileReservedTime}); 0
 *     keeps everything
 * @param deleteWhenHours hours of the day (local time) in which they are deleted ({@code deleteWhen})
 * @param levels what is done when the disk fills
 * @param maxLogBytes above so many bytes of log, less one segment, the oldest segments are deleted
 *     before their time; above it sends are refused ({@code commitLogMaxBytes}); 0 for no limit
 * @param unreadToo whether a segment may be deleted before its time although a group has not read it
 *     ({@code deleteUnreadForRoom})
 */
public record RetentionConfig(
    long reservedHours,
    Set<Integer> deleteWhenHours,
    DiskLevels levels,
    long maxLogBytes,
    boolean unreadToo) {

  /**
   * Used parts of the disk, 0 to 1, above which something is done.
   *
   * @param expiredAnyHourRatio expired segments are deleted at any hour ({@code
   *     diskMaxUsedSpaceRatio})
   * @param forciblyRatio the oldest segments are deleted before their time ({@code
   *     diskSpaceCleanForciblyRatio})
   * @param forcibly whether that is done at all ({@code cleanFileForciblyEnable})
   * @param refuseRatio sends are refused ({@code diskSpaceWarningLevelRatio})
   */
  public record DiskLevels(
      double expiredAnyHourRatio, double forciblyRatio, boolean forcibly, double refuseRatio) {}

  /** The original's defaults, except that nothing is deleted unread. */
  public static final RetentionConfig DEFAULT =
      new RetentionConfig(72, Set.of(4), new DiskLevels(0.75, 0.85, true, 0.90), 0, false);

  public RetentionConfig withReserved(long hours, Set<Integer> whenHours) {
    return new RetentionConfig(hours, whenHours, levels, maxLogBytes, unreadToo);
  }

  public RetentionConfig withMaxLogBytes(long bytes) {
    return new RetentionConfig(reservedHours, deleteWhenHours, levels, bytes, unreadToo);
  }

  public RetentionConfig withUnreadToo(boolean allowed) {
    return new RetentionConfig(reservedHours, deleteWhenHours, levels, maxLogBytes, allowed);
  }
}
