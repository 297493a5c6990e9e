package io.apogeemq.store.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The machine's file system for somebody who only looks: whatever would change names throws {@link
 * UnsupportedOperationException}, and the system refuses to change bytes. Works on media and copies that
 * can't be written.
 */
public final class ReadOnlyDisk implements Disk {
  private final FileDisk all = new FileDisk();

  /** Opens for reading; fails if there is no such file. */
  @Override
  public DiskFile open(Path file) throws IOException {
    return new ChannelFile(file, new RandomAccessFile(file.toFile(), "r"));
  }

  @Override
  public boolean exists(Path file) {
    return all.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return all.size(file);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    return all.list(directory);
  }

  /**
   * Keeps brokers out without writing: a shared lock beside their exclusive one, so several may look
   * at once. Without a lock file no broker was ever here, and nothing is locked.
   */
  @Override
  public AutoCloseable lock(Path file) throws IOException {
    if (!Files.exists(file)) {
      return () -> {};
    }
    return FileDisk.lock(file, "r");
  }

  @Override
  public Space space(Path directory) throws IOException {
    return all.space(directory);
  }

  @Override
  public void createDirectories(Path directory) {
    throw refused();
  }

  @Override
  public void delete(Path file) {
    throw refused();
  }

  @Override
  public void rename(Path from, Path to) {
    throw refused();
  }

  @Override
  public void forceDirectory(Path directory) {
    throw refused();
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("this disk is read only");
  }
}
