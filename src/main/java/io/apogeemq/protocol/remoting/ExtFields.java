package io.apogeemq.protocol.remoting;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The named text values of a header, in the order in which they came. A flat array instead of a map:
 * a request has ten or so, a scan is faster than a hash, and the order is kept for signatures.
 * Confined to the thread that handles the command.
 */
public final class ExtFields {
  private static final String[] NONE = {};

  /** Room for the fields of a send request; most responses have none or a few. */
  private static final int FIRST_PAIRS = 16;

  private String[] pairs = NONE;
  private int size;

  /** The last value given under this name, or null. */
  public @Nullable String get(String name) {
    for (int i = 2 * size - 2; i >= 0; i -= 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  /** Adds a field. A name given twice keeps both; {@link #get} answers the later one. */
  public ExtFields put(String name, String value) {
    if (2 * size == pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.max(2 * FIRST_PAIRS, pairs.length * 2));
    }
    pairs[2 * size] = name;
    pairs[2 * size + 1] = value;
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
    return pairs[2 * index];
  }

  public String value(int index) {
    return pairs[2 * index + 1];
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
