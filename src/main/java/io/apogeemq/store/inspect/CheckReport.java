package io.apogeemq.store.inspect;

import java.util.List;

/**
 * What a check of a store folder found.
 *
 * @param segments log files
 * @param begin first log position
 * @param end where the log ends
 * @param records sound ones
 * @param messages more than records where a record holds several
 * @param queues with at least one message in the log
 * @param damages in the order in which they were found, the first {@link #MAX_DAMAGES} of them
 * @param damageCount all of them
 * @param notes what is worth knowing and no damage
 */
public record CheckReport(
    int segments,
    long begin,
    long end,
    long records,
    long messages,
    int queues,
    List<Damage> damages,
    long damageCount,
    List<String> notes) {
  /** More are counted, not kept. */
  public static final int MAX_DAMAGES = 1000;

  public boolean sound() {
    return damageCount == 0;
  }
}
