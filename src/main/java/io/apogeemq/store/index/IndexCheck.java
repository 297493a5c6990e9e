package io.apogeemq.store.index;

import static io.apogeemq.store.index.IndexFormat.ENTRY_BYTES;
import static io.apogeemq.store.index.IndexFormat.KEY_BYTES;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.index.IndexFormat.Run;
import io.apogeemq.store.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the index file of one segment with the records of its log file, which somebody shows it in
 * order. All checksums are verified first. Each block's runs are in log order too, so every queue has a
 * cursor that moves on with its records; of the keys, sums over (hash, place) are compared. Memory: the
 * directory of one block and about 2 MiB for all cursors. Confined to one thread.
 */
public final class IndexCheck implements Closeable {
  private static final int WINDOW_BYTES = 2 * 1024 * 1024;
  private static final int MAX_WINDOW_ENTRIES = 512;
  private static final int KEYS_AT_ONCE = 4096;

  /** Is told what is wrong. */
  public interface Findings {
    /**
     * The index says something else than the log.
     *
     * @param from log positions [from, to) of what it concerns
     * @param place in the index file, in bytes
     */
    void wrong(long from, long to, long place, String what);

    /** Messages that the index knows lie in damaged bytes: offsets [first, end) of a queue. */
    void lost(QueueId queue, long first, long end);
  }

  private final SegmentIndex index;
  private final QueueDeletions deletions;
  private final Findings findings;
  private int block;
  private Map<QueueId, Cursor> cursors = Map.of();
  private int windowEntries;
  private final Set<QueueId> told = new HashSet<>();
  private final KeySum keys = new KeySum();

  /** Damaged ranges of the log: where they end by where they begin. */
  private final TreeMap<Long, Long> damages = new TreeMap<>();

  /** False if the keys of the block can't be compared: some of its records are nobody's, or lost. */
  private boolean keysCertain = true;

  /** Up to which log position the records of a topic name are of a deleted topic. */
  @FunctionalInterface
  public interface QueueDeletions {
    long deletedAt(String topic);
  }

  private IndexCheck(SegmentIndex index, QueueDeletions deletions, Findings findings) {
    this.index = index;
    this.deletions = deletions;
    this.findings = findings;
  }

  /** Opens the file and checks what can be checked without the log. Owns the file from now on. */
  public static IndexCheck open(
      DiskFile file, long segmentBase, QueueDeletions deletions, Findings findings)
      throws IOException {
    SegmentIndex index = SegmentIndex.open(segmentBase, file);
    IndexCheck check = new IndexCheck(index, deletions, findings);
    String flaw = index.flaw();
    if (flaw != null) {
      findings.wrong(index.coversTo(), index.coversTo(), index.endOfBlocks(), flaw);
    }
    String sealedFlaw = index.flawOfSealed();
    if (sealedFlaw != null) {
      findings.wrong(segmentBase, index.coversTo(), 0, sealedFlaw);
      check.block = 1;
    } else if (index.sealed()) {
      KeyFilterCheck.check(index, findings);
    }
    check.openBlock();
    return check;
  }

  /** Log position up to which the index file says something. */
  public long coversTo() {
    return index.coversTo();
  }

  public boolean sealed() {
    return index.sealed();
  }

  /** Log positions [from, to) can't be read: entries that point there are lost messages. */
  public void damaged(long from, long to) throws IOException {
    moveTo(from);
    damages.put(from, to);
    keysCertain = false;
  }

  /**
   * The next record that takes a place in its queue.
   *
   * @param messages how many offsets it takes
   */
  public void record(QueueId queue, MessageView view, byte[] properties, int messages)
      throws IOException {
    long position = view.logPosition();
    moveTo(position);
    if (block >= index.blocks().length) {
      return;
    }
    if (position < deletions.deletedAt(queue.topic())) {
      keysCertain = false;
      return;
    }
    int place = (int) (position - index.segmentBase);
    MessageKeys.addTo(keys, queue.topicHash(), properties, place);
    Cursor cursor = cursors.get(queue);
    if (cursor == null) {
      tell(queue, view, 0, "queue " + queue + " is missing");
    } else if (!cursor.broken) {
      cursor.compare(view, TagsCode.ofProperties(properties), messages);
    }
  }

  /** The log of this segment ends at a position, or its file does. */
  public void end(long logEnd) throws IOException {
    moveTo(Long.MAX_VALUE);
    if (index.coversTo() > logEnd) {
      findings.wrong(logEnd, index.coversTo(), 0, "the index covers log up to " + index.coversTo());
    }
  }

  private boolean isDamaged(long position) {
    Map.Entry<Long, Long> before = damages.floorEntry(position);
    return before != null && position < before.getValue();
  }

  private void tell(QueueId queue, MessageView view, long place, String what) {
    if (told.add(queue)) {
      findings.wrong(view.logPosition(), view.logPosition() + view.size(), place, what);
    }
  }

  /** Ends the blocks that lie before a log position. */
  private void moveTo(long position) throws IOException {
    SegmentIndex.Block[] blocks = index.blocks();
    while (block < blocks.length && position >= blocks[block].header().to()) {
      endBlock(blocks[block]);
      block++;
      openBlock();
    }
  }

  private void openBlock() throws IOException {
    told.clear();
    keys.clear();
    cursors = Map.of();
    if (block < index.blocks().length) {
      SegmentIndex.Block now = index.blocks()[block];
      keysCertain = !isDamaged(now.header().from());
      windowEntries =
          Math.max(
              4,
              Math.min(
                  MAX_WINDOW_ENTRIES,
                  WINDOW_BYTES / ENTRY_BYTES / Math.max(1, now.header().queues())));
      cursors = new LinkedHashMap<>();
      SegmentIndex.RunWalk walk = index.walk(now);
      for (SegmentIndex.QueueRun row = walk.next(); row != null; row = walk.next()) {
        cursors.put(row.queue(), new Cursor(row.queue(), row.run()));
      }
    }
  }

  private void endBlock(SegmentIndex.Block now) throws IOException {
    for (Cursor cursor : cursors.values()) {
      if (now.header().to() > deletions.deletedAt(cursor.queue.topic())) {
        cursor.end(now);
      }
    }
    if (keysCertain && told.isEmpty()) {
      KeySum inFile = new KeySum();
      ByteBuffer some = ByteBuffer.allocate(KEYS_AT_ONCE * KEY_BYTES);
      long keysAt = now.at() + now.header().keysAt();
      for (int i = 0; i < now.header().keys(); i += KEYS_AT_ONCE) {
        int count = Math.min(KEYS_AT_ONCE, now.header().keys() - i);
        index.file.readFully(some.clear().limit(count * KEY_BYTES), keysAt + (long) i * KEY_BYTES);
        for (int k = 0; k < count; k++) {
          inFile.addKey(some.getLong(k * KEY_BYTES), some.getInt(k * KEY_BYTES + Long.BYTES));
        }
      }
      if (!inFile.sameAs(keys)) {
        findings.wrong(
            now.header().from(),
            now.header().to(),
            keysAt,
            "the keys are not those of the records");
      }
    }
  }

  @Override
  public void close() throws IOException {
    index.file.close();
  }

  /** A sum over keys that doesn't depend on their order. */
  private static final class KeySum implements MessageKeys.Taker {
    private long sum;
    private long count;

    @Override
    public void addKey(long hash, int place) {
      sum += KeyHash.mix(hash, place);
      count++;
    }

    void clear() {
      sum = 0;
      count = 0;
    }

    boolean sameAs(KeySum other) {
      return sum == other.sum && count == other.count;
    }
  }

  /** Moves over the entries of one queue in one block. */
  private final class Cursor {
    final QueueId queue;
    private final Run run;
    private int next;
    private int windowFrom;
    private @Nullable ByteBuffer window;
    private long endOffset;
    boolean broken;

    Cursor(QueueId queue, Run run) {
      this.queue = queue;
      this.run = run;
      this.endOffset = run.firstOffset();
    }

    /** Index in the window of the next entry. */
    private int load() throws IOException {
      ByteBuffer now = window;
      if (now == null || next - windowFrom >= now.limit() / ENTRY_BYTES) {
        now = ByteBuffer.allocate(Math.min(windowEntries, run.entries() - next) * ENTRY_BYTES);
        index.file.readFully(now, run.entriesAt() + (long) next * ENTRY_BYTES);
        now.flip();
        window = now;
        windowFrom = next;
      }
      return (next - windowFrom) * ENTRY_BYTES;
    }

    /** Steps over entries that point into damaged bytes. */
    private void skipLost() throws IOException {
      long first = -1;
      while (next < run.entries()) {
        int at = load();
        ByteBuffer in = window();
        long position = index.segmentBase + Integer.toUnsignedLong(in.getInt(at + 4));
        if (!isDamaged(position)) {
          break;
        }
        first = first < 0 ? run.firstOffset() + in.getInt(at) : first;
        next++;
      }
      if (first >= 0) {
        endOffset = next < run.entries() ? run.firstOffset() + offsetAt() : run.endOffset();
        findings.lost(queue, first, endOffset);
      }
    }

    private int offsetAt() throws IOException {
      int at = load();
      return window().getInt(at);
    }

    private ByteBuffer window() {
      ByteBuffer now = window;
      assert now != null;
      return now;
    }

    void compare(MessageView view, long tagsCode, int messages) throws IOException {
      skipLost();
      long place = run.entriesAt() + (long) next * ENTRY_BYTES;
      if (next == run.entries()) {
        broken = true;
        tell(queue, view, place, "a message of queue " + queue + " has no entry");
        return;
      }
      int at = load();
      ByteBuffer in = window();
      long offset = run.firstOffset() + in.getInt(at);
      if (offset != view.queueOffset()
          || index.segmentBase + Integer.toUnsignedLong(in.getInt(at + 4)) != view.logPosition()
          || in.getInt(at + 8) != view.size()
          || in.getLong(at + 12) != tagsCode) {
        broken = true;
        tell(
            queue,
            view,
            place,
            "queue "
                + queue
                + ": the entry says offset "
                + offset
                + ", place "
                + Integer.toUnsignedLong(in.getInt(at + 4))
                + ", size "
                + in.getInt(at + 8)
                + ", tags code "
                + in.getLong(at + 12)
                + "; the record says "
                + view.queueOffset()
                + ", "
                + (view.logPosition() - index.segmentBase)
                + ", "
                + view.size()
                + ", "
                + tagsCode);
        return;
      }
      next++;
      endOffset = offset + messages;
    }

    void end(SegmentIndex.Block now) throws IOException {
      if (broken) {
        return;
      }
      skipLost();
      if (next < run.entries() || endOffset != run.endOffset()) {
        findings.wrong(
            now.header().from(),
            now.header().to(),
            run.entriesAt() + (long) next * ENTRY_BYTES,
            "queue "
                + queue
                + ": the index has offsets up to "
                + run.endOffset()
                + ", the log up to "
                + endOffset);
      }
    }
  }
}
