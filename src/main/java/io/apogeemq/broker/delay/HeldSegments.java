package io.apogeemq.broker.delay;

import java.util.Map;
import java.util.TreeMap;

/** How many waiting messages lie in which file of the log. Confined to its creator. */
final class HeldSegments {
  private final int segmentSizeBytes;
  private final TreeMap<Long, int[]> counts = new TreeMap<>();

  HeldSegments(int segmentSizeBytes) {
    this.segmentSizeBytes = segmentSizeBytes;
  }

  void add(long position) {
    counts.computeIfAbsent(baseOf(position), base -> new int[1])[0]++;
  }

  void remove(long position) {
    long base = baseOf(position);
    int[] count = counts.get(base);
    if (count != null && --count[0] == 0) {
      counts.remove(base);
    }
  }

  /** Where the first file begins that holds one; {@link Long#MAX_VALUE} if none does. */
  long oldest() {
    Map.Entry<Long, int[]> first = counts.firstEntry();
    return first == null ? Long.MAX_VALUE : first.getKey();
  }

  /** First position of the file that holds a position. */
  long baseOf(long position) {
    return position - position % segmentSizeBytes;
  }
}
