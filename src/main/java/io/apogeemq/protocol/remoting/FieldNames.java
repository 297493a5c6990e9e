package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Header field names as shared strings: the one-letter names of the send header, which make up most
 * of the traffic, cost no allocation.
 */
final class FieldNames {
  private static final String[] LETTERS = new String[128];

  static {
    for (char letter = 0; letter < LETTERS.length; letter++) {
      LETTERS[letter] = String.valueOf(letter).intern();
    }
  }

  private FieldNames() {}

  static String read(ByteBuf in, int bytes) {
    if (bytes == 1) {
      byte letter = in.readByte();
      return letter >= 0 ? LETTERS[letter] : "\uFFFD";
    }
    return in.readCharSequence(bytes, StandardCharsets.UTF_8).toString();
  }
}
