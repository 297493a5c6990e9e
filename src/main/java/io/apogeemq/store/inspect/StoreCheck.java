package io.apogeemq.store.inspect;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.index.IndexCheck;
import io.apogeemq.store.index.IndexFiles;
import io.apogeemq.store.index.QueueId;
import io.apogeemq.store.index.QueueTableFile;
import io.apogeemq.store.inspect.Damage.Part;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.InnerBatch;
import io.apogeemq.store.log.RecordScan;
import io.apogeemq.store.log.ScanProgress;
import io.apogeemq.store.log.Segment;
import io.apogeemq.store.recovery.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a store folder and changes nothing: every record of the log, the offsets of every queue, every
 * checksum and entry of the index, the queue table, the checkpoint. The log is read once, from front to
 * back; memory holds a row per queue. One use, one thread.
 */
public final class StoreCheck {
  private static final long TELL_EVERY_BYTES = 4 << 20;
  private static final String REBUILD =
      "the next start repairs it, or `apogee store rebuild-index`";

  private final StoreFolder folder;
  private final ScanProgress progress;
  private final List<Damage> damages = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final QueueCheck queues;
  private final QueueTableFile.@Nullable Content table;
  private final boolean tableDamaged;
  private final Checkpoint checkpoint;
  private final boolean crashed;
  private long damageCount;
  private long records;
  private long messages;
  private long end;
  private long doneBytes;
  private long toldBytes;
  private boolean tableChecked;

  private StoreCheck(StoreFolder folder, ScanProgress progress) throws IOException {
    this.folder = folder;
    this.progress = progress;
    this.table = QueueTableFile.read(folder.disk(), folder.config().indexDir());
    this.tableDamaged = table == null && folder.disk().exists(tablePath());
    this.checkpoint = folder.checkpoint();
    this.crashed = folder.crashed();
    this.queues = new QueueCheck(table, folder.files().get(0).base());
    this.end = folder.files().get(0).base();
  }

  /** Checks all of it. Waits for the disk; throws only if something can't be read at all. */
  public static CheckReport run(StoreFolder folder, ScanProgress progress) throws IOException {
    return new StoreCheck(folder, progress).check();
  }

  private CheckReport check() throws IOException {
    checkHeads();
    List<StoreFolder.LogFile> files = folder.files();
    int last = files.size() - 1;
    while (last > 0 && isEmpty(files.get(last))) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      StoreFolder.LogFile file = files.get(i);
      checkLength(file, i == last);
      checkNeighbour(i == 0 ? null : files.get(i - 1), file);
      checkTable(file.base());
      checkSegment(file, i == last);
      doneBytes += file.sizeBytes();
    }
    checkTable(Long.MAX_VALUE);
    checkCheckpoint();
    for (QueueCheck.Lost lost : queues.lost()) {
      add(
          new Damage(
              Part.LOG,
              "",
              -1,
              -1,
              0,
              "queue " + lost.queue() + ": offsets " + lost.first() + " to " + (lost.end() - 1),
              "these messages stood in damaged bytes and are lost"));
    }
    return new CheckReport(
        files.size(),
        files.get(0).base(),
        end,
        records,
        messages,
        queues.count(),
        damages,
        damageCount,
        notes);
  }

  private void checkHeads() throws IOException {
    if (crashed) {
      notes.add("the last run did not end in order (there is a file 'abort')");
    }
    if (tableDamaged) {
      add(
          new Damage(
              Part.QUEUE_TABLE,
              name(tablePath()),
              -1,
              -1,
              0,
              "no queue table of this version, or its checksum is wrong",
              "the queues are built from index and log; the next offsets of queues whose messages have"
                  + " all expired are lost"));
    } else if (table == null) {
      notes.add(
          "there is no queue table: a RocketMQ broker's folder, or its index was removed; the next start"
              + " builds the index from the log");
    } else if (table.begin() > folder.files().get(0).base()) {
      notes.add("files before position " + table.begin() + " are about to be deleted");
    }
  }

  private boolean isEmpty(StoreFolder.LogFile file) throws IOException {
    try (DiskFile open = folder.disk().open(file.path())) {
      RecordScan scan = folder.scan(file, open);
      return scan.look(false) == RecordScan.Found.ZEROS && scan.nextStart() == scan.end();
    }
  }

  private void checkLength(StoreFolder.LogFile file, boolean last) {
    int wanted = folder.config().segmentSizeBytes();
    if (file.sizeBytes() == wanted) {
      return;
    }
    if (last) {
      notes.add(
          name(file.path()) + " is " + file.sizeBytes() + " bytes long; the next start extends it");
    } else {
      add(
          new Damage(
              Part.LOG,
              name(file.path()),
              file.base() + file.sizeBytes(),
              file.base() + wanted,
              file.sizeBytes(),
              "the file is " + file.sizeBytes() + " bytes long, the others " + wanted,
              "what stood behind is lost; a broker refuses to start"));
    }
  }

  private void checkNeighbour(StoreFolder.@Nullable LogFile before, StoreFolder.LogFile file) {
    int size = folder.config().segmentSizeBytes();
    long expected = before == null ? file.base() : before.base() + size;
    if (file.base() != expected) {
      queues.damaged(expected, file.base());
      add(
          new Damage(
              Part.LOG,
              Segment.nameOf(expected),
              expected,
              file.base(),
              0,
              "log files are missing before " + name(file.path()),
              "their messages are lost; a broker refuses to start"));
    }
  }

  /** Scans one log file and compares its index with it. */
  private void checkSegment(StoreFolder.LogFile file, boolean last) throws IOException {
    Path indexPath = folder.config().indexDir().resolve(IndexFiles.fileNameOf(file.base()));
    long segmentEnd = file.base() + folder.config().segmentSizeBytes();
    try (DiskFile open = folder.disk().open(file.path());
        IndexCheck index = openIndex(indexPath, file.base(), segmentEnd)) {
      RecordScan scan = folder.scan(file, open);
      while (true) {
        long position = scan.position();
        tell(position - file.base());
        // What a write was interrupted at can only lie behind what was known to be forced.
        RecordScan.Found found = scan.look(!last || position < checkpoint.flushedPosition());
        if (found == RecordScan.Found.RECORD) {
          take(scan.view(), index);
          scan.pass();
          end = scan.position();
        } else if (found == RecordScan.Found.FILE_END) {
          end = scan.end();
          break;
        } else {
          long next = scan.nextStart();
          if (next == scan.end() && last && endsHere(scan, found)) {
            break;
          }
          report(scan, file, next, last);
          if (index != null) {
            index.damaged(position, next);
          }
          if (next == scan.end()) {
            end = last ? position : next;
            break;
          }
          scan.startAt(next);
        }
      }
      if (index != null) {
        index.end(end);
      }
    }
  }

  /** True if no record is missing where the scan stands, and none stands behind it. */
  private boolean endsHere(RecordScan scan, RecordScan.Found found) {
    if (scan.position() < checkpoint.flushedPosition()) {
      return false;
    }
    if (found == RecordScan.Found.FLAWED && crashed) {
      notes.add(
          "the log ends at "
              + scan.position()
              + " with a torn record, which the next start cuts off");
      return true;
    }
    return found == RecordScan.Found.ZEROS;
  }

  /** Reports what stands in the place of a record, up to the next one. */
  private void report(RecordScan scan, StoreFolder.LogFile file, long next, boolean last) {
    long at = scan.position();
    long flushed = checkpoint.flushedPosition();
    boolean nothingBehind = next == scan.end() && last;
    long to = nothingBehind ? Math.max(at, Math.min(flushed, next)) : next;
    String meaning;
    if (nothingBehind) {
      meaning = "the log ends here; what stood behind is lost";
    } else if (last && crashed && at >= flushed && table != null) {
      meaning =
          "these bytes were not known to be forced: the next start takes them for a torn end and cuts"
              + " the log off here, with the readable records behind them";
    } else {
      meaning = "the messages in these bytes are lost; what stands behind them is readable";
    }
    queues.damaged(at, to);
    add(new Damage(Part.LOG, name(file.path()), at, to, at - file.base(), scan.flaw(), meaning));
  }

  private void take(MessageView view, @Nullable IndexCheck index) throws IOException {
    records++;
    if (!SysFlags.isQueued(view.sysFlag())) {
      return;
    }
    byte[] properties = view.properties();
    int count = Math.max(1, InnerBatch.messages(view, properties));
    messages += count;
    QueueId queue = QueueId.of(view.topic(), view.queueId());
    String flaw = queues.record(queue, view.logPosition(), view.queueOffset(), count);
    if (flaw != null) {
      add(
          new Damage(
              Part.LOG,
              Segment.nameOf(baseOf(view.logPosition())),
              view.logPosition(),
              view.logPosition() + view.size(),
              view.logPosition() - baseOf(view.logPosition()),
              flaw,
              "a broker leaves out a record whose offset its queue already has, and steps over"
                  + " offsets that are missing"));
      if (view.queueOffset() < queues.next(queue)) {
        return;
      }
    }
    if (index != null) {
      index.record(queue, view, properties, count);
    }
  }

  private long baseOf(long position) {
    return position - position % folder.config().segmentSizeBytes();
  }

  private @Nullable IndexCheck openIndex(Path path, long base, long segmentEnd) throws IOException {
    if (!folder.disk().exists(path)) {
      if (table != null && table.through() >= segmentEnd) {
        addIndexDamage(path, base, segmentEnd, 0, "the index file is missing");
      }
      return null;
    }
    IndexCheck check =
        IndexCheck.open(
            folder.disk().open(path),
            base,
            queues::deletedAt,
            new IndexCheck.Findings() {
              @Override
              public void wrong(long from, long to, long place, String what) {
                addIndexDamage(path, from, to, place, what);
              }

              @Override
              public void lost(QueueId queue, long first, long end) {
                queues.lost(queue, first, end);
              }
            });
    if (table != null && table.through() >= segmentEnd && !check.sealed()) {
      addIndexDamage(path, base, segmentEnd, 0, "the index should be sealed and is not");
    }
    return check;
  }

  private void addIndexDamage(Path path, long from, long to, long place, String what) {
    String meaning =
        place == 0 || from == to ? REBUILD : "messages may not be found; rebuild-index repairs it";
    add(new Damage(Part.INDEX, name(path), from, to, place, what, meaning));
  }

  /** Compares the queue table when the scan has come to where it ends. */
  private void checkTable(long position) {
    QueueTableFile.Content content = table;
    if (content == null || tableChecked || position < content.through()) {
      return;
    }
    tableChecked = true;
    if (content.through() > end && position == Long.MAX_VALUE) {
      addTableDamage("it covers log up to " + content.through() + ", the log ends at " + end);
    }
    for (QueueTableFile.Row row : content.rows()) {
      String flaw = queues.compare(row);
      if (flaw != null) {
        addTableDamage(flaw);
      }
    }
  }

  private void addTableDamage(String what) {
    add(new Damage(Part.QUEUE_TABLE, name(tablePath()), -1, -1, 0, what, REBUILD));
  }

  private void checkCheckpoint() {
    Path path = folder.config().rootDir().resolve(Checkpoint.NAME);
    if (!folder.disk().exists(path)) {
      notes.add("there is no checkpoint: where forced bytes end is not known");
    } else if (checkpoint.flushedPosition() > end) {
      add(
          new Damage(
              Part.CHECKPOINT,
              name(path),
              end,
              checkpoint.flushedPosition(),
              0,
              "the log was forced up to " + checkpoint.flushedPosition() + " and ends at " + end,
              "the disk has lost what it had promised"));
    }
  }

  private Path tablePath() {
    return folder.config().indexDir().resolve(QueueTableFile.NAME);
  }

  private void add(Damage damage) {
    damageCount++;
    if (damages.size() < CheckReport.MAX_DAMAGES) {
      damages.add(damage);
    }
  }

  private void tell(long inFile) {
    if (doneBytes + inFile - toldBytes >= TELL_EVERY_BYTES) {
      toldBytes = doneBytes + inFile;
      progress.at(toldBytes, folder.logBytes());
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
