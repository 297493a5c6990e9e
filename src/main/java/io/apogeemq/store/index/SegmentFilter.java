package io.apogeemq.store.index;

import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The key filter of one sealed segment, for searching. While it may stay in memory the first search
 * reads all of it and the next ones nothing; else each search reads one block. Safe for all threads.
 */
final class SegmentFilter {
  private final DiskFile file;
  private final long at;
  private final int blocks;

  /** Whether it may stay in memory. The sealer says so, or who opens the store. */
  private volatile boolean resident;

  private volatile @Nullable ByteBuffer inMemory;

  SegmentFilter(DiskFile file, SegmentIndex.Block block) {
    Header header = block.header();
    this.file = file;
    this.at = block.at() + header.filterAt();
    this.blocks = header.filterBlocks();
  }

  /** What it takes in memory. */
  int bytes() {
    return blocks * KeyFilter.BLOCK_BYTES;
  }

  boolean isResident() {
    return resident;
  }

  /** Lets it stay in memory when it is used, or takes it out. */
  void resident(boolean may) {
    resident = may;
    if (!may) {
      inMemory = null;
    }
  }

  /** False only if no key of the segment has the hash. */
  boolean mayContain(long hash) throws IOException {
    int number = KeyFilter.blockOf(hash, blocks);
    int place = number * KeyFilter.BLOCK_BYTES;
    if (resident) {
      return KeyFilter.mayContain(load(), place, number, hash);
    }
    ByteBuffer block = ByteBuffer.allocate(KeyFilter.BLOCK_BYTES);
    file.readFully(block, at + place);
    return KeyFilter.mayContain(block, 0, number, hash);
  }

  private ByteBuffer load() throws IOException {
    ByteBuffer all = inMemory;
    if (all == null) {
      all = ByteBuffer.allocate(bytes());
      file.readFully(all, at);
      all.clear();
      inMemory = all;
      if (!resident) {
        // Taken out while it was read.
        inMemory = null;
      }
    }
    return all;
  }
}
