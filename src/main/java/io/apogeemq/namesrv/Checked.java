package io.apogeemq.namesrv;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.remoting.MalformedRequest;
import org.jspecify.annotations.Nullable;

/**
 * Takes names and addresses from outside, or refuses the request. The rules for names are in {@link
 * Names}; those for addresses and keys are here.
 */
final class Checked {
  private static final int MAX_SHOWN_CHARS = 127;
  private static final int MAX_ADDRESS_CHARS = 255;
  private static final int MAX_KEY_CHARS = 255;

  private Checked() {}

  static String topic(String name) {
    return sound(name, Names.flawOfRegisteredTopic(name));
  }

  static String cluster(String name) {
    return sound(name, Names.flawOfCluster(name));
  }

  static String broker(String name) {
    return sound(name, Names.flawOfBroker(name));
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

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  /** For texts that go into logs and remarks: bounded, on one line. */
  static String shortened(String text) {
    String line = text.replaceAll("[\\p{Cntrl}]", "?");
    return line.length() <= MAX_SHOWN_CHARS ? line : line.substring(0, MAX_SHOWN_CHARS) + "...";
  }
}
