package io.apogeemq.store.recovery;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.Segment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a log that is being opened. Confined to the thread that opens it. */
final class LogFiles {
  private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);

  private final Disk disk;
  private final Path directory;
  private final int segmentBytes;

  /** All that were opened, in order: closed if the folder isn't taken. */
  private final List<Segment> opened = new ArrayList<>();

  /** Length of the last file if it was shorter than it must be, until the folder is taken; else -1. */
  private long shortBytes = -1;

  LogFiles(Disk disk, Path directory, int segmentBytes) {
    this.disk = disk;
    this.directory = directory;
    this.segmentBytes = segmentBytes;
  }

  /**
   * Opens all files, each with its full length.
   *
   * @param begin files before this log position were about to be deleted: that is finished
   */
  List<Segment> open(long begin) throws IOException {
    List<Segment> segments = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String name : disk.list(directory)) {
      long base = Segment.baseOf(name);
      if (base >= begin) {
        names.add(name);
      } else if (base >= 0) {
        LOG.info("deleting log file {}: the log begins at {}", name, begin);
        disk.delete(directory.resolve(name));
      }
    }
    for (int i = 0; i < names.size(); i++) {
      long base = Segment.baseOf(names.get(i));
      var path = directory.resolve(names.get(i));
      long size = disk.size(path);
      boolean last = i == names.size() - 1;
      if (size != segmentBytes && !(last && size < segmentBytes)) {
        throw new IOException(
            "log file "
                + path
                + " has "
                + size
                + " bytes, mappedFileSizeCommitLog is "
                + segmentBytes
                + "; set it to the size that the files have");
      }
      if (base % segmentBytes != 0
          || !segments.isEmpty()
              && base != segments.get(segments.size() - 1).base() + segmentBytes) {
        throw new IOException(
            "log file "
                + path
                + " does not follow the one before it; a file is missing or was"
                + " written with another mappedFileSizeCommitLog");
      }
      DiskFile file = disk.open(path);
      Segment segment = new Segment(base, path, file);
      opened.add(segment);
      if (size < segmentBytes) {
        // Creation or a cut was interrupted, or another broker's file is not whole.
        shortBytes = size;
        file.setLength(segmentBytes);
      }
      segments.add(segment);
    }
    return segments;
  }

  /** The folder is taken: the last file keeps its full length. */
  void taken() {
    shortBytes = -1;
  }

  /** The folder isn't taken: the last file is as it was, and all are closed. */
  void leave() throws IOException {
    if (shortBytes >= 0) {
      opened.get(opened.size() - 1).file().setLength(shortBytes);
    }
    for (Segment segment : opened) {
      segment.file().close();
    }
  }

  /**
   * Cuts the log at its end: no files behind the last one.
   *
   * @param keep how many files stay
   * @param zeros make what is behind the end zeros: it may hold old records, or torn ones
   */
  void cut(List<Segment> segments, int keep, long end, boolean zeros) throws IOException {
    for (int i = segments.size() - 1; i >= keep; i--) {
      Segment behind = segments.remove(i);
      behind.file().close();
      disk.delete(behind.path());
    }
    // A file is short for a moment below, which only the last one may be.
    disk.forceDirectory(directory);
    if (keep > 0 && zeros) {
      Segment active = segments.get(keep - 1);
      if (end < active.base() + segmentBytes) {
        active.file().setLength(end - active.base());
        active.file().setLength(segmentBytes);
      }
    }
  }
}
