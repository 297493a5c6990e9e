package io.apogeemq.store.index;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The filter over the keys of a sealed segment: says of a hash that no key of the segment has it, or
 * that one may. A blocked Bloom filter: the hash's upper bits choose a block of one cache line, so a
 * look reads one block, and blocks come in the order of the sorted keys, so that they are written from
 * front to back beside them.
 *
 * <pre>
 *  block   0 seven words int64: a key sets one bit in each   56 number of the block int32
 *         60 CRC-32C of bytes 0 to 59
 * </pre>
 *
 * <p>With {@link #KEYS_PER_BLOCK} keys to a block (12 bits per key) about 0.75 % of the hashes that no key
 * has pass. A block that is damaged or in a wrong place lets everything pass: it never hides a message.
 */
final class KeyFilter {
  static final int BLOCK_BYTES = 64;

  private static final int KEYS_PER_BLOCK = 42;
  static final int WORDS = 7;
  private static final int BITS_OF_A_WORD = 6; // that choose one of its 64 bits
  private static final int NUMBER_AT = WORDS * Long.BYTES;
  private static final int CRC_AT = BLOCK_BYTES - Integer.BYTES;

  /** Odd: to multiply by it exchanges hashes for one another and loses none. */
  private static final long SPREAD = 0xD6E8FEB86659FD93L;

  private KeyFilter() {}

  /** How many blocks a filter over so many keys has; none for none. */
  static int blocksFor(int keys) {
    return (int) ((keys + KEYS_PER_BLOCK - 1L) / KEYS_PER_BLOCK);
  }

  /** Number of the block that a hash belongs to. Grows with the hash (unsigned). */
  static int blockOf(long hash, int blocks) {
    return (int) ((hash >>> 32) * blocks >>> 32);
  }

  /** Adds a hash to the words of a block, which are zeros at first. */
  static void add(long[] words, long hash) {
    long choice = hash * SPREAD;
    for (int word = 0; word < WORDS; word++) {
      words[word] |= bit(choice, word);
    }
  }

  /** Puts a block into an empty buffer of its size. */
  static void encode(long[] words, int number, ByteBuffer into) {
    into.clear();
    for (long word : words) {
      into.putLong(word);
    }
    into.putInt(number);
    into.putInt(crcOf(into, 0)).flip();
  }

  /**
   * False only if no key of the segment has the hash.
   *
   * @param at where the block begins in {@code bytes}
   * @param number of the block, which should be at that place
   */
  static boolean mayContain(ByteBuffer bytes, int at, int number, long hash) {
    long choice = hash * SPREAD;
    for (int word = 0; word < WORDS; word++) {
      if ((bytes.getLong(at + word * Long.BYTES) & bit(choice, word)) == 0) {
        return bytes.getInt(at + NUMBER_AT) != number
            || bytes.getInt(at + CRC_AT) != crcOf(bytes, at);
      }
    }
    return true;
  }

  /** The topmost bits of a product depend on all bits of the hash; each word takes some of its own. */
  private static long bit(long choice, int word) {
    return 1L << (choice >>> Long.SIZE - (word + 1) * BITS_OF_A_WORD);
  }

  private static int crcOf(ByteBuffer bytes, int at) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(at).limit(at + CRC_AT));
    return (int) crc.getValue();
  }
}
