package io.apogeemq.protocol.header;

import io.apogeemq.protocol.remoting.MalformedRequest;
import org.jspecify.annotations.Nullable;

/** Numbers in the hand-written header readers, with the same error texts as the generic codec's. */
final class FieldReader {
  private FieldReader() {}

  static int number(String name, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw notANumber(name, text);
    }
  }

  static long longNumber(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw notANumber(name, text);
    }
  }

  /** The value of a required field. */
  static String present(String name, @Nullable String value) {
    if (value == null) {
      throw new MalformedRequest("the custom field <" + name + "> is null");
    }
    return value;
  }

  private static MalformedRequest notANumber(String name, String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
    return new MalformedRequest("the custom field <" + name + "> is not a number: '" + shown + "'");
  }
}
