package io.apogeemq.protocol.remoting;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON being written: UTF-8 in an array that the thread uses again, copied to the frame in one go. A
 * header is short, and a copy costs less than many small writes into a buffer.
 */
final class JsonText {
  private static final int KEEP_BYTES = 16 * 1024;

  /** What one character may need: a backslash, a u and four digits. */
  private static final int MAX_PER_CHAR = 6;

  private static final int MAX_DIGITS = 20;

  private static final FastThreadLocal<JsonText> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected JsonText initialValue() {
          return new JsonText();
        }
      };

  private byte[] bytes = new byte[KEEP_BYTES];
  private int size;

  private JsonText() {}

  /** The thread's own, empty. Must be given up by {@link #writeTo} before it is asked for again. */
  static JsonText start() {
    JsonText text = OF_THREAD.get();
    text.size = 0;
    return text;
  }

  static byte[] ascii(String literal) {
    return literal.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes bytes that are JSON already. */
  JsonText raw(byte[] json) {
    reserve(json.length);
    System.arraycopy(json, 0, bytes, size, json.length);
    size += json.length;
    return this;
  }

  JsonText raw(char ascii) {
    reserve(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  JsonText number(int value) {
    reserve(MAX_DIGITS);
    long rest = value;
    if (rest < 0) {
      bytes[size++] = '-';
      rest = -rest;
    }
    int digits = 1;
    for (long limit = 10; limit <= rest; limit *= 10) {
      digits++;
    }
    for (int at = size + digits - 1; at >= size; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += digits;
    return this;
  }

  /** A string in quotes: quotes, backslash and control characters escaped, the rest as it is. */
  JsonText string(String value) {
    int length = value.length();
    reserve(length + 2);
    bytes[size++] = '"';
    int at = 0;
    while (at < length && isPlain(value.charAt(at))) {
      bytes[size++] = (byte) value.charAt(at++);
    }
    if (at < length) {
      stringFrom(at, value);
    }
    bytes[size++] = '"';
    return this;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  }

  /** The rest of a string from its first character on that does not stand for itself. */
  private void stringFrom(int start, String value) {
    int length = value.length();
    reserve(MAX_PER_CHAR * (length - start) + 1);
    byte[] out = bytes;
    int to = size;
    for (int i = start; i < length; i++) {
      char c = value.charAt(i);
      if (isPlain(c)) {
        out[to++] = (byte) c;
      } else if (c < 0x80) {
        to = escape(c, to);
      } else if (c < 0x800) {
        out[to++] = (byte) (0xC0 | c >> 6);
        out[to++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        out[to++] = (byte) (0xE0 | c >> 12);
        out[to++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[to++] = (byte) (0x80 | c & 0x3F);
      } else if (i + 1 < length && Character.isSurrogatePair(c, value.charAt(i + 1))) {
        int point = Character.toCodePoint(c, value.charAt(++i));
        out[to++] = (byte) (0xF0 | point >> 18);
        out[to++] = (byte) (0x80 | point >> 12 & 0x3F);
        out[to++] = (byte) (0x80 | point >> 6 & 0x3F);
        out[to++] = (byte) (0x80 | point & 0x3F);
      } else {
        out[to++] = '?'; // half a pair is no character, as Java's own encoder has it
      }
    }
    size = to;
  }

  private int escape(char c, int at) {
    int to = at;
    bytes[to++] = '\\';
    switch (c) {
      case '"', '\\' -> bytes[to++] = (byte) c;
      case '\n' -> bytes[to++] = 'n';
      case '\r' -> bytes[to++] = 'r';
      case '\t' -> bytes[to++] = 't';
      default -> {
        bytes[to++] = 'u';
        bytes[to++] = '0';
        bytes[to++] = '0';
        bytes[to++] = (byte) Character.forDigit(c >> 4, 16);
        bytes[to++] = (byte) Character.forDigit(c & 0xF, 16);
      }
    }
    return to;
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }

  /** Appends what was written to a buffer. */
  void writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, size);
    if (bytes.length > KEEP_BYTES) {
      bytes = new byte[KEEP_BYTES];
    }
  }
}
