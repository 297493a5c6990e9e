package io.apogeemq.namesrv;

import io.apogeemq.protocol.remoting.MalformedRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a name from outside may look like. Topics follow the original's rule; cluster and broker names
 * may also hold dots, because a broker is called after its host by default.
 */
final class Names {
  private static final int MAX_TOPIC_CHARS = 127;

  /** Retry and dead-letter topics carry a group name, POP retry topics also a topic. */
  private static final int MAX_DERIVED_TOPIC_CHARS = 255;

  private static final int MAX_NODE_CHARS = 255;
  private static final int MAX_ADDRESS_CHARS = 255;
  private static final int MAX_KEY_CHARS = 255;

  private Names() {}

  /** Why this can't be a topic, or null if it can. */
  static @Nullable String flawOfTopic(String name) {
    boolean derived = name.startsWith("%RETRY%") || name.startsWith("%DLQ%");
    // '+' joins group and topic in the names of POP retry topics
    return flaw(
        "topic",
        name,
        derived ? MAX_DERIVED_TOPIC_CHARS : MAX_TOPIC_CHARS,
        name.startsWith("%RETRY%") ? "+" : "");
  }

  static String topic(String name) {
    return sound(name, flawOfTopic(name));
  }

  static String cluster(String name) {
    return sound(name, flaw("cluster name", name, MAX_NODE_CHARS, "."));
  }

  static String broker(String name) {
    return sound(name, flaw("broker name", name, MAX_NODE_CHARS, "."));
  }

  /** A {@code host:port} that a client can dial; the host may be a bracketed IPv6 address. */
  static String address(String address) {
    int colon = address.lastIndexOf(':');
    boolean sound =
        colon > 0 && address.length() <= MAX_ADDRESS_CHARS && isPort(address, colon + 1);
    for (int i = 0; sound && i < colon; i++) {
      char c = address.charAt(i);
      sound = isLetterOrDigit(c) || ".-_:[]%".indexOf(c) >= 0;
    }
    if (!sound) {
      throw new MalformedRequest(
          "address '" + shortened(address) + "' is not of the form host:port");
    }
    return address;
  }

  private static boolean isPort(String text, int from) {
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      port = port * 10 + (c - '0');
      if (c < '0' || c > '9' || port > 65535) {
        return false;
      }
    }
    return port > 0;
  }

  /** A namespace or key of the key/value configuration: any text without control characters. */
  static String key(String what, String name) {
    if (name.isBlank() || name.length() > MAX_KEY_CHARS || name.chars().anyMatch(c -> c < ' ')) {
      throw new MalformedRequest(
          what
              + " '"
              + shortened(name)
              + "' must be 1 to "
              + MAX_KEY_CHARS
              + " characters without control characters");
    }
    return name;
  }

  private static String sound(String name, @Nullable String flaw) {
    if (flaw != null) {
      throw new MalformedRequest(flaw);
    }
    return name;
  }

  private static @Nullable String flaw(String what, String name, int maxChars, String alsoAllowed) {
    if (name.isBlank()) {
      return "the " + what + " is blank";
    }
    if (name.length() > maxChars) {
      return what
          + " '"
          + shortened(name)
          + "' has "
          + name.length()
          + " characters, the limit is "
          + maxChars;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetterOrDigit(c) && "%|_-".indexOf(c) < 0 && alsoAllowed.indexOf(c) < 0) {
        return what
            + " '"
            + shortened(name)
            + "' has a character that is not allowed; allowed are letters, digits and %|_-"
            + alsoAllowed;
      }
    }
    return null;
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  /** For texts that go into logs and remarks: bounded, on one line. */
  static String shortened(String text) {
    String line = text.replaceAll("[\\p{Cntrl}]", "?");
    return line.length() <= MAX_TOPIC_CHARS ? line : line.substring(0, MAX_TOPIC_CHARS) + "...";
  }
}
