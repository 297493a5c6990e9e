package io.apogeemq.broker.send;

import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.TagsCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the broker wants to know of a sent message's properties, found in one pass, and the bytes that
 * it stores: the client's without {@code WAIT} (which is about the send, not about the message) and
 * with the broker's own behind them: {@code CLUSTER} and, where messages are traced, {@code MSG_REGION},
 * without which a consumer of 5.x sends no trace.
 *
 * @param stored encoded property string to be stored
 * @param tagsCode {@link TagsCode}
 * @param waitForDurability false if the client set {@code WAIT=false}
 * @param uniqueKeyFrom where the client's message id begins in {@code stored}, 0 if it gave none
 * @param uniqueKeyTo where it ends
 * @param asks what it asks for besides, bits of {@link Asks}; 0 for an ordinary message
 */
record IncomingProperties(
    byte[] stored,
    long tagsCode,
    boolean waitForDurability,
    int uniqueKeyFrom,
    int uniqueKeyTo,
    int asks) {

  /** {@code own}: the broker's own properties, encoded, without a separator at the end. */
  static IncomingProperties of(byte[] encoded, byte[] own) {
    byte[] stored = new byte[encoded.length + 1 + own.length];
    int kept = 0;
    long tagsCode = 0;
    boolean wait = true;
    int keyFrom = 0;
    int keyTo = 0;
    int asks = 0;
    int start = 0;
    while (start < encoded.length) {
      int nameEnd = -1;
      int end = start;
      for (; end < encoded.length && encoded[end] != Properties.VALUE_END; end++) {
        if (nameEnd < 0 && encoded[end] == Properties.NAME_END) {
          nameEnd = end;
        }
      }
      boolean keep = nameEnd > start;
      if (keep) {
        // The lengths of the names that matter tell most others apart before a text is made.
        switch (nameEnd - start) {
          case 4 -> {
            if (is(encoded, start, "TAGS")) {
              tagsCode = TagsCode.of(encoded, nameEnd + 1, end);
            } else if (is(encoded, start, "WAIT")) {
              wait = !"false".equals(text(encoded, nameEnd + 1, end));
              keep = false;
            }
          }
          case 5 -> {
            if (is(encoded, start, "DELAY") && !"0".equals(text(encoded, nameEnd + 1, end))) {
              asks |= Asks.DELAY_LEVEL;
            }
          }
          case 8 -> {
            if (is(encoded, start, "UNIQ_KEY")) {
              keyFrom = kept + nameEnd + 1 - start;
              keyTo = kept + end - start;
            } else if (is(encoded, start, "TRAN_MSG")
                && "true".equalsIgnoreCase(text(encoded, nameEnd + 1, end))) {
              asks |= Asks.TRANSACTION;
            }
          }
          case 14 -> {
            if (is(encoded, start, "TIMER_DELAY_MS")) {
              asks |= Asks.TIMER;
            }
          }
          case 15 -> {
            if (is(encoded, start, "TIMER_DELAY_SEC")) {
              asks |= Asks.TIMER;
            }
          }
          case 16 -> {
            if (is(encoded, start, "TIMER_DELIVER_MS")) {
              asks |= Asks.TIMER;
            }
          }
          case 7 -> keep = !is(encoded, start, "CLUSTER"); // ours comes behind
          case 10 -> keep = !is(encoded, start, "MSG_REGION");
          default -> {}
        }
      }
      if (keep) {
        System.arraycopy(encoded, start, stored, kept, end - start);
        kept += end - start;
        stored[kept++] = Properties.VALUE_END;
      }
      start = end + 1;
    }
    System.arraycopy(own, 0, stored, kept, own.length);
    kept += own.length;
    byte[] exact = kept == stored.length ? stored : Arrays.copyOf(stored, kept);
    return new IncomingProperties(exact, tagsCode, wait, keyFrom, keyTo, asks);
  }

  /** The client's message id, null if it gave none. */
  @Nullable String uniqueKey() {
    return uniqueKeyFrom == uniqueKeyTo ? null : text(stored, uniqueKeyFrom, uniqueKeyTo);
  }

  private static boolean is(byte[] bytes, int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      if (bytes[at + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
