package io.apogeemq.protocol.header;

import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.MalformedRequest;
import org.jspecify.annotations.Nullable;

/** Values in the hand-written header readers, with the same error texts as the generic codec's. */
final class FieldReader {
  private FieldReader() {}

  static int number(ExtFields ext, int index) {
    return (int) ext.number(index, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  static long longNumber(ExtFields ext, int index) {
    return ext.number(index, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** The value of a required field. */
  static <T> T present(String name, @Nullable T value) {
    if (value == null) {
      throw new MalformedRequest("the custom field <" + name + "> is null");
    }
    return value;
  }
}
