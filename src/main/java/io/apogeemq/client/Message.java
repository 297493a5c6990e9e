package io.apogeemq.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message to be sent. Immutable, except that the body is not copied: don't change it before the
 * send has completed.
 *
 * @param flag a number that the broker stores and gives to consumers untouched
 * @param properties names and values; system properties such as the tag have names of their own
 */
public record Message(String topic, int flag, Map<String, String> properties, byte[] body) {
  static final String TAGS = "TAGS";
  static final String KEYS = "KEYS";
  static final String UNIQUE_KEY = "UNIQ_KEY";
  static final String DELAY_LEVEL = "DELAY";
  static final String WAIT = "WAIT";

  public Message {
    properties = Map.copyOf(properties);
  }

  /** A message with a tag to filter by, or without one if null. */
  public static Message of(String topic, @Nullable String tag, byte[] body) {
    return new Message(topic, 0, tag == null ? Map.of() : Map.of(TAGS, tag), body);
  }

  /** The same message under these keys, separated by blanks, by which tools find it. */
  public Message withKeys(String keys) {
    return with(KEYS, keys);
  }

  /** The same message, to be delivered after the broker's delay of this level (1 to 18). */
  public Message withDelayLevel(int level) {
    return with(DELAY_LEVEL, Integer.toString(level));
  }

  /** The same message with one property more. */
  public Message with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(properties);
    more.put(name, value);
    return new Message(topic, flag, more, body);
  }

  @Override
  public String toString() {
    return "Message[" + topic + ", " + properties + ", " + body.length + " bytes]";
  }
}
