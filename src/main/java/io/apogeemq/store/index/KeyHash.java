package io.apogeemq.store.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The 64-bit hash of queue names and message keys in index files. Part of the file format: it must
 * never change within a version. Eight bytes at a time: multiply, rotate, and a final mix, so that its
 * values are spread evenly (the files are searched by interpolation).
 */
final class KeyHash {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long K1 = 0x9E3779B97F4A7C15L;
  private static final long K2 = 0xC2B2AE3D27D4EB4FL;

  private KeyHash() {}

  /** Hash of bytes [from, to), begun with a seed (the topic's hash for a message key). */
  static long of(long seed, byte[] bytes, int from, int to) {
    long hash = seed ^ (to - from) * K1;
    int at = from;
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      hash = mixIn(hash, (long) LONGS.get(bytes, at));
    }
    if (at < to) {
      long rest = 0;
      for (int shift = 0; at < to; at++, shift += 8) {
        rest |= (bytes[at] & 0xFFL) << shift;
      }
      hash = mixIn(hash, rest);
    }
    return finish(hash);
  }

  static long mix(long hash, int value) {
    return finish(mixIn(hash, value));
  }

  private static long mixIn(long hash, long word) {
    return Long.rotateLeft((hash ^ word * K2) * K1, 29);
  }

  private static long finish(long hash) {
    long h = hash;
    h = (h ^ h >>> 32) * K2;
    h = (h ^ h >>> 29) * K1;
    return h ^ h >>> 32;
  }
}
