package io.apogeemq.store.index;

import static io.apogeemq.store.index.IndexFormat.DIRECTORY_BYTES;
import static io.apogeemq.store.index.IndexFormat.ENTRY_BYTES;
import static io.apogeemq.store.index.IndexFormat.HEADER_BYTES;
import static io.apogeemq.store.index.IndexFormat.KEY_BYTES;

import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.store.index.IndexFormat.Run;
import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The index file of one segment, for reading: a list of blocks, oldest first; exactly one of them if
 * the segment is sealed. Safe for all threads; every call reads the disk.
 */
public final class SegmentIndex {
  private static final int CHECK_BUFFER_BYTES = 256 * 1024;

  final long segmentBase;
  final DiskFile file;
  private volatile Block[] blocks = {};

  /** Over the keys of a sealed segment; null if the file has none. */
  private volatile @Nullable SegmentFilter filter;

  /** Set while opening, before others see the index. */
  private @Nullable String flaw;

  /** A block and where it begins in the file. */
  record Block(long at, Header header) {}

  SegmentIndex(long segmentBase, DiskFile file) {
    this.segmentBase = segmentBase;
    this.file = file;
  }

  /**
   * Reads the blocks of a file up to the first one that isn't whole, checking headers, order and
   * directories, and all bytes of a segment that isn't sealed.
   */
  static SegmentIndex open(long segmentBase, DiskFile file) throws IOException {
    SegmentIndex index = new SegmentIndex(segmentBase, file);
    long length = file.size();
    long at = 0;
    while (at < length) {
      if (length - at < HEADER_BYTES) {
        index.flaw = length - at + " bytes, too few for a block";
        break;
      }
      ByteBuffer head = ByteBuffer.allocate(HEADER_BYTES);
      file.readFully(head, at);
      Header header = Header.decode(head);
      String flaw =
          header == null ? "no header, or a damaged one" : index.flawOf(at, header, length);
      if (header == null || flaw != null) {
        index.flaw = flaw;
        break;
      }
      index.add(new Block(at, header));
      at += header.blockBytes();
    }
    return index;
  }

  /** Why no block with this header may stand at a place of the file; null if it may. */
  private @Nullable String flawOf(long at, Header header, long length) throws IOException {
    if (sealed()) {
      return "a block behind a sealed one";
    }
    if (header.segmentBase() != segmentBase || header.from() != coversTo()) {
      return "a block of segment " + header.segmentBase() + " from " + header.from();
    }
    if (header.blockBytes() > length - at || header.sealed() && at != 0) {
      return header.sealed() && at != 0 ? "a sealed block behind another" : "a block cut short";
    }
    if (crcOf(at + header.directoryAt(), at + header.blockBytes()) != header.directoryCrc()) {
      return "directory and names have another checksum";
    }
    return header.sealed() ? null : flawOfBody(at, header);
  }

  /** As {@link #flawOf}, of a block's entries and keys: all of its bytes are read. */
  private @Nullable String flawOfBody(long at, Header header) throws IOException {
    return crcOf(at + HEADER_BYTES, at + header.keysEnd()) == header.bodyCrc()
        ? null
        : "entries and keys have another checksum";
  }

  /** What {@link #open} leaves unread: the entries and keys of a sealed segment. */
  @Nullable String flawOfSealed() throws IOException {
    return sealed() ? flawOfBody(0, blocks[0].header) : null;
  }

  /** Why the file's bytes from {@link #endOfBlocks} on are no block; null if there are none. */
  @Nullable String flaw() {
    return flaw;
  }

  void add(Block block) {
    if (block.header.filterBlocks() > 0) {
      filter = new SegmentFilter(file, block);
    }
    Block[] more = Arrays.copyOf(blocks, blocks.length + 1);
    more[blocks.length] = block;
    blocks = more;
  }

  @Nullable SegmentFilter filter() {
    return filter;
  }

  Block[] blocks() {
    return blocks;
  }

  boolean sealed() {
    Block[] now = blocks;
    return now.length == 1 && now[0].header.sealed();
  }

  /** Where the next block begins in the file: behind the last whole one. */
  long endOfBlocks() {
    Block[] now = blocks;
    return now.length == 0 ? 0 : now[now.length - 1].at + now[now.length - 1].header.blockBytes();
  }

  /** End of the log that the blocks cover. */
  long coversTo() {
    Block[] now = blocks;
    return now.length == 0 ? segmentBase : now[now.length - 1].header.to();
  }

  /** Store timestamp of the last message that the blocks know, -1 without one. */
  long lastStoreMs() {
    Block[] now = blocks;
    for (int i = now.length - 1; i >= 0; i--) {
      if (now[i].header.lastStoreMs() >= 0) {
        return now[i].header.lastStoreMs();
      }
    }
    return -1;
  }

  /** The entry of the last message that the blocks know, null without one. */
  @Nullable EntryChunk last() throws IOException {
    Block[] now = blocks;
    EntryChunk last = null;
    for (int i = now.length - 1; i >= 0 && last == null; i--) {
      RunWalk walk = walk(now[i]);
      for (QueueRun each = walk.next(); each != null; each = walk.next()) {
        EntryChunk of = read(each.run(), each.run().entries() - 1, 1);
        if (last == null || of.positionOf(0) > last.positionOf(0)) {
          last = of;
        }
      }
    }
    return last;
  }

  /** A queue's run in a block, or null. */
  @Nullable Run find(Block block, QueueId queue) throws IOException {
    Header header = block.header;
    SortedRegion directory =
        new SortedRegion(file, block.at + header.directoryAt(), header.queues(), DIRECTORY_BYTES);
    int at = directory.firstNotBelow(queue.hash());
    ByteBuffer entry = ByteBuffer.allocate(DIRECTORY_BYTES);
    for (; at < header.queues(); at++) {
      directory.read(entry, at, 1);
      if (entry.getLong(0) != queue.hash()) {
        return null;
      }
      if (entry.getInt(12) == queue.queueId()
          && Arrays.equals(nameAt(block, entry.getInt(8)), queue.topicBytes())) {
        return runOf(block, entry, 0);
      }
    }
    return null;
  }

  /** All queues of a block in file order. */
  RunWalk walk(Block block) throws IOException {
    return new RunWalk(block);
  }

  /** One queue after the other; memory: the topics' names and a buffer. Confined to one thread. */
  final class RunWalk {
    private final Block block;
    private final ByteBuffer names;
    private final SequentialReader directory = new SequentialReader(file);
    private int passed;

    private RunWalk(Block block) throws IOException {
      Header header = block.header;
      this.block = block;
      names = ByteBuffer.allocate(Math.toIntExact(header.blockBytes() - header.namesAt()));
      file.readFully(names, block.at + header.namesAt());
    }

    /** The next queue, null behind the last one. */
    @Nullable QueueRun next() throws IOException {
      if (passed == block.header.queues()) {
        return null;
      }
      long place = block.at + block.header.directoryAt() + (long) passed * DIRECTORY_BYTES;
      int at = directory.at(place, DIRECTORY_BYTES);
      passed++;
      int name = directory.buffer.getInt(at + 8);
      byte[] topic = new byte[names.getShort(name)];
      names.get(name + 2, topic);
      QueueId id =
          QueueId.of(
              new String(topic, StandardCharsets.UTF_8), directory.buffer.getInt(at + 12), topic);
      return new QueueRun(id, runOf(block, directory.buffer, at));
    }
  }

  record QueueRun(QueueId queue, Run run) {}

  /** Index in the run of the entry that holds a queue offset, which must lie in it. */
  int entryAt(Run run, long queueOffset) throws IOException {
    long delta = queueOffset - run.firstOffset();
    if (run.dense()) {
      return (int) delta;
    }
    int low = 0;
    int high = run.entries() - 1;
    ByteBuffer four = ByteBuffer.allocate(4);
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      file.readFully(four.clear(), run.entriesAt() + (long) middle * ENTRY_BYTES);
      if (four.getInt(0) <= delta) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Up to {@code max} entries of a run from an index on, as a chunk. */
  EntryChunk read(Run run, int fromEntry, int max) throws IOException {
    int count = Math.min(max, run.entries() - fromEntry);
    boolean toEnd = fromEntry + count == run.entries();
    ByteBuffer bytes = ByteBuffer.allocate((count + (toEnd ? 0 : 1)) * ENTRY_BYTES);
    file.readFully(bytes, run.entriesAt() + (long) fromEntry * ENTRY_BYTES);
    int end = toEnd ? run.messages() : bytes.getInt(count * ENTRY_BYTES);
    EntryChunk.RunTail tail = toEnd ? null : new EntryChunk.RunTail(this, run, fromEntry + count);
    EntryChunk chunk =
        new EntryChunk(segmentBase, run.firstOffset() + bytes.getInt(0), count, !run.dense(), tail);
    for (int i = 0; i < count; i++) {
      int at = i * ENTRY_BYTES;
      int next = i + 1 < count ? bytes.getInt(at + ENTRY_BYTES) : end;
      chunk.add(
          bytes.getInt(at + 4),
          bytes.getInt(at + 8),
          bytes.getLong(at + 12),
          next - bytes.getInt(at));
    }
    return chunk;
  }

  /** Shows the log positions of the records with a key's hash, newest first; false if it was ended. */
  boolean walkPlaces(Block block, long hash, KeyLookup.Visitor visitor) throws IOException {
    SegmentFilter ofKeys = filter;
    if (ofKeys != null && !ofKeys.mayContain(hash)) {
      return true;
    }
    Header header = block.header;
    SortedRegion keys =
        new SortedRegion(file, block.at + header.keysAt(), header.keys(), KEY_BYTES);
    int first = keys.firstNotBelow(hash);
    // The hash above the largest one would be 0.
    int end = hash == -1 ? header.keys() : keys.firstNotBelow(hash + 1);
    ByteBuffer window =
        ByteBuffer.allocate(Math.min(SortedRegion.WINDOW, Math.max(0, end - first)) * KEY_BYTES);
    while (end > first) {
      int from = Math.max(first, end - SortedRegion.WINDOW);
      keys.read(window, from, end - from);
      for (int i = end - from - 1; i >= 0; i--) {
        long place = Integer.toUnsignedLong(window.getInt(i * KEY_BYTES + 8));
        if (!visitor.visit(segmentBase + place)) {
          return false;
        }
      }
      end = from;
    }
    return true;
  }

  /** CRC-32C of the file's bytes [from, to). */
  private int crcOf(long from, long to) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHECK_BUFFER_BYTES, to - from));
    for (long at = from; at < to; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), to - at));
      file.readFully(buffer, at);
      crc.update(buffer.flip());
    }
    return (int) crc.getValue();
  }

  private byte[] nameAt(Block block, int at) throws IOException {
    long namesAt = block.at + block.header.namesAt();
    ByteBuffer length = ByteBuffer.allocate(2);
    file.readFully(length, namesAt + at);
    byte[] name = new byte[length.getShort(0)];
    file.readFully(ByteBuffer.wrap(name), namesAt + at + 2);
    return name;
  }

  private static Run runOf(Block block, ByteBuffer directory, int at) {
    return new Run(
        directory.getLong(at + 16),
        directory.getInt(at + 24),
        directory.getInt(at + 28),
        block.at + directory.getLong(at + 32));
  }
}
