package io.apogeemq.protocol.remoting;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The named text values of a header, in the order in which they came. Flat arrays instead of a map: a
 * request has ten or so, a scan is faster than a hash, and the order is kept for signatures.
 *
 * <p>Fields that a decoder found stay bytes of the header until somebody asks for their text: most of
 * a send's fields are numbers, or are stored as the bytes that they came as. Confined to the thread
 * that handles the command.
 */
public final class ExtFields {
  private static final String[] NO_TEXTS = {};
  private static final int[] NO_SPANS = {};
  private static final byte[] NO_BYTES = {};

  /** Room for the fields of a send request; most responses have none or a few. */
  private static final int FIRST_FIELDS = 16;

  /** Integers per field in {@link #spans}: start and end of the name, start and end of the value. */
  private static final int SPAN = 4;

  private final byte[] header;
  private int[] spans = NO_SPANS;

  /** Name and value of each field; null where only bytes are known so far. */
  private @Nullable String[] texts = NO_TEXTS;

  private int size;

  public ExtFields() {
    this(NO_BYTES);
  }

  /** {@code header}: what {@link #addSpan} points into; must not change any more. */
  ExtFields(byte[] header) {
    this.header = header;
  }

  /** Adds a field whose name and value are UTF-8 in the header's bytes. Not behind a {@link #put}. */
  void addSpan(int nameFrom, int nameTo, int valueFrom, int valueTo) {
    int at = SPAN * size;
    assert at <= spans.length : "a field of the header behind one that was put";
    if (at == spans.length) {
      spans = Arrays.copyOf(spans, Math.max(SPAN * FIRST_FIELDS, 2 * at));
    }
    spans[at] = nameFrom;
    spans[at + 1] = nameTo;
    spans[at + 2] = valueFrom;
    spans[at + 3] = valueTo;
    size++;
  }

  /** The last value given under this name, or null. */
  public @Nullable String get(String name) {
    for (int i = size - 1; i >= 0; i--) {
      if (isNamed(i, name)) {
        return value(i);
      }
    }
    return null;
  }

  private boolean isNamed(int index, String name) {
    String known = text(2 * index);
    if (known != null) {
      return known.equals(name);
    }
    int from = spans[SPAN * index];
    int length = spans[SPAN * index + 1] - from;
    for (int i = 0; i < length; i++) {
      byte sign = header[from + i];
      if (sign < 0) { // not ASCII: compared as text
        return name(index).equals(name);
      }
      if (i >= name.length() || sign != name.charAt(i)) {
        return false;
      }
    }
    return length == name.length();
  }

  /** Adds a field. A name given twice keeps both; {@link #get} answers the later one. */
  public ExtFields put(String name, String value) {
    if (2 * size >= texts.length) {
      growTexts();
    }
    texts[2 * size] = name;
    texts[2 * size + 1] = value;
    size++;
    return this;
  }

  /** Adds a field unless the value is null. */
  public ExtFields putIfPresent(String name, @Nullable Object value) {
    return value == null ? this : put(name, value.toString());
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public String name(int index) {
    String known = text(2 * index);
    return known != null
        ? known
        : keep(2 * index, RecentTexts.of(header, spans[SPAN * index], spans[SPAN * index + 1]));
  }

  /** The name if it is a single ASCII character, else 0. */
  public char letter(int index) {
    String known = text(2 * index);
    if (known != null) {
      return known.length() == 1 && known.charAt(0) < 0x80 ? known.charAt(0) : 0;
    }
    int from = spans[SPAN * index];
    return spans[SPAN * index + 1] - from == 1 && header[from] > 0 ? (char) header[from] : 0;
  }

  public String value(int index) {
    String known = text(2 * index + 1);
    if (known != null) {
      return known;
    }
    int from = spans[SPAN * index + 2];
    int length = spans[SPAN * index + 3] - from;
    return keep(2 * index + 1, new String(header, from, length, StandardCharsets.UTF_8));
  }

  /** As {@link #value}, for texts that many requests repeat, such as a topic: often costs nothing. */
  public String recurringValue(int index) {
    String known = text(2 * index + 1);
    return known != null
        ? known
        : keep(
            2 * index + 1,
            RecentTexts.of(header, spans[SPAN * index + 2], spans[SPAN * index + 3]));
  }

  /** The value as UTF-8: a copy, well-formed whatever was sent. */
  public byte[] valueBytes(int index) {
    if (text(2 * index + 1) == null) {
      byte[] copy = Arrays.copyOfRange(header, spans[SPAN * index + 2], spans[SPAN * index + 3]);
      if (isAscii(copy)) {
        return copy;
      }
    }
    return value(index).getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isAscii(byte[] bytes) {
    int all = 0;
    for (byte each : bytes) {
      all |= each;
    }
    return all >= 0;
  }

  /**
   * The value as a whole number.
   *
   * @throws MalformedRequest naming the field, if it is none or does not fit
   */
  public long number(int index, long min, long max) {
    if (text(2 * index + 1) == null) {
      int from = spans[SPAN * index + 2];
      int to = spans[SPAN * index + 3];
      // Up to 18 digits can't overflow; everything unusual takes the careful way.
      if (to > from && to - from <= 18) {
        long number = 0;
        int at = from;
        while (at < to && header[at] >= '0' && header[at] <= '9') {
          number = 10 * number + header[at++] - '0';
        }
        if (at == to && number >= min && number <= max) {
          return number;
        }
      }
    }
    return carefully(name(index), value(index), min, max);
  }

  private static long carefully(String name, String value, long min, long max) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Answered as a number that is too large.
    }
    throw notANumber(name, value);
  }

  static MalformedRequest notANumber(String name, String value) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "..." : value;
    return new MalformedRequest("the custom field <" + name + "> is not a number: '" + shown + "'");
  }

  private @Nullable String text(int at) {
    return at < texts.length ? texts[at] : null;
  }

  private String keep(int at, String text) {
    if (at >= texts.length) {
      growTexts();
    }
    texts[at] = text;
    return text;
  }

  private void growTexts() {
    texts = Arrays.copyOf(texts, Math.max(2 * FIRST_FIELDS, 4 * size));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < size; i++) {
      text.append(i == 0 ? "" : ", ").append(name(i)).append('=').append(value(i));
    }
    return text.append('}').toString();
  }
}
