package io.apogeemq.gateway.consume;

/** How many messages of a tail are told in a second, and how many were more than that. */
final class TailRate {
  private final long perSecond;
  private long told;
  private long skipped;
  private long skippedBefore;

  /**
   * @param perSecond 0: all
   */
  TailRate(long perSecond) {
    this.perSecond = perSecond;
  }

  boolean isLimited() {
    return perSecond > 0;
  }

  /** One message more; false if it is skipped. */
  boolean admits() {
    if (perSecond == 0 || told < perSecond) {
      told++;
      return true;
    }
    skipped++;
    return false;
  }

  /** Begins the next second; returns how many the last one has skipped. */
  long nextSecond() {
    long last = skipped;
    skippedBefore += last;
    skipped = 0;
    told = 0;
    return last;
  }

  long skippedInAll() {
    return skippedBefore + skipped;
  }
}
