package io.apogeemq.sim;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The simulated disk as a store with a mistake in it would use it: what the mistake leaves out doesn't
 * reach the disk, though the store believes so. For showing that the checks find the mistake.
 */
final class PlantedDisk implements Disk {
  /** Mistakes that a store can make, as the disk sees them. */
  enum Mistake {
    /** In sync mode: messages are acknowledged and shown before they are forced. */
    ANSWER_BEFORE_FORCE,
    /** Index blocks reach the disk before the log that they point into: entries past its end. */
    INDEX_BEFORE_LOG,
    /** After a crash the log is not cut at its end: old records may lie behind new ones. */
    NO_CUT_AT_THE_END,
    /** New files and renames are not forced with their directory. */
    NO_FORCED_NAMES,
    /** The last byte of a long write is forgotten. */
    TORN_LONG_WRITES
  }

  private static final int LONG_WRITE_BYTES = 1024;

  private final SimDisk disk;
  private final Mistake mistake;

  PlantedDisk(SimDisk disk, Mistake mistake) {
    this.disk = disk;
    this.mistake = mistake;
  }

  private static boolean isLog(Path file) {
    return "commitlog".equals(String.valueOf(file.getParent().getFileName()));
  }

  @Override
  public DiskFile open(Path file) {
    return new PlantedFile(file, disk.open(file));
  }

  @Override
  public void forceDirectory(Path directory) {
    if (mistake != Mistake.NO_FORCED_NAMES) {
      disk.forceDirectory(directory);
    }
  }

  @Override
  public boolean exists(Path file) {
    return disk.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return disk.size(file);
  }

  @Override
  public List<String> list(Path directory) {
    return disk.list(directory);
  }

  @Override
  public void createDirectories(Path directory) {
    disk.createDirectories(directory);
  }

  @Override
  public void delete(Path file) {
    disk.delete(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public AutoCloseable lock(Path file) throws IOException {
    return disk.lock(file);
  }

  @Override
  public Space space(Path directory) {
    return disk.space(directory);
  }

  private final class PlantedFile implements DiskFile {
    private final Path path;
    private final DiskFile file;

    PlantedFile(Path path, DiskFile file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      return file.read(into, at);
    }

    @Override
    public int writeSome(ByteBuffer from, long at) throws IOException {
      if (mistake == Mistake.TORN_LONG_WRITES
          && isLog(path)
          && from.remaining() > LONG_WRITE_BYTES) {
        int said = from.remaining();
        file.write(from.slice(from.position(), said - 1), at);
        from.position(from.limit());
        return said;
      }
      int count = file.writeSome(from, at);
      if (mistake == Mistake.INDEX_BEFORE_LOG && path.toString().endsWith(".idx")) {
        file.force();
        disk.forceDirectory(path.getParent());
      }
      return count;
    }

    @Override
    public void force() throws IOException {
      boolean leftOut =
          mistake == Mistake.ANSWER_BEFORE_FORCE || mistake == Mistake.INDEX_BEFORE_LOG;
      // A new file's length is forced; what the appender writes into it later is not.
      if (!leftOut || !isLog(path) || !hasRecords()) {
        file.force();
      }
    }

    private boolean hasRecords() throws IOException {
      ByteBuffer first = ByteBuffer.allocate(Integer.BYTES);
      return file.size() >= Integer.BYTES && file.read(first, 0) > 0 && first.getInt(0) != 0;
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void setLength(long bytes) throws IOException {
      if (mistake != Mistake.NO_CUT_AT_THE_END || bytes == 0 || bytes > file.size()) {
        file.setLength(bytes);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
