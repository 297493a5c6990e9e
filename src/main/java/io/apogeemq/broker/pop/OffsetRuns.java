package io.apogeemq.broker.pop;

import io.apogeemq.protocol.remoting.MalformedRequest;
import java.util.Arrays;

/** Ascending queue offsets as short text: {@code 3-7,9}. */
final class OffsetRuns {
  /** More offsets in one text are nonsense: no queue has so many messages out. */
  private static final int MAX_OFFSETS = 1 << 20;

  private OffsetRuns() {}

  /** Appends the first {@code count} offsets, which are ascending. */
  static void append(StringBuilder out, long[] offsets, int count) {
    for (int i = 0; i < count; ) {
      int end = i + 1;
      while (end < count && offsets[end] == offsets[end - 1] + 1) {
        end++;
      }
      if (i > 0) {
        out.append(',');
      }
      out.append(offsets[i]);
      if (end - i > 1) {
        out.append('-').append(offsets[end - 1]);
      }
      i = end;
    }
  }

  /** The offsets of a text; none for an empty one. */
  static long[] parse(String text) {
    if (text.isEmpty()) {
      return new long[0];
    }
    long[] offsets = new long[16];
    int count = 0;
    for (String run : text.split(",")) {
      int dash = run.indexOf('-');
      try {
        long first = Long.parseLong(dash < 0 ? run : run.substring(0, dash));
        long last = dash < 0 ? first : Long.parseLong(run.substring(dash + 1));
        if (last < first || last - first >= MAX_OFFSETS - count) {
          throw new MalformedRequest("not a run of queue offsets: " + run);
        }
        int more = (int) (last - first) + 1;
        if (count + more > offsets.length) {
          offsets = Arrays.copyOf(offsets, Math.max(count + more, 2 * offsets.length));
        }
        for (int i = 0; i < more; i++) {
          offsets[count++] = first + i;
        }
      } catch (NumberFormatException e) {
        throw new MalformedRequest("not a run of queue offsets: " + run);
      }
    }
    return Arrays.copyOf(offsets, count);
  }
}
