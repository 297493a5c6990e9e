package io.apogeemq.store.log;

/**
 * What one read may spend on showing records to a filter, in bytes and in time. A read that has spent it
 * answers with what it has and how far it came; the next read goes on there. Confined to the read.
 */
final class FilterBudget {
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  /** The event loop that reads what is in memory serves others, too. */
  private static final long HOT_NANOS = 2_000_000;

  private static final long COLD_NANOS = 50_000_000;

  /** The clock is asked once for so many records. */
  private static final int RECORDS_PER_CLOCK = 16;

  private final long until;
  private long bytes;
  private int records;
  private boolean late;

  /** {@code cold}: the read may go to the disk and runs on a thread for that. */
  FilterBudget(boolean cold) {
    until = System.nanoTime() + (cold ? COLD_NANOS : HOT_NANOS);
  }

  boolean isSpent() {
    return late || bytes > MAX_BYTES;
  }

  /** A record of this size is going to be shown. */
  void spend(int size) {
    bytes += size;
    records++;
    late = late || records % RECORDS_PER_CLOCK == 0 && System.nanoTime() - until > 0;
  }
}
