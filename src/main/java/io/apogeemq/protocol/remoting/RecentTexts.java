package io.apogeemq.protocol.remoting;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Short texts that came lately, so that a name, a topic or a group that each request repeats is one
 * string with its hash known, not a new one per request. A fixed table per thread: a text that falls
 * on the place of another replaces it, so strangers can fill it and nothing more.
 */
final class RecentTexts {
  private static final int PLACES = 1024; // a power of two
  private static final int MAX_BYTES = 64;

  private static final FastThreadLocal<@Nullable String[]> TEXTS =
      new FastThreadLocal<>() {
        @Override
        protected @Nullable String[] initialValue() {
          return new @Nullable String[PLACES];
        }
      };

  private RecentTexts() {}

  /** The text of UTF-8 bytes. */
  static String of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > MAX_BYTES) {
      return new String(bytes, from, length, StandardCharsets.UTF_8);
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    @Nullable String[] texts = TEXTS.get();
    int place = (hash ^ hash >>> 15) & PLACES - 1;
    String known = texts[place];
    if (known != null && is(known, bytes, from, length)) {
      return known;
    }
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    texts[place] = text;
    return text;
  }

  /** False for a text that isn't ASCII: its characters are not its bytes. */
  private static boolean is(String text, byte[] bytes, int from, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }
}
