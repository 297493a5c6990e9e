package io.apogeemq.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** How the original's tables print their values. */
final class Columns {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS").withZone(ZoneId.systemDefault());

  private Columns() {}

  /** At most the first signs of a text: what doesn't fit into its column is cut off. */
  static String cut(String text, int signs) {
    return text.length() > signs ? text.substring(0, signs) : text;
  }

  static String seconds(long timestampMs) {
    return SECONDS.format(Instant.ofEpochMilli(timestampMs));
  }

  static String millis(long timestampMs) {
    return MILLIS.format(Instant.ofEpochMilli(timestampMs));
  }

  /**
   * Names in the order in which the original's tools print them: that of a hash set which was filled
   * one by one.
   */
  static Set<String> inOriginalOrder(Collection<String> names) {
    Set<String> order = new HashSet<>();
    for (String each : names) { // not addAll: it would choose another table size
      order.add(each);
    }
    return order;
  }
}
