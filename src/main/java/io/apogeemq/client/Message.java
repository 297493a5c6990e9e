package io.apogeemq.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
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
  static final String ORDERING_KEY = "__SHARDINGKEY";
  static final String DELIVER_AT = "TIMER_DELIVER_MS";
  static final String DELIVER_AFTER = "TIMER_DELAY_MS";
  static final String DELIVER_AFTER_SECONDS = "TIMER_DELAY_SEC";

  public Message {
    properties = Map.copyOf(properties);
  }

  /** A message with a tag to filter by, or without one if null. */
  public static Message of(String topic, @Nullable String tag, byte[] body) {
    return new Message(topic, 0, tag == null ? Map.of() : Map.of(TAGS, tag), body);
  }

  /** A message without a tag. */
  public static Message of(String topic, byte[] body) {
    return of(topic, null, body);
  }

  /** A message without a tag whose body is a text in UTF-8. */
  public static Message of(String topic, String text) {
    return of(topic, null, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same message with a tag to filter by. */
  public Message withTag(String tag) {
    return with(TAGS, tag);
  }

  /**
   * The same message in order: messages of one key go to one queue, each after the one before was
   * answered.
   */
  public Message orderedBy(String key) {
    return with(ORDERING_KEY, key);
  }

  /** The same message, to be delivered at a time of day. Brokers of 4.9 deliver it at once. */
  public Message deliverAt(Instant time) {
    return with(DELIVER_AT, Long.toString(time.toEpochMilli()));
  }

  /** The same message, to be delivered after a while. Brokers of 4.9 deliver it at once. */
  public Message deliverAfter(Duration delay) {
    return with(DELIVER_AFTER, Long.toString(delay.toMillis()));
  }

  /** The same message under these keys, separated by blanks, by which tools find it. */
  public Message withKeys(String keys) {
    return with(KEYS, keys);
  }

  /**
   * The same message, to be delivered after the broker's delay of this level (1 to 18); any version
   * knows them.
   */
  public Message withDelayLevel(int level) {
    return with(DELAY_LEVEL, Integer.toString(level));
  }

  /** The same message with one property more. */
  public Message with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(properties);
    more.put(name, value);
    return new Message(topic, flag, more, body);
  }

  boolean isDelayed() {
    return properties.containsKey(DELAY_LEVEL)
        || properties.containsKey(DELIVER_AT)
        || properties.containsKey(DELIVER_AFTER)
        || properties.containsKey(DELIVER_AFTER_SECONDS);
  }

  @Nullable String orderingKey() {
    return properties.get(ORDERING_KEY);
  }

  @Override
  public String toString() {
    return "Message[" + topic + ", " + properties + ", " + body.length + " bytes]";
  }
}
