package io.apogeemq.protocol.body;

import org.jspecify.annotations.Nullable;

/**
 * The version of a table that one node owns and others copy. Two versions are the same if all three
 * numbers are; there is no order between different ones.
 *
 * @param counter how often the table was changed
 * @param stateVersion the epoch of a controller; absent before 5.0, which means 0
 * @param timestamp when it was changed last, in ms
 */
public record DataVersion(long counter, @Nullable Long stateVersion, long timestamp)
    implements Body {
  /** Whether this is the same version; an absent epoch is 0. */
  public boolean sameAs(@Nullable DataVersion other) {
    return other != null
        && counter == other.counter
        && timestamp == other.timestamp
        && epoch() == other.epoch();
  }

  private long epoch() {
    return stateVersion == null ? 0 : stateVersion;
  }

  /** The version after one more change. */
  public DataVersion next(long nowMs) {
    return new DataVersion(counter + 1, stateVersion, nowMs);
  }
}
