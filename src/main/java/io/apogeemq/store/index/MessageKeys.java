package io.apogeemq.store.index;

import io.apogeemq.protocol.message.Properties;
import java.nio.charset.StandardCharsets;

/**
 * The keys under which a message is found: its unique key and each space-separated word of its KEYS.
 * One walk over the encoded properties, nothing allocated.
 */
final class MessageKeys {
  private static final byte[] KEYS = Properties.KEYS.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNIQ_KEY = Properties.UNIQ_KEY.getBytes(StandardCharsets.US_ASCII);

  private MessageKeys() {}

  /** Puts the hashes of a message's keys into a generation. */
  static void addTo(Generation generation, long topicHash, byte[] properties, int place) {
    int length = properties.length;
    int start = 0;
    while (start < length) {
      byte first = properties[start];
      int end = start;
      while (end < length && properties[end] != Properties.VALUE_END) {
        end++;
      }
      if (first == 'U' && isName(properties, start, end, UNIQ_KEY)) {
        int from = start + UNIQ_KEY.length + 1;
        if (from < end) {
          generation.addKey(KeyHash.of(topicHash, properties, from, end), place);
        }
      } else if (first == 'K' && isName(properties, start, end, KEYS)) {
        int word = start + KEYS.length + 1;
        for (int at = word; at <= end; at++) {
          if (at == end || properties[at] == ' ') {
            if (at > word) {
              generation.addKey(KeyHash.of(topicHash, properties, word, at), place);
            }
            word = at + 1;
          }
        }
      }
      start = end + 1;
    }
  }

  private static boolean isName(byte[] bytes, int from, int to, byte[] name) {
    if (to - from <= name.length || bytes[from + name.length] != Properties.NAME_END) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (bytes[from + i] != name[i]) {
        return false;
      }
    }
    return true;
  }
}
