package io.apogeemq.gateway.message;

import java.nio.charset.StandardCharsets;

/** Texts of messages as values of HTTP headers, and back, as CloudEvents write their attributes. */
public final class Headers {
  private Headers() {}

  /** The same text with {@code %XX} for whatever is not printable ASCII, and for blank, quote, percent. */
  public static String safe(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each > ' ' && each <= '~' && each != '"' && each != '%') {
        safe.append((char) each);
      } else {
        safe.append('%').append(String.format("%02X", each));
      }
    }
    return safe.toString();
  }

  /** The text that {@link #safe} was made of; a percent sign that starts no pair stays what it is. */
  static String plain(String value) {
    if (value.indexOf('%') < 0) {
      return value;
    }
    byte[] from = value.getBytes(StandardCharsets.UTF_8);
    byte[] to = new byte[from.length];
    int length = 0;
    for (int i = 0; i < from.length; i++) {
      int high = i + 2 < from.length ? Character.digit(from[i + 1], 16) : -1;
      int low = i + 2 < from.length ? Character.digit(from[i + 2], 16) : -1;
      if (from[i] == '%' && high >= 0 && low >= 0) {
        to[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        to[length++] = from[i];
      }
    }
    return new String(to, 0, length, StandardCharsets.UTF_8);
  }
}
