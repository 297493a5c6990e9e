package io.apogeemq.store.index;

import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;

/**
 * Finds the records that carry a key, newest first: in memory, then in the index files. Has no state;
 * safe for all threads.
 */
public final class KeyLookup {
  private static final int ATTEMPTS = 4;

  private final ActiveIndex active;
  private final IndexFiles files;

  KeyLookup(ActiveIndex active, IndexFiles files) {
    this.active = active;
    this.files = files;
  }

  /** Is shown log positions of records that may carry a key. */
  public interface Visitor {
    /** False ends the search. */
    boolean visit(long position) throws IOException;
  }

  /**
   * Shows the log positions of the records that may carry a key, newest first and each once; hash
   * collisions and times outside of [from, to] are among them, so look at the record.
   */
  @RunsOn(ThreadRole.READER)
  public void positionsOf(String topic, String key, long fromMs, long toMs, Visitor visitor)
      throws IOException {
    byte[] topicBytes = topic.getBytes(StandardCharsets.UTF_8);
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    long topicHash = KeyHash.of(0, topicBytes, 0, topicBytes.length);
    long hash = KeyHash.of(topicHash, keyBytes, 0, keyBytes.length);
    Descending walk = new Descending(visitor);
    // Memory first: what moves to a file meanwhile is found twice rather than never.
    if (!walkMemory(hash, walk)) {
      return;
    }
    for (Long base : files.newestFirst()) {
      if (!walkFile(base, hash, fromMs, toMs, walk)) {
        return;
      }
    }
  }

  /** The keys that no file has yet; false ends the search. */
  private boolean walkMemory(long hash, Visitor walk) throws IOException {
    Generation[] inMemory = active.unwritten();
    for (int g = inMemory.length - 1; g >= 0; g--) {
      int count = inMemory[g].keyCount();
      Generation.Keys keys = inMemory[g].keys();
      for (int i = count - 1; keys != null && i >= 0; i--) {
        if (keys.hashes()[i] == hash
            && !walk.visit(inMemory[g].segmentBase + Integer.toUnsignedLong(keys.places()[i]))) {
          return false;
        }
      }
    }
    return true;
  }

  /** The keys of one segment's file; false ends the search. */
  private boolean walkFile(long base, long hash, long fromMs, long toMs, Visitor walk)
      throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      SegmentIndex index = files.find(base);
      if (index == null) {
        return true;
      }
      try {
        SegmentIndex.Block[] blocks = index.blocks();
        for (int i = blocks.length - 1; i >= 0; i--) {
          Header header = blocks[i].header();
          if (header.lastStoreMs() >= fromMs
              && header.firstStoreMs() <= toMs
              && !index.walkPlaces(blocks[i], hash, walk)) {
            return false;
          }
        }
        return true;
      } catch (ClosedChannelException sealedOrDeleted) {
        // Looked up again; what was shown already is left out.
        continue;
      }
    }
    return true;
  }

  /** Leaves out what doesn't lie before the last one that was shown. */
  private static final class Descending implements Visitor {
    private final Visitor to;
    private long last = Long.MAX_VALUE;

    Descending(Visitor to) {
      this.to = to;
    }

    @Override
    public boolean visit(long position) throws IOException {
      if (position >= last) {
        return true;
      }
      last = position;
      return to.visit(position);
    }
  }
}
