package io.apogeemq.store.index;

import io.apogeemq.protocol.message.Properties;
import java.nio.charset.StandardCharsets;

/**
 * The keys under which a message is found: its unique key and each space-separated word of its KEYS;
 * of a property that comes twice the last one counts ({@link Properties#find}). Two walks over the encoded properties, nothing allocated.
 */
final class MessageKeys {
  private static final byte[] KEYS = Properties.KEYS.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNIQ_KEY = Properties.UNIQ_KEY.getBytes(StandardCharsets.US_ASCII);

  private MessageKeys() {}

  /** Takes hashes of keys with their record's place in the segment. */
  interface Taker {
    void addKey(long hash, int place);
  }

  /** Gives the hashes of a message's keys to a taker. */
  static void addTo(Taker taker, long topicHash, byte[] properties, int place) {
    long unique = Properties.find(properties, UNIQ_KEY);
    if (unique >= 0) {
      add(taker, topicHash, properties, unique, place);
    }
    long keys = Properties.find(properties, KEYS);
    if (keys < 0) {
      return;
    }
    int end = Properties.spanEnd(keys);
    int word = Properties.spanStart(keys);
    for (int at = word; at <= end; at++) {
      if (at == end || properties[at] == ' ') {
        add(taker, topicHash, properties, (long) word << 32 | at, place);
        word = at + 1;
      }
    }
  }

  private static void add(Taker taker, long topicHash, byte[] properties, long span, int place) {
    int from = Properties.spanStart(span);
    int to = Properties.spanEnd(span);
    if (from < to) {
      taker.addKey(KeyHash.of(topicHash, properties, from, to), place);
    }
  }
}
