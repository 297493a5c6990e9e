package io.apogeemq.cli;

/**
 * Names of the original's versions, which travel as numbers: places in a table that has two entries
 * for each version, first its snapshot, then the release. From 4.0.0 on the table counts evenly up to
 * 5.9.9, ten versions to each minor; what lies behind it is called HIGHER_VERSION there, too.
 */
final class VersionName {
  private static final int FIRST_4 = 212;
  private static final int BEHIND_LAST = 612;

  private VersionName() {}

  static String of(int number) {
    if (number >= BEHIND_LAST) {
      return "HIGHER_VERSION";
    }
    if (number < FIRST_4) {
      return "V3"; // before Apache; its minors don't count evenly
    }
    int version = (number - FIRST_4) / 2;
    String release = "V" + (4 + version / 100) + "_" + version / 10 % 10 + "_" + version % 10;
    return number % 2 == 0 ? release + "_SNAPSHOT" : release;
  }
}
