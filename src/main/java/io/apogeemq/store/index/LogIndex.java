package io.apogeemq.store.index;

import io.apogeemq.store.ReadProgress;
import io.apogeemq.store.index.IndexFormat.Header;
import io.apogeemq.store.index.IndexFormat.Run;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.Segment;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The index of the whole log: what is in memory, what is in files, and the way from one to the other.
 *
 * <p>A stretch of the log's index is filled in memory by the appender ({@link Generation}), written as
 * a block of its segment's index file by the sealer, and forgotten by memory when the bound says so.
 * When a segment has ended, its blocks are replaced by one that covers it.
 *
 * <p>Invariants: a block is written only after the log it covers has been forced, so a block that is
 * found after a crash never points at bytes that were lost. Blocks of a segment follow each other
 * without a gap. Everything that memory has forgotten is readable and stands in a block.
 */
public final class LogIndex {
  private static final String SUFFIX = ".idx";
  private static final int READ_ENTRIES = 2048;

  /** A scanned record must lie this close to its queue's first one in the segment. */
  private static final int MAX_OFFSETS_PER_SEGMENT = 1 << 30;

  private final Disk disk;
  private final Path directory;
  private final QueueTable table;
  private final int blockBytes;
  private final int memoryEntries;
  private final ConcurrentSkipListMap<Long, SegmentIndex> files = new ConcurrentSkipListMap<>();

  /** Closed by the appender, not yet written; oldest first. */
  private final ConcurrentLinkedDeque<Generation> closed = new ConcurrentLinkedDeque<>();

  /** All generations whose keys may only be in memory; replaced, never changed. */
  private volatile Generation[] unwritten = {};

  private final Object unwrittenChange = new Object();

  /** Written and still in memory; sealer only. */
  private final ArrayDeque<Generation> written = new ArrayDeque<>();

  private long writtenEntries;

  /** Its segment has ended and all its blocks are written: what is left is the seal. Sealer writes. */
  private volatile @Nullable SegmentIndex unsealed;

  /** How many segments were sealed; sealer only. */
  private int sealedCount;

  /** Chunks read back, oldest first, and how many entries they have. */
  private final ConcurrentLinkedDeque<ReadBack> readBack = new ConcurrentLinkedDeque<>();

  private final AtomicLong readBackEntries = new AtomicLong();

  /** What the checkpoint of the table said when the store was opened. */
  private QueueTableFile.@Nullable Content saved;

  /** How many of the table's deletions are saved, and with which first log position; sealer only. */
  private long savedChanges;

  private long savedBegin;

  /** False while recovery fills the table: it must not be saved before it is complete. */
  private boolean recovered;

  /** Log position up to which the queue table is complete without looking at index files. */
  private long tableThrough;

  /** Appender only; null before the first segment. */
  private @Nullable Generation current;

  private record ReadBack(QueueEntries queue, EntryChunk chunk) {}

  public LogIndex(Disk disk, Path directory, QueueTable table, int blockBytes, int memoryEntries) {
    this.disk = disk;
    this.directory = directory;
    this.table = table;
    this.blockBytes = blockBytes;
    this.memoryEntries = memoryEntries;
  }

  public QueueTable table() {
    return table;
  }

  // ---- appender
  // ----------------------------------------------------------------------------------

  /** Begins the index of a segment, or goes on with it where its blocks end. */
  @RunsOn(ThreadRole.APPENDER)
  public void startSegment(long base, long from) {
    assert current == null : "segment " + base + " starts before the one before it has ended";
    current = startGeneration(base, from);
  }

  /**
   * Adds a record that was put into the log. Readers see it when the readable position has passed it.
   */
  @RunsOn(ThreadRole.APPENDER)
  public void add(
      QueueEntries queue,
      long position,
      int size,
      long tagsCode,
      int count,
      long storeMs,
      byte[] properties) {
    Generation to = current;
    assert to != null && position >= to.from : "no generation for position " + position;
    GenerationRun run = queue.run;
    if (run == null || run.generation != to) {
      run = new GenerationRun(queue, to);
      queue.run = run;
      to.runs.add(run);
    }
    int place = (int) (position - to.segmentBase);
    queue.add(run, place, size, tagsCode, count);
    to.entries++;
    if (to.firstStoreMs < 0) {
      to.firstStoreMs = storeMs;
    }
    to.lastStoreMs = storeMs;
    MessageKeys.addTo(to, queue.id.topicHash(), properties, place);
  }

  /** Closes the current generation if it covers enough log. After each batch. */
  @RunsOn(ThreadRole.APPENDER)
  public void wrote(long position) {
    Generation now = current;
    if (now != null && position - now.from >= blockBytes) {
      closeCurrent(position, false);
      current = startGeneration(now.segmentBase, position);
    }
  }

  /** The segment has got its last record: its index can be sealed. */
  @RunsOn(ThreadRole.APPENDER)
  public void endSegment(long endPosition) {
    closeCurrent(endPosition, true);
    current = null;
  }

  /** Takes back a {@link #startSegment} whose segment turned out to hold nothing. */
  public void dropEmptySegment() {
    assert current != null && current.entries == 0;
    Generation empty = current;
    current = null;
    synchronized (unwrittenChange) {
      unwritten = Arrays.stream(unwritten).filter(g -> g != empty).toArray(Generation[]::new);
    }
  }

  /** Closes what is in memory so that {@link #writeNext} can write it. At an orderly end. */
  public void closeAt(long position) {
    if (current != null && position > current.from) {
      closeCurrent(position, false);
      current = null;
    }
  }

  /** Forgets the queues of a topic. */
  @RunsOn(ThreadRole.APPENDER)
  public void deleteTopic(String topic, long position) {
    table.delete(topic, position);
  }

  private Generation startGeneration(long base, long from) {
    Generation fresh = new Generation(base, from);
    synchronized (unwrittenChange) {
      Generation[] more = Arrays.copyOf(unwritten, unwritten.length + 1);
      more[unwritten.length] = fresh;
      unwritten = more;
    }
    return fresh;
  }

  private void closeCurrent(long to, boolean endsSegment) {
    Generation now = current;
    assert now != null;
    now.to = to;
    now.endsSegment = endsSegment;
    closed.add(now);
  }

  // ---- sealer
  // ------------------------------------------------------------------------------------

  /**
   * Writes the oldest closed generation as a block, if the log that it covers is forced, and seals its
   * segment if it was the last one of it. After a {@link io.apogeemq.store.io.DiskFull} it may be called
   * again: it goes on with what it could not do.
   *
   * @return true if it did something
   */
  @RunsOn(ThreadRole.SEALER)
  public boolean writeNext(long flushedPosition) throws IOException {
    SegmentIndex ended = unsealed;
    if (ended != null) {
      seal(ended);
      unsealed = null;
      return true;
    }
    Generation next = closed.peek();
    if (next == null || next.to > flushedPosition) {
      return false;
    }
    SegmentIndex index = files.get(next.segmentBase);
    if (index == null) {
      index = create(next.segmentBase);
    }
    writeBlock(index, next);
    closed.remove();
    synchronized (unwrittenChange) {
      unwritten = Arrays.stream(unwritten).filter(g -> g != next).toArray(Generation[]::new);
    }
    next.dropKeys();
    written.add(next);
    writtenEntries += next.entries;
    forgetOldest();
    if (next.endsSegment) {
      unsealed = index;
      seal(index);
      unsealed = null;
    }
    return true;
  }

  int sealedCount() {
    return sealedCount;
  }

  /** True if {@link #writeNext} would find something. Any thread. */
  boolean canWrite(long flushedPosition) {
    if (unsealed != null) {
      return true;
    }
    Generation next = closed.peek();
    return next != null && next.to <= flushedPosition;
  }

  private void forgetOldest() {
    while (writtenEntries > memoryEntries) {
      Generation oldest = written.remove();
      writtenEntries -= oldest.entries;
      for (GenerationRun run : oldest.runs) {
        run.queue.forget(run.chunks.get(run.chunks.size() - 1));
        // A quiet queue holds on to its last run for as long as it is quiet, and the run to the
        // generation: nothing of the other queues may hang on it.
        run.chunks.clear();
        run.last = null;
      }
      oldest.runs.clear();
    }
  }

  private SegmentIndex create(long segmentBase) throws IOException {
    DiskFile file = disk.open(fileOf(segmentBase));
    boolean made = false;
    try {
      file.setLength(0);
      disk.forceDirectory(directory);
      SegmentIndex index = new SegmentIndex(segmentBase, file);
      files.put(segmentBase, index);
      made = true;
      return index;
    } finally {
      if (!made) {
        file.close();
      }
    }
  }

  private void writeBlock(SegmentIndex index, Generation generation) throws IOException {
    long at = index.endOfBlocks();
    BlockWriter out = new BlockWriter(index.file, at);
    List<GenerationRun> runs = new ArrayList<>(generation.runs);
    // A deleted topic's entries are nobody's; its name may have new queues in the same stretch.
    runs.removeIf(run -> table.find(run.queue.topic(), run.queue.queueId()) != run.queue);
    saveDeletions();
    runs.sort(Comparator.comparing(run -> run.queue.id, QueueId.FILE_ORDER));
    for (GenerationRun run : runs) {
      long first = run.chunks.get(0).firstOffset;
      out.startRun(run.queue.id, first);
      long end = first;
      for (EntryChunk chunk : run.chunks) {
        int entries = chunk.entries();
        for (int i = 0; i < entries; i++) {
          out.entry(
              chunk.offsetOf(i) - first, chunk.placeOf(i), chunk.sizeOf(i), chunk.tagsCodeOf(i));
        }
        end = chunk.offsetOf(entries);
      }
      out.endRun(end - first);
    }
    Generation.Keys keys = generation.keys();
    assert keys != null;
    KeyOrder sorted = KeyOrder.of(keys, generation.keyCount());
    for (int i = 0; i < sorted.size(); i++) {
      out.key(sorted.hash(i), sorted.place(i));
    }
    Header header =
        out.finish(
            false,
            generation.segmentBase,
            generation.from,
            generation.to,
            generation.firstStoreMs,
            generation.lastStoreMs);
    index.add(new SegmentIndex.Block(at, header));
  }

  /** Replaces the blocks of an ended segment by one. */
  private void seal(SegmentIndex blocks) throws IOException {
    Path path = fileOf(blocks.segmentBase);
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    disk.delete(fresh);
    DiskFile file = disk.open(fresh);
    Header header;
    boolean made = false;
    try {
      header = Compaction.merge(blocks, file, table);
      saveDeletions();
      file.force();
      disk.rename(fresh, path);
      disk.forceDirectory(directory);
      made = true;
    } finally {
      if (!made) {
        file.close();
        disk.delete(fresh);
      }
    }
    SegmentIndex sealed = new SegmentIndex(blocks.segmentBase, file);
    sealed.add(new SegmentIndex.Block(0, header));
    noteSealed(sealed);
    files.put(blocks.segmentBase, sealed);
    sealedCount++;
    // Readers that are in the old file find it closed and look the segment up again.
    blocks.file.close();
  }

  /**
   * Before index files leave out a deleted topic's entries the deletion is saved: else a crash would
   * bring the topic back with holes.
   */
  private void saveDeletions() throws IOException {
    if (recovered && table.changes() != savedChanges) {
      saveTable(savedBegin);
    }
  }

  /** Lets the queues know what a sealed segment says of them: the checkpoint writes that. */
  void noteSealed(SegmentIndex sealed) throws IOException {
    for (SegmentIndex.QueueRun row : sealed.runs(sealed.blocks()[0])) {
      QueueEntries queue = table.find(row.queue().topic(), row.queue().queueId());
      if (queue != null && sealed.coversTo() > queue.bornPosition()) {
        queue.sealedTo(row.run().endOffset(), sealed.segmentBase);
      }
    }
  }

  /** Writes the checkpoint of the queue table. Sealer, or anybody while nothing runs. */
  public void saveTable(long minPosition) throws IOException {
    saveTable(minPosition, Map.of());
  }

  private void saveTable(long minPosition, Map<QueueEntries, Long> leaving) throws IOException {
    long changes = table.changes();
    table.forgetDeletionsBefore(minPosition);
    long through = 0;
    for (SegmentIndex index : files.values()) {
      if (!index.sealed()) {
        break;
      }
      through = index.coversTo();
    }
    List<QueueTableFile.Row> rows = new ArrayList<>();
    for (QueueEntries queue : table.all()) {
      if (queue.sealedNext() > 0) {
        rows.add(
            new QueueTableFile.Row(
                queue.topic(),
                queue.queueId(),
                queue.sealedNext(),
                Math.min(
                    Math.max(queue.min(), leaving.getOrDefault(queue, 0L)), queue.sealedNext()),
                queue.lastSegment()));
      }
    }
    QueueTableFile.write(
        disk, directory, new QueueTableFile.Content(through, minPosition, rows, table.deletions()));
    savedChanges = changes;
    savedBegin = minPosition;
  }

  /** True if the oldest segment is sealed and its newest message is older than a time. */
  public boolean oldestIsBefore(long timeMs) {
    Map.Entry<Long, SegmentIndex> oldest = files.firstEntry();
    return oldest != null && oldest.getValue().sealed() && oldest.getValue().lastStoreMs() < timeMs;
  }

  /** First log position of the oldest segment that has an index, -1 if there is none. */
  public long oldestSegment() {
    Map.Entry<Long, SegmentIndex> oldest = files.firstEntry();
    return oldest == null ? -1 : oldest.getKey();
  }

  /** Messages of a queue that somebody has still to read: its first such offset. */
  public record Unread(String topic, int queueId, long from) {}

  /** A queue with unread messages in the oldest segment, which is sealed; null if there is none. */
  @RunsOn(ThreadRole.SEALER)
  public @Nullable Unread unreadInOldest(ReadProgress progress) throws IOException {
    SegmentIndex oldest = files.firstEntry().getValue();
    for (SegmentIndex.Block block : oldest.blocks()) {
      for (SegmentIndex.QueueRun row : oldest.runs(block)) {
        String topic = row.queue().topic();
        QueueEntries queue = table.find(topic, row.queue().queueId());
        if (queue == null || oldest.coversTo() <= queue.bornPosition()) {
          continue; // of a deleted topic
        }
        long readTo = progress.readTo(topic, queue.queueId());
        if (readTo < row.run().endOffset()) {
          return new Unread(topic, queue.queueId(), Math.max(readTo, row.run().firstOffset()));
        }
      }
    }
    return null;
  }

  /**
   * Lets all queues begin behind the oldest segment, which is about to be deleted: first in the saved
   * table, then for readers. If it fails nothing has changed.
   *
   * @param nextSegment log position where the log begins then
   */
  @RunsOn(ThreadRole.SEALER)
  public void leaveOldest(long nextSegment) throws IOException {
    SegmentIndex oldest = files.firstEntry().getValue();
    Map<QueueEntries, Long> ends = new IdentityHashMap<>();
    for (SegmentIndex.QueueRun row : oldest.runs(oldest.blocks()[0])) {
      QueueEntries queue = table.find(row.queue().topic(), row.queue().queueId());
      if (queue != null && oldest.coversTo() > queue.bornPosition()) {
        ends.put(queue, row.run().endOffset());
      }
    }
    saveTable(nextSegment, ends);
    ends.forEach(QueueEntries::minTo);
  }

  /** Deletes the index file of the oldest segment. */
  @RunsOn(ThreadRole.SEALER)
  public void deleteOldest() throws IOException {
    Map.Entry<Long, SegmentIndex> oldest = files.pollFirstEntry();
    oldest.getValue().file.close();
    disk.delete(fileOf(oldest.getKey()));
    disk.forceDirectory(directory);
  }

  // ---- readers
  // -----------------------------------------------------------------------------------

  /**
   * Reads entries from the files into memory: the chunk that holds a queue offset, or, if no file has
   * it, the next one behind it; null if the files have nothing from there on.
   */
  @RunsOn(ThreadRole.READER)
  public @Nullable EntryChunk load(QueueEntries queue, long queueOffset) throws IOException {
    // A seal or a deletion closes files under our feet; both leave the list of files up to date.
    for (int attempt = 0; ; attempt++) {
      try {
        EntryChunk chunk = loadOnce(queue, queueOffset);
        if (chunk != null) {
          keep(queue, chunk);
        }
        return chunk;
      } catch (ClosedChannelException e) {
        if (attempt == 3) {
          throw e;
        }
      }
    }
  }

  private @Nullable EntryChunk loadOnce(QueueEntries queue, long queueOffset) throws IOException {
    EntryChunk.RunTail tail = queue.tailAt(queueOffset);
    if (tail != null && files.get(tail.index().segmentBase) == tail.index()) {
      return tail.index().read(tail.run(), tail.nextEntry(), READ_ENTRIES);
    }
    List<Place> places = new ArrayList<>();
    for (SegmentIndex index : files.values()) {
      for (SegmentIndex.Block block : index.blocks()) {
        if (block.header().to() > queue.bornPosition()) {
          places.add(new Place(index, block));
        }
      }
    }
    // The last block whose run starts at or before the offset; blocks without the queue are stepped
    // over towards older ones.
    int low = 0;
    int high = places.size() - 1;
    int best = -1;
    Run bestRun = null;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int at = middle;
      Run run = places.get(at).find(queue);
      while (run == null && at > low) {
        run = places.get(--at).find(queue);
      }
      if (run == null) {
        low = middle + 1;
      } else if (run.firstOffset() <= queueOffset) {
        best = at;
        bestRun = run;
        low = middle + 1;
      } else {
        high = at - 1;
      }
    }
    if (bestRun != null && queueOffset < bestRun.endOffset()) {
      SegmentIndex index = places.get(best).index;
      return index.read(bestRun, index.entryAt(bestRun, queueOffset), READ_ENTRIES);
    }
    for (int at = best + 1; at < places.size(); at++) {
      Run run = places.get(at).find(queue);
      if (run != null) {
        return places.get(at).index.read(run, 0, READ_ENTRIES);
      }
    }
    return null;
  }

  private record Place(SegmentIndex index, SegmentIndex.Block block) {
    @Nullable Run find(QueueEntries queue) throws IOException {
      return index.find(block, queue.id);
    }
  }

  private void keep(QueueEntries queue, EntryChunk chunk) {
    EntryChunk displaced = queue.keep(chunk);
    readBack.add(new ReadBack(queue, chunk));
    long entries = readBackEntries.addAndGet(chunk.entries());
    // The displaced chunk's row stays in the list until its turn; then dropping it does nothing.
    assert displaced == null || displaced != chunk;
    while (entries > memoryEntries) {
      ReadBack oldest = readBack.poll();
      if (oldest == null) {
        return;
      }
      oldest.queue.drop(oldest.chunk);
      entries = readBackEntries.addAndGet(-oldest.chunk.entries());
    }
  }

  /** Is shown log positions of records that may carry a key. */
  public interface KeyVisitor {
    /** False ends the search. */
    boolean visit(long position) throws IOException;
  }

  /**
   * Shows the log positions of the records that may carry a key, newest first and each once; hash
   * collisions and times outside of [from, to] are among them, so look at the record.
   */
  @RunsOn(ThreadRole.READER)
  public void positionsOfKey(String topic, String key, long fromMs, long toMs, KeyVisitor visitor)
      throws IOException {
    byte[] topicBytes = topic.getBytes(StandardCharsets.UTF_8);
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    long topicHash = KeyHash.of(0, topicBytes, 0, topicBytes.length);
    long hash = KeyHash.of(topicHash, keyBytes, 0, keyBytes.length);
    Descending walk = new Descending(visitor);
    // Memory first: what moves to a file meanwhile is found twice rather than never.
    Generation[] inMemory = unwritten;
    for (int g = inMemory.length - 1; g >= 0; g--) {
      int count = inMemory[g].keyCount();
      Generation.Keys keys = inMemory[g].keys();
      for (int i = count - 1; keys != null && i >= 0; i--) {
        if (keys.hashes()[i] == hash
            && !walk.visit(inMemory[g].segmentBase + Integer.toUnsignedLong(keys.places()[i]))) {
          return;
        }
      }
    }
    for (Long base : files.descendingKeySet()) {
      if (!walkFile(base, hash, fromMs, toMs, walk)) {
        return;
      }
    }
  }

  /** The keys of one segment's file; false ends the search. */
  private boolean walkFile(long base, long hash, long fromMs, long toMs, KeyVisitor walk)
      throws IOException {
    for (int attempt = 0; attempt < 4; attempt++) {
      SegmentIndex index = files.get(base);
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
  private static final class Descending implements KeyVisitor {
    private final KeyVisitor to;
    private long last = Long.MAX_VALUE;

    Descending(KeyVisitor to) {
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

  /** Store timestamp of the first message that the oldest index file knows, -1 without one. */
  public long earliestStoreMs() {
    for (SegmentIndex index : files.values()) {
      for (SegmentIndex.Block block : index.blocks()) {
        if (block.header().firstStoreMs() >= 0) {
          return block.header().firstStoreMs();
        }
      }
    }
    for (Generation generation : unwritten) {
      if (generation.firstStoreMs >= 0) {
        return generation.firstStoreMs;
      }
    }
    return -1;
  }

  // ---- opening
  // -----------------------------------------------------------------------------------

  /** True if there is a checkpoint of the queue table. One is written before the first append. */
  public boolean hasTable() {
    return disk.exists(directory.resolve(QueueTableFile.NAME));
  }

  /**
   * Reads the checkpoint of the queue table.
   *
   * @return log position before which segments were deleted or were about to be; 0 without a table
   */
  public long readTable() throws IOException {
    saved = QueueTableFile.read(disk, directory);
    if (saved == null) {
      return 0;
    }
    table.deletions(saved.deletions());
    savedBegin = saved.begin();
    return savedBegin;
  }

  /**
   * Opens the index files of the log's segments. If all that the table's checkpoint covers are sealed,
   * the queues start from it. If one is missing or damaged, all queues are built from the index files
   * and the log, and {@link #mergeTable} adds what only the checkpoint still knows.
   */
  public void openFiles(List<Segment> segments, int segmentSize) throws IOException {
    QueueTableFile.Content content = saved;
    boolean complete = content != null;
    for (Segment segment : segments) {
      long end = segment.base() + segmentSize;
      Path path = fileOf(segment.base());
      if (disk.exists(path)) {
        DiskFile file = disk.open(path);
        SegmentIndex index = SegmentIndex.open(segment.base(), file);
        if (index.blocks().length == 0 || index.coversTo() > end) {
          file.close();
          disk.delete(path);
        } else {
          files.put(segment.base(), index);
        }
      }
      complete &= content == null || end > content.through() || isSealed(segment.base());
    }
    if (content != null && complete) {
      tableThrough = content.through();
      mergeTable();
    }
  }

  /** Lets the queues know what the checkpoint says of them. */
  public void mergeTable() {
    QueueTableFile.Content content = saved;
    if (content == null) {
      return;
    }
    for (QueueTableFile.Row row : content.rows()) {
      QueueEntries queue = table.find(row.topic(), row.queueId());
      if (queue == null) {
        queue = table.add(QueueId.of(row.topic(), row.queueId()), row.min(), row.next());
      } else if (row.next() > queue.next()) {
        queue.jumpTo(row.next());
      }
      queue.minTo(row.min());
      queue.sealedTo(row.next(), row.lastSegment());
    }
  }

  /**
   * Takes the queues of a segment's index file into the table, unless the table has them.
   *
   * @param segmentEnd one behind the segment's last log position
   * @return log position from which the segment must be scanned; {@code segmentEnd} if it is sealed
   */
  public long takeSegment(long base, long segmentEnd) throws IOException {
    SegmentIndex index = files.get(base);
    if (index == null) {
      return base;
    }
    if (index.coversTo() > tableThrough) {
      for (SegmentIndex.Block block : index.blocks()) {
        for (SegmentIndex.QueueRun row : index.runs(block)) {
          take(row, base, block.header().to());
        }
      }
    }
    if (index.sealed()) {
      if (index.coversTo() > tableThrough) {
        noteSealed(index);
      }
      return segmentEnd;
    }
    // Bytes of a torn block must not be taken for one later.
    index.file.setLength(index.endOfBlocks());
    return index.coversTo();
  }

  private void take(SegmentIndex.QueueRun row, long segmentBase, long blockTo) {
    String topic = row.queue().topic();
    if (blockTo <= table.deletedAt(topic)) {
      return;
    }
    QueueEntries queue = table.find(topic, row.queue().queueId());
    Run run = row.run();
    if (queue == null) {
      queue = table.add(row.queue(), run.firstOffset(), run.endOffset());
    } else if (run.endOffset() > queue.next()) {
      queue.goOnBehindFiles(run.endOffset());
    }
    queue.firstIn(segmentBase, run.firstOffset());
  }

  /**
   * Takes a record that a scan found: as {@link #add}, but with the queue offset that it carries.
   *
   * @return false if the record's queue offset is one that its queue already has, or so far away that
   *     it can't be true (no checksum covers it, and an index file counts offsets from the first one
   *     of the segment in 32 bits)
   */
  public boolean addScanned(
      String topic,
      int queueId,
      long queueOffset,
      long position,
      int size,
      long tagsCode,
      int count,
      long storeMs,
      byte[] properties) {
    if (position < table.deletedAt(topic) || queueId < 0) {
      return true;
    }
    if (queueOffset < 0 || queueOffset > Long.MAX_VALUE - count) {
      return false;
    }
    QueueEntries queue = table.find(topic, queueId);
    if (queue != null && current != null && queueOffset >= queue.next()) {
      long first = queue.firstIn(current.segmentBase, queueOffset);
      if (queueOffset + count - first > MAX_OFFSETS_PER_SEGMENT) {
        return false;
      }
    }
    if (queue == null) {
      // The first one that is left: earlier ones have expired.
      queue = table.add(QueueId.of(topic, queueId), queueOffset, queueOffset);
    } else if (queueOffset < queue.next() && queueOffset == 0) {
      // The topic was deleted and created anew: what was before is nobody's.
      table.delete(topic, position);
      queue = table.add(QueueId.of(topic, queueId), 0, 0);
    } else if (queueOffset < queue.next()) {
      return false;
    } else if (queueOffset > queue.next()) {
      queue.jumpTo(queueOffset);
    }
    if (current != null) {
      queue.firstIn(current.segmentBase, queueOffset);
    }
    add(queue, position, size, tagsCode, count, storeMs, properties);
    return true;
  }

  /**
   * Tells where the log ends, when all of it was looked at. A deletion that was saved may lie behind:
   * the log in front of it wasn't forced when the power went. What is appended from here on belongs to
   * the topic's next life.
   *
   * @return true if a deletion was moved: the table must be saved before the first append
   */
  public boolean endAt(long end) {
    recovered = true;
    return table.endAt(end);
  }

  /** Log position up to which the index file of a segment covers it; its base without one. */
  public long coversTo(long base) {
    SegmentIndex index = files.get(base);
    return index == null ? base : index.coversTo();
  }

  /** The last log position that an index file covers: so much was forced. 0 without one. */
  public long coversTo() {
    Map.Entry<Long, SegmentIndex> last = files.lastEntry();
    return last == null ? 0 : last.getValue().coversTo();
  }

  /** True if the segment has a sealed index. */
  public boolean isSealed(long base) {
    SegmentIndex index = files.get(base);
    return index != null && index.sealed();
  }

  /** Store timestamp of the newest message that a segment's index file knows, -1 without one. */
  public long lastStoreMs(long base) {
    SegmentIndex index = files.get(base);
    return index == null ? -1 : index.lastStoreMs();
  }

  /** True if a closed generation waits to be written. */
  public boolean hasClosed() {
    return !closed.isEmpty();
  }

  /** Deletes what is left of index files for segments that don't exist. */
  public void deleteStrangers(List<Segment> segments) throws IOException {
    for (String name : disk.list(directory)) {
      long base =
          name.endsWith(SUFFIX)
              ? Segment.baseOf(name.substring(0, name.length() - SUFFIX.length()))
              : -1;
      boolean known = segments.stream().anyMatch(segment -> segment.base() == base);
      if (base >= 0 && !known || name.endsWith(".new")) {
        disk.delete(directory.resolve(name));
      }
    }
  }

  /** Deletes the index file of a segment. */
  public void removeFile(long segmentBase) throws IOException {
    SegmentIndex index = files.remove(segmentBase);
    if (index != null) {
      index.file.close();
      disk.delete(fileOf(segmentBase));
      disk.forceDirectory(directory);
    }
  }

  /** Deletes all index files: what a build that did not come to its end has left. */
  public void removeFiles() throws IOException {
    close();
    files.clear();
    for (String name : disk.list(directory)) {
      disk.delete(directory.resolve(name));
    }
    disk.forceDirectory(directory);
  }

  /** Forces the index files that are not sealed, and their directory. */
  public void force() throws IOException {
    for (SegmentIndex index : files.values()) {
      if (!index.sealed()) {
        index.file.force();
      }
    }
    disk.forceDirectory(directory);
  }

  public void close() throws IOException {
    for (SegmentIndex index : files.values()) {
      index.file.close();
    }
  }

  /** Name of the index file of the segment that starts at a log position. */
  public static String fileNameOf(long segmentBase) {
    return Segment.nameOf(segmentBase) + SUFFIX;
  }

  private Path fileOf(long segmentBase) {
    return directory.resolve(fileNameOf(segmentBase));
  }
}
