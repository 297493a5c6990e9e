package io.apogeemq.config;

/**
 * How the value of a key is written, read and checked. The usual ones are in {@link Values}.
 *
 * @param <T> the value in code
 */
public interface ValueType<T> {

  /**
   * Reads a value.
   *
   * @param text without blanks around it, possibly empty
   * @throws BadValue if the text is no allowed value
   */
  T parse(String text) throws BadValue;

  /** The inverse of {@link #parse}: printing and reading gives an equal value. */
  String print(T value);

  /** The allowed values in words or as a range, as people read it: {@code 1..65535}. */
  String allowed();

  /** A text that is not an allowed value. The message says more than the allowed range, or is empty. */
  final class BadValue extends Exception {
    private static final long serialVersionUID = 1L;

    BadValue(String detail) {
      super(detail, null, false, false);
    }

    /** Adds nothing to the allowed range. */
    BadValue() {
      this("");
    }
  }
}
