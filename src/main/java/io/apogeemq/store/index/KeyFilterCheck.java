package io.apogeemq.store.index;

import io.apogeemq.store.index.IndexFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Compares the key filter of a sealed index file with the filter that its keys would get. Reads all keys
 * once, from front to back.
 */
final class KeyFilterCheck {
  private final SegmentIndex index;
  private final SegmentIndex.Block block;
  private final SequentialReader filter;
  private long blockAt;
  private long wrongAt = -1;

  private KeyFilterCheck(SegmentIndex index, SegmentIndex.Block block) {
    this.index = index;
    this.block = block;
    this.filter = new SequentialReader(index.file);
    this.blockAt = block.at() + block.header().filterAt();
  }

  /** Tells where they differ first, if they do. A file without a filter has none that could be wrong. */
  static void check(SegmentIndex index, IndexCheck.Findings findings) throws IOException {
    SegmentIndex.Block sealed = index.blocks()[0];
    if (sealed.header().filterBlocks() > 0) {
      new KeyFilterCheck(index, sealed).compare(findings);
    }
  }

  private void compare(IndexCheck.Findings findings) throws IOException {
    Header header = block.header();
    KeyFilterWriter expected = new KeyFilterWriter(header.filterBlocks(), this::compareBlock);
    SequentialReader keys = new SequentialReader(index.file);
    long last = 0;
    for (int i = 0; i < header.keys(); i++) {
      long place = block.at() + header.keysAt() + (long) i * IndexFormat.KEY_BYTES;
      long hash = keys.buffer.getLong(keys.at(place, IndexFormat.KEY_BYTES));
      if (Long.compareUnsigned(hash, last) < 0) {
        findings.wrong(header.from(), header.to(), place, "the keys are not in order");
        return;
      }
      last = hash;
      expected.add(hash);
    }
    expected.finish();
    for (long at = block.at() + header.keysEnd(); at < block.at() + header.filterAt(); at++) {
      if (keys.buffer.get(keys.at(at, 1)) != 0) {
        wrongAt = at;
      }
    }
    if (wrongAt >= 0) {
      findings.wrong(header.from(), header.to(), wrongAt, "the key filter is not that of the keys");
    }
  }

  private void compareBlock(ByteBuffer expected) throws IOException {
    int at = filter.at(blockAt, KeyFilter.BLOCK_BYTES);
    ByteBuffer found = filter.buffer.slice(at, KeyFilter.BLOCK_BYTES);
    if (wrongAt < 0 && !found.equals(expected)) {
      wrongAt = blockAt;
    }
    blockAt += KeyFilter.BLOCK_BYTES;
  }
}
