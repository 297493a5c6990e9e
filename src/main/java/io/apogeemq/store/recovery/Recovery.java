package io.apogeemq.store.recovery;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.protocol.message.TagsCode;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.log.InnerBatch;
import io.apogeemq.store.log.RecordScan;
import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.log.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  private static final int SOME_BYTES = 64 * 1024;

  private final Disk disk;
  private final StoreConfig config;
  private final LogIndex index;
  private final boolean afterCrash;

  private final Checkpoint checkpoint;

  /** True if the folder has no queue table: another broker's, or our index was removed. */
  private final boolean unindexed;

  /** True if it is another broker's: it doesn't say how far the log was forced. */
  private final boolean foreign;

  private final ForeignLog foreignLog;
  private final ScanProgress progress;
  private final LogFiles logFiles;
  private final Set<Long> scannedBases = new HashSet<>();

  private long bytesToScan;
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
   * @param foreignLog judges the records if the folder is another broker's
   */
  public Recovery(
      Disk disk,
      StoreConfig config,
      LogIndex index,
      boolean afterCrash,
      ForeignLog foreignLog,
      ScanProgress progress)
      throws IOException {
    this.disk = disk;
    this.config = config;
    this.index = index;
    this.afterCrash = afterCrash;
    this.foreignLog = foreignLog;
    this.progress = progress;
    this.logFiles = new LogFiles(disk, config.commitLogDir(), config.segmentSizeBytes());
    this.checkpoint = Checkpoint.read(disk, config.rootDir().resolve(Checkpoint.NAME));
    this.unindexed = !index.checkpoint().exists();
    this.foreign = unindexed && !checkpoint.isOurs();
  }

  /**
   * Does it all. Another broker's folder is as it was if this fails: its log is not touched and no
   * index is left before all of it was read and judged.
   *
   * @throws IOException also if the folder is another broker's and holds what can't be taken over
   */
  public Found run() throws IOException {
    boolean taken = false;
    try {
      if (unindexed) {
        index.files().removeAll();
      }
      Found found = open();
      taken = true;
      return found;
    } finally {
      if (!taken) {
        logFiles.leave();
        if (unindexed) {
          index.files().removeAll();
        }
      }
    }
  }

  private Found open() throws IOException {
    long begin = index.checkpoint().read();
    List<Segment> segments = logFiles.open(begin);
    lastWithRecords = lastWithRecords(segments);
    lastBase = segments.isEmpty() ? 0 : segments.get(lastWithRecords).base();
    // Somebody has deleted all log files; they begin at 0 again.
    boolean beginMoved = segments.isEmpty() && begin > 0;
    index.files().deleteStrangers(segments);
    boolean changed = !unindexed && !checkpoint.isOurs();
    index.recovery().openFiles(segments, config.segmentSizeBytes(), changed);
    if (unindexed || afterCrash) {
      bytesToScan = bytesToScan(segments);
    }
    long end = segments.isEmpty() ? 0 : segments.get(0).base();
    int kept = 0;
    for (; kept < segments.size(); kept++) {
      Segment segment = segments.get(kept);
      end = openSegment(segments, kept);
      if (end < segment.base() + config.segmentSizeBytes()) {
        break;
      }
    }
    judge(segments);
    logFiles.taken();
    if (kept < segments.size()) {
      // A file without a record is a prepared one: the log ends before it.
      boolean empty = end == segments.get(kept).base();
      if (empty && kept > 0) {
        index.active().dropEmptySegment();
      } else {
        kept++;
      }
      // What a run of ours that ended in order has left has zeros behind its end.
      logFiles.cut(segments, kept, end, afterCrash || !checkpoint.isOurs());
    }
    index.checkpoint().merge();
    boolean deletionsMoved = index.recovery().endAt(end);
    force(segments);
    // Before the first append: a later start must not take its records for a deleted topic's, nor
    // its file for one that was to go.
    if (scannedBytes > 0 || unindexed || deletionsMoved || beginMoved) {
      index.checkpoint().save(segments.isEmpty() ? 0 : segments.get(0).base());
    }
    return new Found(segments, end, lastStoreMs, scannedBytes);
  }

  /**
   * Asks about the records that were scanned: all of another broker's, or what one has added since we
   * closed the folder. What is refused must be scanned and judged again the next time.
   */
  private void judge(List<Segment> segments) throws IOException {
    boolean taken = false;
    try {
      foreignLog.ended();
      taken = true;
    } finally {
      if (!taken) {
        for (Segment segment : segments) {
          if (scannedBases.contains(segment.base())) {
            index.files().remove(segment.base());
          }
        }
      }
    }
  }

  /** How much of the log is not covered by the index; the end of the last file is guessed. */
  private long bytesToScan(List<Segment> segments) throws IOException {
    long bytes = 0;
    for (int i = 0; i <= lastWithRecords && i < segments.size(); i++) {
      Segment segment = segments.get(i);
      long end = i == lastWithRecords ? guessedEnd(segment) : config.segmentSizeBytes();
      bytes += Math.max(0, end - (index.files().coversTo(segment.base()) - segment.base()));
    }
    return bytes;
  }

  /** Place in a file behind which there are about only zeros, by bisection. */
  private long guessedEnd(Segment segment) throws IOException {
    ByteBuffer some = ByteBuffer.allocate(SOME_BYTES);
    long low = 0;
    long high = config.segmentSizeBytes();
    while (high - low > SOME_BYTES) {
      long middle = (low + high) >>> 1;
      some.clear().limit((int) Math.min(SOME_BYTES, config.segmentSizeBytes() - middle));
      segment.file().readFully(some, middle);
      if (some.flip().mismatch(ByteBuffer.allocate(some.limit())) < 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** Index of the last file that begins with a record: those behind it are prepared ones. */
  private int lastWithRecords(List<Segment> segments) throws IOException {
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
      if (unindexed && scanOf(segment).nextStart() < segment.base() + config.segmentSizeBytes()) {
        // Its first record is damaged, others are not: no file to delete.
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
    long from = index.recovery().takeSegment(base, segmentEnd);
    lastStoreMs = Math.max(lastStoreMs, index.files().lastStoreMs(base));
    if (index.files().isSealed(base)) {
      return segmentEnd;
    }
    boolean full = foreign && at < lastWithRecords;
    long promised = full ? segmentEnd : promised();
    scannedBases.add(base);
    index.active().startSegment(base, from);
    long end = scan(segment, from, segmentEnd, promised);
    if (end == segmentEnd) {
      index.active().endSegment(segmentEnd);
      segment.file().force();
      writeBlocks();
    }
    return end;
  }

  /**
   * Up to where the log was surely forced: what the checkpoint says, or what an index block covers, as
   * none is written before. Another broker's checkpoint promises nothing: what it says of our log may
   * be older than its cut.
   */
  private long promised() {
    if (foreign) {
      return 0;
    }
    long forced = checkpoint.isOurs() ? checkpoint.flushedPosition() : 0;
    return Math.max(forced, index.files().coversTo());
  }

  /** Scans records into the index; returns the end of the last valid one, or the segment's end. */
  private long scan(Segment segment, long from, long segmentEnd, long promised) throws IOException {
    RecordScan scan = scanOf(segment);
    scan.startAt(from);
    while (true) {
      long position = scan.position();
      // A broker that ended in order has left no torn write.
      RecordScan.Found found = scan.look(position < promised || unindexed && !afterCrash);
      if (found == RecordScan.Found.RECORD) {
        take(scan.view());
        scan.pass();
        scannedBytes += scan.position() - position;
        progress.at(scannedBytes, bytesToScan);
        index.active().wrote(scan.position());
        if (index.active().hasClosed()) {
          rewrite(segment, scan, scan.position());
          segment.file().force();
          writeBlocks();
        }
      } else if (found == RecordScan.Found.FILE_END) {
        boolean blank = segmentEnd - position >= StoredMessage.BLANK_BYTES;
        rewrite(segment, scan, blank ? position + StoredMessage.BLANK_BYTES : position);
        return segmentEnd;
      } else {
        rewrite(segment, scan, position);
        long next = position;
        if (position < promised || !checkpoint.isOurs()) {
          next = scan.nextStart();
          if (position < promised) {
            report(scan, Math.max(next, Math.min(promised, segmentEnd)));
          } else if (next < segmentEnd && goesOnBehind(segment, next)) {
            report(scan, next);
          } else {
            next = position;
          }
        }
        if (next == position && found == RecordScan.Found.FLAWED) {
          LOG.warn("commit log: it ends at {}, with a torn record ({})", position, scan.flaw());
        }
        if (next == position || next == segmentEnd && promised < segmentEnd) {
          // Nothing is left behind it: new messages go where it begins.
          return position;
        }
        if (next == segmentEnd) {
          return segmentEnd;
        }
        scan.startAt(next);
      }
    }
  }

  private RecordScan scanOf(Segment segment) {
    return new RecordScan(
        segment.file(),
        segment.base(),
        config.segmentSizeBytes(),
        config.maxRecordBytes(),
        leaving -> rewrite(segment, leaving, leaving.position()));
  }

  /**
   * True if a flaw in the last file that another broker wrote, which doesn't say how far it had forced, is
   * damage and not the log's end: a sound record stands behind it that isn't older. (Older ones may be
   * left over from a log that was cut there and written over.)
   */
  private boolean goesOnBehind(Segment segment, long next) throws IOException {
    RecordScan ahead =
        new RecordScan(
            segment.file(), segment.base(), config.segmentSizeBytes(), config.maxRecordBytes());
    ahead.startAt(next);
    while (ahead.position() < ahead.end()) {
      RecordScan.Found found = ahead.look(!afterCrash);
      if (found == RecordScan.Found.RECORD && ahead.view().storeTimestampMs() >= lastStoreMs) {
        return true;
      }
      if (found == RecordScan.Found.RECORD || found == RecordScan.Found.FILE_END) {
        ahead.pass();
      } else {
        ahead.startAt(ahead.nextStart());
      }
    }
    return false;
  }

  private static void report(RecordScan scan, long to) {
    LOG.error(
        "commit log: bytes {} to {} are damaged ({}), and not by an interrupted write; the messages in"
            + " them are lost, the rest is kept",
        scan.position(),
        to,
        scan.flaw());
  }

  /** Takes a sound record into the index. */
  private void take(MessageView view) {
    long storeMs = view.storeTimestampMs();
    lastStoreMs = Math.max(lastStoreMs, storeMs);
    foreignLog.record(view);
    if (!SysFlags.isQueued(view.sysFlag())) {
      return;
    }
    byte[] properties = view.properties();
    boolean taken =
        index
            .recovery()
            .addScanned(
                view.topic(),
                view.queueId(),
                view.queueOffset(),
                view.logPosition(),
                view.size(),
                TagsCode.ofProperties(properties),
                countOf(view, properties),
                storeMs,
                properties);
    if (!taken) {
      LOG.warn(
          "commit log: the record at {} has offset {}, which queue {}:{} can't have there; it is"
              + " left out",
          view.logPosition(),
          view.queueOffset(),
          view.topic(),
          view.queueId());
    }
  }

  /** How many messages a record stands for; 1 if what it says can't be true. */
  private static int countOf(MessageView view, byte[] properties) {
    int messages = InnerBatch.messages(view, properties);
    if (messages == InnerBatch.NONSENSE) {
      LOG.warn(
          "commit log: the record at {} says that it holds {} messages; it counts as one",
          view.logPosition(),
          Properties.get(properties, Properties.INNER_NUM));
      return 1;
    }
    return messages;
  }

  /** Writes what was scanned again, so that a force surely takes it to the disk. */
  private void rewrite(Segment segment, RecordScan scan, long to) throws IOException {
    boolean maybeUnforced = !foreign || segment.base() >= lastBase;
    if (afterCrash && maybeUnforced && to > scan.loadedFrom()) {
      segment.file().write(scan.passed(to), scan.loadedFrom() - segment.base());
    }
  }

  private void writeBlocks() throws IOException {
    while (index.writer().writeNext(Long.MAX_VALUE)) {
      // One block after the other.
    }
  }

  private void force(List<Segment> segments) throws IOException {
    for (Segment segment : segments) {
      if (!index.files().isSealed(segment.base())) {
        segment.file().force();
      }
    }
    disk.forceDirectory(config.commitLogDir());
    index.files().force();
  }
}
