package io.apogeemq.store.log;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log's files: equally long, one behind the other. Reading is safe for all threads; the list of
 * files is an immutable snapshot that is replaced when one is added or removed.
 *
 * <p>A record never spans files. The last file of the list is the active one; at most one further file
 * is prepared behind it.
 */
public final class CommitLog {
  private final Disk disk;
  private final Path directory;
  private final int segmentSize;
  private final Object change = new Object();
  private volatile Segment[] segments;
  private @Nullable Segment prepared;

  /**
   * @param found files with content, in order and without a gap
   */
  public CommitLog(Disk disk, Path directory, int segmentSize, List<Segment> found) {
    this.disk = disk;
    this.directory = directory;
    this.segmentSize = segmentSize;
    this.segments = found.toArray(Segment[]::new);
  }

  public int segmentSize() {
    return segmentSize;
  }

  /** First position of the file that holds a position. */
  public long baseOf(long position) {
    return position - position % segmentSize;
  }

  /** First log position that still exists. */
  public long minPosition() {
    Segment[] now = segments;
    return now.length == 0 ? 0 : now[0].base();
  }

  /** The files at this moment, oldest first. */
  public List<Segment> segments() {
    return List.of(segments);
  }

  /** The file that holds a position, or null. */
  public @Nullable Segment at(long position) {
    Segment[] now = segments;
    if (now.length == 0 || position < now[0].base()) {
      return null;
    }
    long index = (position - now[0].base()) / segmentSize;
    return index < now.length ? now[(int) index] : null;
  }

  /**
   * Fills a buffer from a position on; the bytes must lie in one file.
   *
   * @return false if the file is gone, or about to go
   */
  public boolean read(long position, ByteBuffer into) throws IOException {
    Segment segment = at(position);
    if (segment == null || !segment.enter()) {
      return false;
    }
    try {
      segment.file().readFully(into, position - segment.base());
      return true;
    } finally {
      segment.leave();
    }
  }

  /** Writes bytes at a position; they must lie in one existing file. */
  void write(long position, ByteBuffer from) throws IOException {
    Segment segment = at(position);
    if (segment == null) {
      throw new IOException("no log file for position " + position);
    }
    segment.file().write(from, position - segment.base());
  }

  /** Forces all files that overlap [from, to), oldest first. */
  public void force(long from, long to) throws IOException {
    for (Segment segment : segments) {
      if (segment.base() < to && segment.base() + segmentSize > from) {
        segment.file().force();
      }
    }
  }

  /** Makes the file behind the last one, if it isn't there. True if it did. */
  public boolean prepareNext() throws IOException {
    synchronized (change) {
      if (prepared != null) {
        return false;
      }
      Segment[] now = segments;
      prepared = create(now.length == 0 ? 0 : now[now.length - 1].base() + segmentSize);
      return true;
    }
  }

  /** Makes the prepared file the active one; creates it if nobody prepared it. */
  Segment openNext() throws IOException {
    synchronized (change) {
      Segment[] now = segments;
      Segment next = prepared;
      prepared = null;
      if (next == null) {
        next = create(now.length == 0 ? 0 : now[now.length - 1].base() + segmentSize);
      }
      Segment[] more = Arrays.copyOf(now, now.length + 1);
      more[now.length] = next;
      segments = more;
      return next;
    }
  }

  /** Lets no read into the oldest file any more; false while one is in it. */
  public boolean retireOldest() {
    return segments[0].retire();
  }

  /** Deletes the oldest file, which is retired and not the active one. */
  public void deleteOldest() throws IOException {
    Segment oldest;
    synchronized (change) {
      Segment[] now = segments;
      if (now.length < 2) {
        throw new IllegalStateException("the active log file can't be deleted");
      }
      oldest = now[0];
      segments = Arrays.copyOfRange(now, 1, now.length);
    }
    oldest.file().close();
    disk.delete(oldest.path());
    disk.forceDirectory(directory);
  }

  /**
   * Deletes the prepared file, at an orderly end: the original would have to delete it when it opens the
   * folder, which it can't on a newer Java without extra flags.
   */
  public void dropPrepared() throws IOException {
    synchronized (change) {
      Segment unused = prepared;
      prepared = null;
      if (unused != null) {
        unused.file().close();
        disk.delete(unused.path());
        disk.forceDirectory(directory);
      }
    }
  }

  /** Closes all files. */
  public void close() throws IOException {
    List<Segment> all;
    synchronized (change) {
      all = new ArrayList<>(List.of(segments));
      if (prepared != null) {
        all.add(prepared);
      }
    }
    IOException failed = null;
    for (Segment segment : all) {
      try {
        segment.file().close();
      } catch (IOException e) {
        failed = e;
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  /**
   * Full length from the start, without using space yet (the original refuses shorter files); the
   * file and its name are durable before anything is written into it.
   */
  private Segment create(long base) throws IOException {
    Path path = directory.resolve(Segment.nameOf(base));
    DiskFile file = disk.open(path);
    boolean made = false;
    try {
      file.setLength(0);
      file.setLength(segmentSize);
      file.force();
      disk.forceDirectory(directory);
      made = true;
      return new Segment(base, path, file);
    } finally {
      if (!made) {
        file.close();
      }
    }
  }
}
