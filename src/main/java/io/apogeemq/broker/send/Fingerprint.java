package io.apogeemq.broker.send;

import io.apogeemq.protocol.Names;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What tells one send from all others, in 64 bits: topic, unique key, body checksum, how often it was
 * consumed before, and how many messages it brings. Two tries of one send have the same; that two
 * different sends have it is as likely as a guess of 64 bits. Seeded per process, so nobody can look
 * for two that have.
 */
final class Fingerprint {
  /** Of what is never recognised: no unique key, or a topic that clients don't send to of themselves. */
  static final long NONE = 0;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long K1 = 0x9E3779B97F4A7C15L;
  private static final long K2 = 0xD6E8FEB86659FD93L;
  private static final long SEED = ThreadLocalRandom.current().nextLong();
  private static final byte[] RETRY = Names.RETRY.getBytes(StandardCharsets.UTF_8);
  private static final byte[] DLQ = Names.DLQ.getBytes(StandardCharsets.UTF_8);

  private Fingerprint() {}

  /**
   * The fingerprint of a send, {@link #NONE} without a unique key.
   *
   * @param properties an encoded property string; its bytes {@code [keyFrom, keyTo)} are the unique key
   * @param bodyCrc of a batch: of its whole body
   * @param messages 1, or how many a batch holds
   */
  static long of(
      byte[] topic,
      byte[] properties,
      int keyFrom,
      int keyTo,
      int bodyCrc,
      int reconsumeTimes,
      int messages) {
    if (keyFrom >= keyTo || startsWith(topic, RETRY) || startsWith(topic, DLQ)) {
      return NONE;
    }
    long hash = mix(SEED, (long) bodyCrc << 32 | reconsumeTimes & 0xFFFFFFFFL);
    hash = mix(hash, (long) messages << 32 | topic.length);
    hash = mix(hash, topic, 0, topic.length);
    hash = mix(hash, properties, keyFrom, keyTo);
    hash = (hash ^ hash >>> 32) * K2;
    hash = (hash ^ hash >>> 29) * K1;
    hash ^= hash >>> 32;
    return hash == NONE ? 1 : hash;
  }

  private static boolean startsWith(byte[] text, byte[] prefix) {
    return text.length >= prefix.length
        && text[0] == prefix[0]
        && Arrays.equals(text, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Eight bytes at a time; the rest and its length in one more word. */
  private static long mix(long begun, byte[] bytes, int from, int to) {
    long hash = begun;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mix(hash, (long) LONGS.get(bytes, at));
    }
    long rest = to - at; // 0 to 7, so seven bytes more fill a word
    for (; at < to; at++) {
      rest = rest << 8 | bytes[at] & 0xFFL;
    }
    return mix(hash, rest);
  }

  private static long mix(long hash, long word) {
    long h = (hash ^ word * K2) * K1;
    return Long.rotateLeft(h, 29) ^ h >>> 32;
  }
}
