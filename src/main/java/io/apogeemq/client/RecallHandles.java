package io.apogeemq.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What a broker gives with a message for later, to take it back: the URL-safe Base64 of {@code v1
 * topic broker time key}, parted by blanks.
 */
final class RecallHandles {
  private RecallHandles() {}

  /** The broker that has the message, or null if the text is no handle. */
  static @Nullable String brokerOf(String handle) {
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(handle), StandardCharsets.UTF_8).split(" ");
      return parts.length >= 5 && parts[0].equals("v1") ? parts[2] : null;
    } catch (IllegalArgumentException noBase64) {
      return null;
    }
  }
}
