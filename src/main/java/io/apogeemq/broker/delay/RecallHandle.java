package io.apogeemq.broker.delay;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a sender of a timer message is given to take it back: the URL-safe Base64 of {@code v1 topic
 * broker time key}, parted by blanks, as 5.x writes it.
 *
 * @param topic the message's real topic
 * @param atMs one behind {@code TIMER_OUT_MS}
 * @param uniqueKey the client's message id
 */
record RecallHandle(String topic, String broker, long atMs, String uniqueKey) {
  private static final String VERSION = "v1";
  private static final int PARTS = 5;

  String encode() {
    String plain = String.join(" ", VERSION, topic, broker, Long.toString(atMs), uniqueKey);
    return Base64.getUrlEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  /** The handle that a text holds, null if it is none. */
  static @Nullable RecallHandle decode(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      String[] parts = plain.split(" ");
      return parts.length >= PARTS && parts[0].equals(VERSION)
          ? new RecallHandle(parts[1], parts[2], Long.parseLong(parts[3]), parts[4])
          : null;
    } catch (IllegalArgumentException noHandle) { // no Base64, or no number
      return null;
    }
  }
}
