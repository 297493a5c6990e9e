package io.apogeemq.store.inspect;

import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.log.RecordScan;
import io.apogeemq.store.log.Segment;
import io.apogeemq.store.recovery.Checkpoint;
import io.apogeemq.store.recovery.OpenFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A store folder, locked against brokers while it is looked at. The size of the log's files is taken
 * from them, so no configuration is needed. Whether it can be changed is the disk's choice.
 */
public final class StoreFolder implements AutoCloseable {
  private final Disk disk;
  private final StoreConfig config;
  private final List<LogFile> files;
  private final AutoCloseable lock;

  /**
   * A log file by its name and length; opened by who reads it.
   *
   * @param base log position of its first byte
   */
  public record LogFile(long base, Path path, long sizeBytes) {}

  private StoreFolder(Disk disk, StoreConfig config, List<LogFile> files, AutoCloseable lock) {
    this.disk = disk;
    this.config = config;
    this.files = files;
    this.lock = lock;
  }

  /**
   * Locks a folder and lists its log.
   *
   * @param commitLogDir where the log files lie, usually {@code commitlog} in the folder
   * @throws IOException if a broker runs on it (names the process), or there is no log
   */
  public static StoreFolder open(Disk disk, Path root, Path commitLogDir) throws IOException {
    List<LogFile> files = new ArrayList<>();
    for (String name : disk.list(commitLogDir)) {
      long base = Segment.baseOf(name);
      if (base >= 0) {
        Path path = commitLogDir.resolve(name);
        files.add(new LogFile(base, path, disk.size(path)));
      }
    }
    if (files.isEmpty()) {
      throw new IOException("there is no log file in " + commitLogDir);
    }
    long size = files.stream().mapToLong(LogFile::sizeBytes).max().orElseThrow();
    if (size > Integer.MAX_VALUE || size < StoreConfig.LEAST_SEGMENT_BYTES) {
      throw new IOException(
          "the log files in " + commitLogDir + " have " + size + " bytes: that is no store's");
    }
    StoreConfig config = StoreConfig.at(root).withLog(commitLogDir, (int) size);
    return new StoreFolder(disk, config, files, disk.lock(root.resolve(OpenFolder.LOCK)));
  }

  Disk disk() {
    return disk;
  }

  /** The folder as a store would be opened on it. */
  StoreConfig config() {
    return config;
  }

  /** The log's files in order. */
  public List<LogFile> files() {
    return files;
  }

  /** Bytes that a look at the whole log reads at most. */
  long logBytes() {
    return files.stream().mapToLong(LogFile::sizeBytes).sum();
  }

  /** True if the last broker did not end in order. */
  boolean crashed() {
    return disk.exists(config.rootDir().resolve(OpenFolder.ABORT));
  }

  Checkpoint checkpoint() throws IOException {
    return Checkpoint.read(disk, config.rootDir().resolve(Checkpoint.NAME));
  }

  /** A scan of one of the log's files, which may be shorter than it should be. */
  RecordScan scan(LogFile file, DiskFile open) {
    return new RecordScan(
        open,
        file.base(),
        (int) Math.min(file.sizeBytes(), config.segmentSizeBytes()),
        config.maxRecordBytes());
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
