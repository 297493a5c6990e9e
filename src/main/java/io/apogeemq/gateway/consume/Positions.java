package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a reader is in the queues of a topic, as a text that it may bring again: {@code
 * broker:queue:offset;…} in base64url. It is all there is to know, so that any gateway can go on from it.
 */
public final class Positions {
  private static final int MAX_CHARS = 16 * 1024;

  private Positions() {}

  public static String write(Map<MessageQueue, Long> next) {
    StringBuilder text = new StringBuilder();
    next.forEach(
        (queue, offset) ->
            text.append(queue.brokerName())
                .append(':')
                .append(queue.queueId())
                .append(':')
                .append(offset)
                .append(';'));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Reads the text; fails with a problem if it is none of ours. */
  static TreeMap<MessageQueue, Long> read(String topic, String text) {
    TreeMap<MessageQueue, Long> next = new TreeMap<>();
    try {
      if (text.length() > MAX_CHARS) {
        throw new IllegalArgumentException("too long");
      }
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      for (String each : plain.split(";")) {
        String[] parts = each.split(":");
        if (parts.length != 3) {
          throw new IllegalArgumentException("not three parts");
        }
        next.put(
            new MessageQueue(topic, parts[0], Integer.parseInt(parts[1])),
            Long.parseLong(parts[2]));
      }
    } catch (IllegalArgumentException e) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER,
          "The position '" + text.substring(0, Math.min(60, text.length())) + "' is none.",
          "Give a position as an earlier answer told it, or leave it out.");
    }
    return next;
  }
}
