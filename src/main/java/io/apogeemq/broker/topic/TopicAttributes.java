package io.apogeemq.broker.topic;

import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Refused;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a topic of 5.x may say about itself, and how that changes. Names and values are the original's; a
 * value that asks for a kind of topic that is not built here is refused, not kept without effect.
 */
final class TopicAttributes {
  private static final Map<String, Set<String>> VALUES =
      Map.of(
          "message.type",
          Set.of("UNSPECIFIED", "NORMAL", "FIFO", "DELAY", "TRANSACTION", "MIXED"),
          "queue.type",
          Set.of("SimpleCQ"),
          "cleanup.policy",
          Set.of("DELETE"));

  /** A number of the original's, -1 or more; kept for it, as the folder may go back. */
  private static final String RESERVE_TIME = "reserve.time";

  private TopicAttributes() {}

  /** The changes of a request, {@code +key=value,-key}, as a list of topics has them: with their signs. */
  static @Nullable Map<String, String> parse(@Nullable String changes) {
    if (changes == null || changes.isBlank()) {
      return null;
    }
    Map<String, String> parsed = new LinkedHashMap<>();
    for (String change : changes.split(",")) {
      String text = change.trim();
      int equals = text.indexOf('=');
      String key = equals < 0 ? text : text.substring(0, equals);
      // A key to add without a value is found by who looks at the value.
      if (parsed.put(key, equals < 0 ? "" : text.substring(equals + 1)) != null) {
        throw refused("attributes change '" + key + "' twice. Name each key once.");
      }
    }
    return parsed;
  }

  /**
   * Attributes after a change. A new topic can only add.
   *
   * @param present of a topic that is there, null if it has none
   * @param changes {@code +key} to value, {@code -key} to anything; null: none
   * @throws Refused for another form, an unknown key, a value that the key can't have, and the removal of
   *     what is not there
   */
  static @Nullable Map<String, String> changed(
      boolean isNew, @Nullable Map<String, String> present, @Nullable Map<String, String> changes) {
    if (changes == null || changes.isEmpty()) {
      return present;
    }
    Map<String, String> attributes = present == null ? new TreeMap<>() : new TreeMap<>(present);
    changes.forEach(
        (signed, value) -> {
          String key = signed.isEmpty() ? "" : signed.substring(1);
          if (signed.startsWith("+")) {
            check(key, value);
            attributes.put(key, value);
          } else if (!signed.startsWith("-") || isNew) {
            throw refused(
                "attributes has '"
                    + signed
                    + "'. Write +key=value to set"
                    + (isNew ? "." : " and -key to remove, separated by commas."));
          } else if (attributes.remove(key) == null) {
            throw refused("attributes remove '" + key + "', which the topic does not have.");
          }
        });
    return attributes;
  }

  private static void check(String key, String value) {
    Set<String> values = VALUES.get(key);
    if (values != null) {
      if (!values.contains(value)) {
        throw refused(
            "attributes set " + key + " to '" + value + "'. Here it can be one of " + values + ".");
      }
    } else if (!key.equals(RESERVE_TIME)) {
      throw refused(
          "attributes has the unknown key '"
              + key
              + "'. Known are "
              + new TreeMap<>(VALUES).keySet()
              + " and "
              + RESERVE_TIME
              + ".");
    } else if (!isFromMinusOne(value)) {
      throw refused("attributes set " + key + " to '" + value + "'. Give a number, -1 or more.");
    }
  }

  private static boolean isFromMinusOne(String value) {
    try {
      return Long.parseLong(value) >= -1;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Refused refused(String why) {
    return new Refused(ResponseCode.INVALID_PARAMETER, why);
  }
}
