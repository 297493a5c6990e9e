package io.apogeemq.store.index;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an index file {@code apogee-index/<segment>.idx}: one or more blocks, big-endian. While
 * the segment is active each block covers the log behind the block before it; the seal replaces them
 * by one block that covers the segment.
 *
 * <pre>
 *  block     header | entries | keys | filter | directory | names
 *
 *  header    0 magic int64 "APGEEIDX"      8 version int32 = 1     12 flags int32 (1: sealed)
 *           16 segment's first position   24 from, log position   32 to, log position
 *           40 first store timestamp ms   48 last store timestamp ms (-1: no message)
 *           56 queues int32               60 entries int32
 *           64 keys int32                 68 bytes of names int32
 *           72 bytes of the block int64   80 blocks of the filter int32
 *           84 reserved, 0 … 112
 *          112 CRC-32C of directory and names
 *          116 CRC-32C of entries and keys
 *          120 reserved int32, 0         124 CRC-32C of bytes 0 to 123
 *
 *  entry     0 queue offset - first queue offset of the run, int32
 *            4 place in the segment int32  8 size of the record int32  12 tags code int64
 *            (what lies between two entries' queue offsets is the number of messages in the record)
 *
 *  key       0 hash int64 of topic and key   8 place in the segment int32; sorted by (hash, place)
 *
 *  filter    {@link KeyFilter} over the keys of a sealed segment, from a multiple of 64 bytes on (zeros
 *            before it); files of earlier builds have none
 *
 *  directory 0 hash int64 of topic and queue id   8 place in names int32   12 queue id int32
 *           16 first queue offset int64   24 messages int32   28 entries int32
 *           32 place of the first entry in the block, int64; sorted by (hash, topic, queue id)
 *
 *  names     int16 length, topic UTF-8; each topic once
 * </pre>
 *
 * <p>All hashes compare unsigned. Numbers of positions are log positions; places are counted from the
 * segment's first byte.
 */
public final class IndexFormat {
  static final long MAGIC = 0x4150474545494458L;
  static final int VERSION = 1;
  static final int SEALED = 1;
  static final int HEADER_BYTES = 128;
  static final int ENTRY_BYTES = 20;
  static final int KEY_BYTES = 12;
  static final int DIRECTORY_BYTES = 40;

  private static final int FILTER_ALIGNMENT = KeyFilter.BLOCK_BYTES;

  private static final int HEADER_CRC_AT = HEADER_BYTES - 4;

  private IndexFormat() {}

  private static long keysEnd(int entries, int keys) {
    return HEADER_BYTES + (long) entries * ENTRY_BYTES + (long) keys * KEY_BYTES;
  }

  /** Where the filter begins in a block that has one: no block of it lies in two cache lines. */
  static long filterAt(int entries, int keys) {
    return (keysEnd(entries, keys) + FILTER_ALIGNMENT - 1) / FILTER_ALIGNMENT * FILTER_ALIGNMENT;
  }

  /** A block's header. Positions are log positions, {@code -1} timestamps mean an empty block. */
  record Header(
      boolean sealed,
      long segmentBase,
      long from,
      long to,
      long firstStoreMs,
      long lastStoreMs,
      int queues,
      int entries,
      int keys,
      int namesBytes,
      int filterBlocks,
      int directoryCrc,
      int bodyCrc) {

    long keysAt() {
      return HEADER_BYTES + (long) entries * ENTRY_BYTES;
    }

    long keysEnd() {
      return IndexFormat.keysEnd(entries, keys);
    }

    long filterAt() {
      return IndexFormat.filterAt(entries, keys);
    }

    long directoryAt() {
      return filterBlocks == 0
          ? keysEnd()
          : filterAt() + (long) filterBlocks * KeyFilter.BLOCK_BYTES;
    }

    long namesAt() {
      return directoryAt() + (long) queues * DIRECTORY_BYTES;
    }

    long blockBytes() {
      return namesAt() + namesBytes;
    }

    ByteBuffer encode() {
      ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES);
      out.putLong(MAGIC).putInt(VERSION).putInt(sealed ? SEALED : 0);
      out.putLong(segmentBase).putLong(from).putLong(to);
      out.putLong(firstStoreMs).putLong(lastStoreMs);
      out.putInt(queues).putInt(entries).putInt(keys).putInt(namesBytes);
      out.putLong(blockBytes()).putInt(filterBlocks);
      out.putInt(112, directoryCrc).putInt(116, bodyCrc);
      CRC32C crc = new CRC32C();
      crc.update(out.array(), 0, HEADER_CRC_AT);
      out.putInt(HEADER_CRC_AT, (int) crc.getValue());
      return out.clear();
    }

    /** The header in a buffer's first bytes, or null if they are none. */
    static @Nullable Header decode(ByteBuffer in) {
      CRC32C crc = new CRC32C();
      crc.update(in.duplicate().clear().limit(HEADER_CRC_AT));
      if (in.getLong(0) != MAGIC
          || in.getInt(8) != VERSION
          || in.getInt(HEADER_CRC_AT) != (int) crc.getValue()) {
        return null;
      }
      Header header =
          new Header(
              (in.getInt(12) & SEALED) != 0,
              in.getLong(16),
              in.getLong(24),
              in.getLong(32),
              in.getLong(40),
              in.getLong(48),
              in.getInt(56),
              in.getInt(60),
              in.getInt(64),
              in.getInt(68),
              in.getInt(80),
              in.getInt(112),
              in.getInt(116));
      return header.blockBytes() == in.getLong(72) ? header : null;
    }
  }

  /**
   * A queue's entries in one block.
   *
   * @param entriesAt place of the first one in the file
   */
  record Run(long firstOffset, int messages, int entries, long entriesAt) {
    /** True if every entry counts one message, so that an offset is an index. */
    boolean dense() {
      return messages == entries;
    }

    long endOffset() {
      return firstOffset + messages;
    }
  }
}
