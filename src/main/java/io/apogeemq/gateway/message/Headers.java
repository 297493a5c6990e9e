package io.apogeemq.gateway.message;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Texts of messages in HTTP headers, as CloudEvents write their attributes. Messages may hold any text,
 * headers may not.
 */
public final class Headers {
  /** What RFC 9110 (5.6.2) allows in a token beside letters and digits. */
  private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

  private Headers() {}

  /** Whether a header may have this name. */
  public static boolean isName(String text) {
    return !text.isEmpty() && text.chars().allMatch(Headers::isOfToken);
  }

  /** Whether a text begins as a media type does, and may stand in a header. */
  public static boolean isMediaType(String text) {
    int end = text.indexOf(';');
    String[] names = (end < 0 ? text : text.substring(0, end)).trim().split("/", -1);
    return names.length == 2
        && isName(names[0])
        && isName(names[1])
        && text.chars().allMatch(sign -> sign >= ' ' && sign <= '~');
  }

  private static boolean isOfToken(int sign) {
    return sign >= '0' && sign <= '9'
        || sign >= 'a' && sign <= 'z'
        || sign >= 'A' && sign <= 'Z'
        || TOKEN_SIGNS.indexOf(sign) >= 0;
  }

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

  /**
   * The text of a header that came. HTTP's library takes each byte for a character of ISO 8859-1; most
   * clients send UTF-8, so what is valid UTF-8 is that.
   */
  static String text(String value) {
    if (value.chars().allMatch(sign -> sign < 0x80)) {
      return value;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      return value;
    }
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
