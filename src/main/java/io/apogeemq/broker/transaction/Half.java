package io.apogeemq.broker.transaction;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the table of open transactions wants to know of a stored half message. The names and forms are
 * the original's, whose half messages are read by the same code.
 *
 * @param group the producer group that decides; empty if the record doesn't say
 * @param storedMs when it was stored
 * @param immunityMs how long nobody asks for its outcome, -1 for the usual time
 * @param checks how often its producers were asked, as the record says
 * @param firstOffset of a record that was put in again: the half queue's offset of the first, else -1
 * @param replaces of a record that we rolled forward: log position of the one before it, else -1
 * @param key of its sender's id, see {@link #key}
 */
record Half(
    long queueOffset,
    long logPosition,
    String group,
    long storedMs,
    long immunityMs,
    int checks,
    long firstOffset,
    long replaces,
    int key) {

  /** The {@link #key} of a half message whose id is not known. */
  static final int NO_KEY = 0;

  static final String GROUP = "PGROUP";
  static final String IMMUNITY_SECONDS = "CHECK_IMMUNITY_TIME_IN_SECONDS";
  static final String CHECK_TIMES = "TRANSACTION_CHECK_TIMES";
  static final String FIRST_OFFSET = "TRAN_PREPARED_QUEUE_OFFSET";

  /** Reads a record of the half topic, in one pass over its properties. */
  static Half of(MessageView record) {
    byte[] properties = record.properties();
    String group = "";
    long immunityMs = -1;
    int checks = 0;
    long firstOffset = -1;
    int key = NO_KEY;
    for (int start = 0, end; start < properties.length; start = end + 1) {
      end = endOf(properties, start);
      int nameEnd = start;
      while (nameEnd < end && properties[nameEnd] != Properties.NAME_END) {
        nameEnd++;
      }
      int length = nameEnd - start;
      if (nameEnd == end) {
        continue;
      }
      // The length tells most other names apart before a text is made.
      if (length == GROUP.length() && is(properties, start, GROUP)) {
        group = text(properties, nameEnd + 1, end);
      } else if (length == IMMUNITY_SECONDS.length() && is(properties, start, IMMUNITY_SECONDS)) {
        immunityMs = immunityMs(text(properties, nameEnd + 1, end));
      } else if (length == CHECK_TIMES.length() && is(properties, start, CHECK_TIMES)) {
        checks = (int) Math.min(Math.max(0, number(text(properties, nameEnd + 1, end))), 1 << 20);
      } else if (length == FIRST_OFFSET.length() && is(properties, start, FIRST_OFFSET)) {
        firstOffset = number(text(properties, nameEnd + 1, end));
      } else if (length == Properties.UNIQ_KEY.length()
          && is(properties, start, Properties.UNIQ_KEY)) {
        key = key(text(properties, nameEnd + 1, end));
      }
    }
    long replaces = record.preparedPosition() - 1;
    return new Half(
        record.queueOffset(),
        record.logPosition(),
        group,
        record.storeTimestampMs(),
        immunityMs,
        checks,
        firstOffset,
        replaces,
        key);
  }

  /** A number that tells ids apart: those of two half messages are the same by chance only. */
  static int key(String id) {
    return id.hashCode();
  }

  /** A text that is no number gives no immunity of its own, as in the original. */
  private static long immunityMs(String seconds) {
    long number = number(seconds);
    return number < 0 ? -1 : Math.min(number, Integer.MAX_VALUE) * 1000;
  }

  /** The number, -1 for what is none. */
  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException noNumber) {
      return -1;
    }
  }

  private static int endOf(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != Properties.VALUE_END) {
      at++;
    }
    return at;
  }

  private static boolean is(byte[] bytes, int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (bytes[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** The group that a record names; null if it names none. */
  static @Nullable String groupOf(byte[] properties) {
    return Properties.get(properties, GROUP);
  }
}
