package io.apogeemq.store.recovery;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files of a store: finds the end of the log, brings the index up to it, and makes durable
 * what it found before anybody sees it. Runs on the thread that opens the store, before the others.
 *
 * <p>Segments whose index is sealed are not read. Of the others only what their index blocks don't
 * cover is scanned: each record's length, magic, inner lengths, body checksum, and that its position
 * field is its place. The first record that fails ends the log, if it lies behind what was known to be
 * forced: it is the torn end of a crash, and it and all behind it are cut off, so that nothing of it
 * can be taken for a record later. If it lies before, the disk has lost something that was promised:
 * that is reported, the scan goes on behind the damage and nothing is deleted.
 *
 * <p>Bytes that were read back may stand in the operating system's memory only (after a failed force
 * even if a later force succeeds), so after a crash the scanned end is written again before it is
 * forced.
 */
public final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int BUFFER_BYTES = 1024 * 1024;
  private static final long NOT_ENDED = -1;

  /** What a disk writes whole or not at all; larger sectors are multiples of it. */
  private static final int SECTOR_BYTES = 512;

  /** What another configuration may have allowed; a larger size is taken for nonsense. */
  private static final int LARGEST_RECORD = 64 * 1024 * 1024;

  /** Inner messages of one record: far more than a client puts into the largest record. */
  private static final int MAX_INNER_MESSAGES = 1 << 20;

  private final Disk disk;
  private final StoreConfig config;
  private final LogIndex index;
  private final boolean afterCrash;

  /** True if the folder has no table of ours: an Apache broker's, or our index was removed. */
  private final boolean foreign;

  private final Checkpoint checkpoint;
  private final MessageView view = new MessageView();
  private ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private long lastStoreMs;
  private long scannedBytes;
  private int lastWithRecords;
  private long lastBase;

  /**
   * What was found.
   *
   * @param segments the log's files with content, in order
   * @param end where the log ends, and the next record goes
   * @param lastStoreMs store timestamp of the newest record, 0 without one
   * @param scannedBytes how much of the log had to be read
   */
  public record Found(List<Segment> segments, long end, long lastStoreMs, long scannedBytes) {}

  /**
   * @param afterCrash true if the last run did not end in order
   */
  public Recovery(Disk disk, StoreConfig config, LogIndex index, boolean afterCrash)
      throws IOException {
    this.disk = disk;
    this.config = config;
    this.index = index;
    this.afterCrash = afterCrash;
    this.foreign = !index.hasTable();
    this.checkpoint = Checkpoint.read(disk, config.rootDir().resolve(Checkpoint.NAME));
  }

  /** Does it all. */
  public Found run() throws IOException {
    List<Segment> segments = openSegments(index.readTable());
    lastWithRecords = lastWithRecords(segments);
    lastBase = segments.isEmpty() ? 0 : segments.get(lastWithRecords).base();
    index.deleteStrangers(segments);
    index.openFiles(segments, config.segmentSizeBytes());
    long end = segments.isEmpty() ? 0 : segments.get(0).base();
    int kept = 0;
    for (; kept < segments.size(); kept++) {
      Segment segment = segments.get(kept);
      end = openSegment(segments, kept);
      if (end < segment.base() + config.segmentSizeBytes()) {
        break;
      }
    }
    if (kept < segments.size()) {
      // A file without a record is a prepared one: the log ends before it.
      boolean empty = end == segments.get(kept).base();
      if (empty && kept > 0) {
        index.dropEmptySegment();
        cut(segments, kept, end);
      } else {
        cut(segments, kept + 1, end);
      }
    }
    index.mergeTable();
    boolean deletionsMoved = index.endAt(end);
    force(segments);
    // Before the first append: a later start must not take its records for a deleted topic's.
    if (scannedBytes > 0 || foreign || deletionsMoved) {
      index.saveTable(segments.isEmpty() ? 0 : segments.get(0).base());
    }
    return new Found(segments, end, lastStoreMs, scannedBytes);
  }

  /**
   * @param begin files before this log position were about to be deleted: that is finished
   */
  private List<Segment> openSegments(long begin) throws IOException {
    List<Segment> segments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String name : disk.list(config.commitLogDir())) {
      long base = Segment.baseOf(name);
      if (base >= begin) {
        names.add(name);
      } else if (base >= 0) {
        LOG.info("deleting log file {}: the log begins at {}", name, begin);
        disk.delete(config.commitLogDir().resolve(name));
      }
    }
    for (int i = 0; i < names.size(); i++) {
      long base = Segment.baseOf(names.get(i));
      var path = config.commitLogDir().resolve(names.get(i));
      long size = disk.size(path);
      boolean last = i == names.size() - 1;
      if (size != config.segmentSizeBytes() && !(last && size < config.segmentSizeBytes())) {
        throw new IOException(
            "log file "
                + path
                + " has "
                + size
                + " bytes, mappedFileSizeCommitLog is "
                + config.segmentSizeBytes()
                + "; set it to the size that the files have");
      }
      if (base % config.segmentSizeBytes() != 0
          || !segments.isEmpty()
              && base != segments.get(segments.size() - 1).base() + config.segmentSizeBytes()) {
        throw new IOException(
            "log file "
                + path
                + " does not follow the one before it; a file is missing or was"
                + " written with another mappedFileSizeCommitLog");
      }
      DiskFile file = disk.open(path);
      if (size < config.segmentSizeBytes()) {
        // Creation or a cut was interrupted.
        file.setLength(config.segmentSizeBytes());
      }
      segments.add(new Segment(base, path, file));
    }
    return segments;
  }

  /** Index of the last file that begins with a record: those behind it are prepared ones. */
  private static int lastWithRecords(List<Segment> segments) throws IOException {
    int last = segments.size() - 1;
    ByteBuffer head = ByteBuffer.allocate(StoredMessage.MIN_BYTES);
    for (; last > 0; last--) {
      Segment segment = segments.get(last);
      segment.file().readFully(head.clear(), 0);
      int magic = head.getInt(StoredMessage.MAGIC_AT);
      if ((magic == StoredMessage.MAGIC_V1 || magic == StoredMessage.MAGIC_V2)
          && head.getLong(StoredMessage.LOG_POSITION_AT) == segment.base()) {
        break;
      }
    }
    return last;
  }

  /** Brings the index of one segment up to date; returns where the segment's records end. */
  private long openSegment(List<Segment> segments, int at) throws IOException {
    Segment segment = segments.get(at);
    long base = segment.base();
    long segmentEnd = base + config.segmentSizeBytes();
    long from = index.takeSegment(base, segmentEnd);
    lastStoreMs = Math.max(lastStoreMs, index.lastStoreMs(base));
    if (index.isSealed(base)) {
      return segmentEnd;
    }
    long promised = foreign ? at < lastWithRecords ? segmentEnd : 0 : checkpoint.flushedPosition();
    index.startSegment(base, from);
    long end = scan(segment, from, segmentEnd, promised);
    if (end == segmentEnd) {
      index.endSegment(segmentEnd);
      segment.file().force();
      writeBlocks();
    }
    return end;
  }

  /** Scans records into the index; returns the end of the last valid one, or the segment's end. */
  private long scan(Segment segment, long from, long segmentEnd, long promised) throws IOException {
    long position = from;
    long loadedFrom = from;
    buffer.clear().limit(0);
    while (true) {
      int left = (int) (loadedFrom + buffer.limit() - position);
      int wanted = left < 8 ? 8 : wanted((int) (position - loadedFrom));
      if (segmentEnd - position < StoredMessage.BLANK_BYTES) {
        return rewritten(segment, loadedFrom, position, segmentEnd);
      }
      if (left < wanted && left < segmentEnd - position) {
        rewrite(segment, loadedFrom, position);
        load(segment, position, segmentEnd, wanted);
        loadedFrom = position;
        continue;
      }
      int at = (int) (position - loadedFrom);
      long end = take(at, position, segmentEnd, position < promised);
      if (end == NOT_ENDED) {
        if (position >= promised) {
          return rewritten(segment, loadedFrom, position, position);
        }
        long next = behindDamage(segment, position, segmentEnd);
        LOG.error(
            "commit log: bytes {} to {} are damaged although they had been forced to the disk; the"
                + " messages in them are lost, the rest is kept",
            position,
            Math.max(next, Math.min(promised, segmentEnd)));
        if (next == segmentEnd && promised < segmentEnd) {
          // Nothing is left behind the damage: new messages go where it begins.
          return rewritten(segment, loadedFrom, position, position);
        }
        rewrite(segment, loadedFrom, position);
        position = next;
        loadedFrom = next;
        buffer.clear().limit(0);
        if (next == segmentEnd) {
          return segmentEnd;
        }
        continue;
      }
      if (end == segmentEnd) {
        return rewritten(segment, loadedFrom, position + StoredMessage.BLANK_BYTES, segmentEnd);
      }
      scannedBytes += end - position;
      position = end;
      index.wrote(position);
      if (index.hasClosed()) {
        rewrite(segment, loadedFrom, position);
        segment.file().force();
        writeBlocks();
      }
    }
  }

  /** Bytes that are needed to judge what starts at an index; nonsense is judged by its first 8. */
  private int wanted(int at) {
    int size = buffer.getInt(at);
    int magic = buffer.getInt(at + StoredMessage.MAGIC_AT);
    boolean record = magic == StoredMessage.MAGIC_V1 || magic == StoredMessage.MAGIC_V2;
    return record && size <= Math.max(LARGEST_RECORD, config.maxRecordBytes()) ? size : 8;
  }

  private void load(Segment segment, long position, long segmentEnd, int atLeast)
      throws IOException {
    if (buffer.capacity() < atLeast) {
      buffer = ByteBuffer.allocate(atLeast);
    }
    buffer.clear().limit((int) Math.min(buffer.capacity(), segmentEnd - position));
    segment.file().readFully(buffer, position - segment.base());
    buffer.flip();
  }

  /**
   * Takes the record at an index of the buffer into the index.
   *
   * @param forced true if it was known to be forced: it can't be torn
   * @return its end, or the segment's end for a blank record, or {@link #NOT_ENDED} if it is invalid
   */
  private long take(int at, long position, long segmentEnd, boolean forced) {
    int size = buffer.getInt(at);
    if (buffer.getInt(at + StoredMessage.MAGIC_AT) == StoredMessage.BLANK_MAGIC) {
      return size == segmentEnd - position ? segmentEnd : NOT_ENDED;
    }
    if (view.open(buffer, at) != null
        || view.logPosition() != position
        || !view.bodyMatchesCrc()
        || !forced && endIsTorn(at, position)) {
      return NOT_ENDED;
    }
    long storeMs = view.storeTimestampMs();
    lastStoreMs = Math.max(lastStoreMs, storeMs);
    if (SysFlags.isQueued(view.sysFlag())) {
      byte[] properties = view.properties();
      boolean taken =
          index.addScanned(
              view.topic(),
              view.queueId(),
              view.queueOffset(),
              position,
              view.size(),
              TagsCode.ofProperties(properties),
              countOf(view, properties),
              storeMs,
              properties);
      if (!taken) {
        LOG.warn(
            "commit log: the record at {} has offset {}, which queue {}:{} can't have there; it is"
                + " left out",
            position,
            view.queueOffset(),
            view.topic(),
            view.queueId());
      }
    }
    return position + view.size();
  }

  /**
   * True if what lies behind the body was not written whole. No checksum covers topic and properties,
   * but a log file is all zeros before it is written and properties have no zero byte: a write that
   * stopped leaves a zero at the end, a lost sector zeros from its border on.
   */
  private boolean endIsTorn(int at, long position) {
    // The length of no properties is zeros itself.
    int end = at + view.size() - (view.hasNoProperties() ? Short.BYTES : 0);
    if (buffer.get(end - 1) == 0) {
      return true;
    }
    int bodyEnd = at + view.bytesToBodyEnd();
    int place = (int) (position % config.segmentSizeBytes());
    int border = bodyEnd - (place + bodyEnd - at) % SECTOR_BYTES;
    for (; border < end; border += SECTOR_BYTES) {
      if (border > at
          && onlyZeros(Math.max(border, bodyEnd), Math.min(border + SECTOR_BYTES, end))) {
        return true;
      }
    }
    return false;
  }

  private boolean onlyZeros(int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** How many messages a record stands for; 1 if what it says can't be true. */
  private static int countOf(MessageView view, byte[] properties) {
    if ((view.sysFlag() & SysFlags.INNER_BATCH) == 0) {
      return 1;
    }
    String count = Properties.get(properties, Properties.INNER_NUM);
    int messages = 0;
    try {
      messages = count == null ? 1 : Integer.parseInt(count);
    } catch (NumberFormatException notANumber) {
      // Told below, as for a number that is none of messages.
    }
    if (messages < 1 || messages > MAX_INNER_MESSAGES) {
      LOG.warn(
          "commit log: the record at {} says that it holds {} messages; it counts as one",
          view.logPosition(),
          count);
      return 1;
    }
    return messages;
  }

  /**
   * The next place in the segment where a record says that it starts there; the segment's end if none
   * does. Looks beyond what was promised too: what lies there may be whole.
   */
  private long behindDamage(Segment segment, long from, long segmentEnd) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(BUFFER_BYTES);
    for (long at = from + 1; at + StoredMessage.MIN_BYTES <= segmentEnd; ) {
      window.clear().limit((int) Math.min(window.capacity(), segmentEnd - at));
      segment.file().readFully(window, at - segment.base());
      int last = window.limit() - StoredMessage.MIN_BYTES;
      for (int i = 0; i <= last; i++) {
        int magic = window.getInt(i + StoredMessage.MAGIC_AT);
        if ((magic == StoredMessage.MAGIC_V1 || magic == StoredMessage.MAGIC_V2)
            && window.getLong(i + StoredMessage.LOG_POSITION_AT) == at + i) {
          return at + i;
        }
      }
      at += last + 1;
    }
    return segmentEnd;
  }

  private long rewritten(Segment segment, long from, long to, long result) throws IOException {
    rewrite(segment, from, to);
    return result;
  }

  /** Writes what was scanned again, so that a force surely takes it to the disk. */
  private void rewrite(Segment segment, long loadedFrom, long to) throws IOException {
    boolean maybeUnforced = !foreign || segment.base() >= lastBase;
    if (afterCrash && maybeUnforced && to > loadedFrom) {
      segment.file().write(buffer.slice(0, (int) (to - loadedFrom)), loadedFrom - segment.base());
    }
  }

  private void writeBlocks() throws IOException {
    while (index.writeNext(Long.MAX_VALUE)) {
      // One block after the other.
    }
  }

  /** Cuts the log at its end: zeros behind it, and no files behind the last one. */
  private void cut(List<Segment> segments, int keep, long end) throws IOException {
    for (int i = segments.size() - 1; i >= keep; i--) {
      Segment behind = segments.remove(i);
      behind.file().close();
      disk.delete(behind.path());
    }
    // A file is short for a moment below, which only the last one may be.
    disk.forceDirectory(config.commitLogDir());
    if (keep > 0 && afterCrash) {
      Segment active = segments.get(keep - 1);
      if (end < active.base() + config.segmentSizeBytes()) {
        active.file().setLength(end - active.base());
        active.file().setLength(config.segmentSizeBytes());
      }
    }
  }

  private void force(List<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      if (!index.isSealed(segment.base())) {
        segment.file().force();
      }
    }
    disk.forceDirectory(config.commitLogDir());
    index.force();
  }
}
