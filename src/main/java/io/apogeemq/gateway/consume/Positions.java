package io.apogeemq.gateway.consume;

import io.apogeemq.client.MessageQueue;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a reader is in the queues of a topic, as a text that it may bring again. It is all there is to
 * know, so that any gateway can go on from it. A queue costs two to seven characters, since it must come
 * back in a URL or a header even for thousands of them. In base64url:
 *
 * <pre>
 *   0x01                                               the form
 *   broker: length, name in UTF-8, number of queues
 *     queue: number, less that of the one before; offset
 *   broker: …
 * </pre>
 *
 * <p>Numbers have seven bits a byte, the lowest first, and the high bit set in all but the last.
 */
public final class Positions {
  private static final int FORM = 1;
  private static final int MORE = 0x80;

  private Positions() {}

  public static String write(SortedMap<MessageQueue, Long> next) {
    TreeMap<String, List<Map.Entry<MessageQueue, Long>>> brokers = new TreeMap<>();
    for (Map.Entry<MessageQueue, Long> each : next.entrySet()) {
      brokers.computeIfAbsent(each.getKey().brokerName(), name -> new ArrayList<>()).add(each);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(FORM);
    brokers.forEach(
        (broker, queues) -> {
          byte[] name = broker.getBytes(StandardCharsets.UTF_8);
          write(out, name.length);
          out.writeBytes(name);
          write(out, queues.size());
          int before = 0;
          for (Map.Entry<MessageQueue, Long> each : queues) {
            write(out, each.getKey().queueId() - before);
            write(out, each.getValue());
            before = each.getKey().queueId();
          }
        });
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  private static void write(ByteArrayOutputStream out, long number) {
    long left = number;
    while ((left & -MORE) != 0) {
      out.write((int) left & (MORE - 1) | MORE);
      left >>>= 7;
    }
    out.write((int) left);
  }

  /** Reads the text; fails with a problem if it is none of ours. */
  static TreeMap<MessageQueue, Long> read(String topic, String text) {
    TreeMap<MessageQueue, Long> next = new TreeMap<>();
    try {
      ByteBuffer in = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (in.get() != FORM) {
        throw new IllegalArgumentException("another form");
      }
      while (in.hasRemaining()) {
        String broker = name(in);
        long queues = number(in);
        long queueId = 0;
        for (long i = 0; i < queues; i++) { // ends with the bytes, whatever they promise
          queueId += number(in);
          next.put(new MessageQueue(topic, broker, Math.toIntExact(queueId)), number(in));
        }
      }
    } catch (IllegalArgumentException | ArithmeticException | BufferUnderflowException e) {
      throw new Problem(
          ProblemKind.INVALID_PARAMETER,
          "The position '" + text.substring(0, Math.min(60, text.length())) + "' is none.",
          "Give a position as an earlier answer told it, or leave it out.");
    }
    return next;
  }

  private static String name(ByteBuffer in) {
    long length = number(in);
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] name = new byte[(int) length];
    in.get(name);
    return new String(name, StandardCharsets.UTF_8);
  }

  private static long number(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte each = in.get();
      number |= (long) (each & (MORE - 1)) << shift;
      if (each >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number without end");
  }
}
