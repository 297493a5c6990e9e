package io.apogeemq.store.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Makes a {@link KeyFilter} of hashes that come in the order of the file. Memory: one block.
 */
final class KeyFilterWriter {
  private final int blocks;
  private final Sink sink;
  private final long[] words = new long[KeyFilter.WORDS];
  private final ByteBuffer block = ByteBuffer.allocate(KeyFilter.BLOCK_BYTES);
  private int number;

  /** Takes the finished blocks in order. */
  interface Sink {
    /**
     * @param block only until this returns
     */
    void take(ByteBuffer block) throws IOException;
  }

  KeyFilterWriter(int blocks, Sink sink) {
    this.blocks = blocks;
    this.sink = sink;
  }

  /** Adds a hash that isn't below the one before it (unsigned). */
  void add(long hash) throws IOException {
    int to = KeyFilter.blockOf(hash, blocks);
    assert to >= number : "a hash below the one before it";
    finishBlocksBefore(to);
    KeyFilter.add(words, hash);
  }

  /** There are no more hashes. */
  void finish() throws IOException {
    finishBlocksBefore(blocks);
  }

  private void finishBlocksBefore(int next) throws IOException {
    for (; number < next; number++) {
      KeyFilter.encode(words, number, block);
      sink.take(block);
      Arrays.fill(words, 0);
    }
  }
}
