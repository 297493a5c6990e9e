package io.apogeemq.protocol.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The property string of a message in its encoded form: {@code name 0x01 value 0x02 name 0x01 value …},
 * UTF-8, no escapes. 4.9 clients leave out the last 0x02, 5.x ones write it; both are read. A piece
 * without 0x01 is skipped, as the original does.
 *
 * <p>The methods that work on bytes never build a map: the hot path looks for two or three names.
 */
public final class Properties {
  /** Stands between a name and its value. */
  public static final byte NAME_END = 0x01;

  /** Stands behind a value. */
  public static final byte VALUE_END = 0x02;

  /** Largest encoded length that a record can hold (a signed 16-bit length). */
  public static final int MAX_BYTES = Short.MAX_VALUE;

  /** Space-separated keys under which the message is indexed. */
  public static final String KEYS = "KEYS";

  /** The client's message id. */
  public static final String UNIQ_KEY = "UNIQ_KEY";

  public static final String TAGS = "TAGS";

  /** Where a parked message (delayed, half) is to go. It keeps both when it is delivered. */
  public static final String REAL_TOPIC = "REAL_TOPIC";

  public static final String REAL_QUEUE_ID = "REAL_QID";

  /** Delay level, from 1 on; gone when the message is delivered. */
  public static final String DELAY = "DELAY";

  /** 5.x: number of messages in an inner batch. */
  public static final String INNER_NUM = "INNER_NUM";

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH_ONE = 0x0101010101010101L;
  private static final long EACH_TOP = 0x8080808080808080L;

  private Properties() {}

  /** All properties in their order; of a name that comes twice the last value stays. */
  public static Map<String, String> parse(byte[] encoded) {
    Map<String, String> all = new LinkedHashMap<>();
    int start = 0;
    while (start < encoded.length) {
      int end = indexOf(encoded, VALUE_END, start, encoded.length);
      int split = indexOf(encoded, NAME_END, start, end);
      if (split < end) {
        all.put(text(encoded, start, split), text(encoded, split + 1, end));
      }
      start = end + 1;
    }
    return all;
  }

  /** Encodes with a 0x02 behind the last value, as 5.x does; both generations read it. */
  public static byte[] encode(Map<String, String> properties) {
    StringBuilder text = new StringBuilder();
    properties.forEach(
        (name, value) ->
            text.append(name).append((char) NAME_END).append(value).append((char) VALUE_END));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The value of a name (its last, if it comes twice, as {@link #parse}), or null. */
  public static @Nullable String get(byte[] encoded, String name) {
    long span = find(encoded, name.getBytes(StandardCharsets.UTF_8));
    return span < 0 ? null : text(encoded, spanStart(span), spanEnd(span));
  }

  /**
   * Place of a name's value (its last, if it comes twice) as start and end index in one long ({@link #spanStart}, {@link
   * #spanEnd}); -1 if the name isn't there. Allocates nothing.
   */
  public static long find(byte[] encoded, byte[] name) {
    int length = encoded.length;
    long found = -1;
    int at = 0;
    while (at + name.length < length) {
      boolean same = encoded[at + name.length] == NAME_END;
      for (int i = 0; same && i < name.length; i++) {
        same = encoded[at + i] == name[i];
      }
      int end = indexOf(encoded, VALUE_END, at, length);
      if (same) {
        int start = at + name.length + 1;
        // The value may not reach beyond this piece; a name that contains 0x02 finds nothing.
        found = start <= end ? (long) start << 32 | end : found;
      }
      at = end + 1;
    }
    return found;
  }

  /**
   * True if a byte is 0: no client writes one, and a log file's end is recognised as torn by its zeros,
   * so such properties must not be stored.
   */
  public static boolean hasZero(byte[] encoded) {
    int at = 0;
    for (; at + Long.BYTES <= encoded.length; at += Long.BYTES) {
      long eight = (long) LONGS.get(encoded, at);
      if ((eight - EACH_ONE & ~eight & EACH_TOP) != 0) {
        return true;
      }
    }
    for (; at < encoded.length; at++) {
      if (encoded[at] == 0) {
        return true;
      }
    }
    return false;
  }

  public static int spanStart(long span) {
    return (int) (span >>> 32);
  }

  public static int spanEnd(long span) {
    return (int) span;
  }

  private static int indexOf(byte[] bytes, byte wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return to;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
