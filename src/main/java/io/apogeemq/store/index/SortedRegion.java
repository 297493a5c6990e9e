package io.apogeemq.store.index;

import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A region of an index file whose records are sorted by an evenly spread hash, their first 8 bytes: the
 * directory, the keys. The place of a hash is guessed from its value; two or three reads find it.
 *
 * @param at where the region begins in the file
 * @param count how many records it has
 */
record SortedRegion(DiskFile file, long at, int count, int recordBytes) {
  /** Records that are read at once. */
  static final int WINDOW = 64;

  private static final int MAX_GUESSES = 4;

  /** Index of the first record whose hash is not below {@code hash} (unsigned); the count if none is. */
  int firstNotBelow(long hash) throws IOException {
    int low = 0;
    int high = count;
    double lowHash = 0;
    double highHash = 0x1p63;
    double wanted = hash >>> 1;
    ByteBuffer window = ByteBuffer.allocate(WINDOW * recordBytes);
    int tries = 0;
    while (low < high) {
      double part =
          tries++ < MAX_GUESSES ? (wanted - lowHash) / Math.max(1, highHash - lowHash) : 0.5;
      part = Math.max(0, Math.min(1, part));
      int guess = low + (int) (part * (high - low));
      int first = Math.max(low, Math.min(guess - WINDOW / 2, high - WINDOW));
      int records = Math.min(WINDOW, high - first);
      read(window, first, records);
      if (Long.compareUnsigned(window.getLong(0), hash) >= 0) {
        high = first;
        highHash = window.getLong(0) >>> 1;
        continue;
      }
      long lastHash = window.getLong((records - 1) * recordBytes);
      if (Long.compareUnsigned(lastHash, hash) < 0) {
        low = first + records;
        lowHash = lastHash >>> 1;
        continue;
      }
      for (int i = 0; i < records; i++) {
        if (Long.compareUnsigned(window.getLong(i * recordBytes), hash) >= 0) {
          return first + i;
        }
      }
    }
    return low;
  }

  /** Reads records into the start of a buffer. */
  void read(ByteBuffer into, int first, int records) throws IOException {
    file.readFully(into.clear().limit(records * recordBytes), at + (long) first * recordBytes);
  }
}
