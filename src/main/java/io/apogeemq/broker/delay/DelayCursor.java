package io.apogeemq.broker.delay;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a list of what waits was told: the timer that was told last, and in each level the queue
 * offset that comes next. As text {@code DUE:POSITION;LEVEL:OFFSET;…}; who asks brings it back.
 */
final class DelayCursor {
  private static final int MAX_CHARS = 4_096;

  private long dueMs = Long.MIN_VALUE;
  private long position;
  private final Map<Integer, Long> levels = new TreeMap<>();

  /** Reads a cursor, {@code null} is the start. Null if the text is none. */
  static @Nullable DelayCursor parse(@Nullable String text) {
    DelayCursor cursor = new DelayCursor();
    if (text == null || text.isEmpty()) {
      return cursor;
    }
    if (text.length() > MAX_CHARS) {
      return null;
    }
    try {
      String[] parts = text.split(";");
      String[] timer = parts[0].split(":");
      cursor.timer(Long.parseLong(timer[0]), Long.parseLong(timer[1]));
      for (int i = 1; i < parts.length; i++) {
        String[] level = parts[i].split(":");
        cursor.level(Integer.parseInt(level[0]), Long.parseLong(level[1]));
      }
      return cursor;
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return null;
    }
  }

  /** All timers up to this one were told. */
  void timer(long due, long at) {
    dueMs = due;
    position = at;
  }

  /** In this level the record at this offset comes next. */
  void level(int level, long nextOffset) {
    levels.put(level, nextOffset);
  }

  long dueMs() {
    return dueMs;
  }

  long position() {
    return position;
  }

  long nextIn(int level) {
    return levels.getOrDefault(level, 0L);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(dueMs).append(':').append(position);
    levels.forEach((level, next) -> text.append(';').append(level).append(':').append(next));
    return text.toString();
  }
}
