package io.apogeemq.store.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system as the store uses it. Safe for all threads. Everything that isn't forced may be gone
 * after a loss of power: a file's bytes until {@link DiskFile#force}, a file's existence, name or
 * absence until {@link #forceDirectory} of its directory.
 */
public interface Disk {
  /** Opens for reading and writing; creates the file, empty, if it isn't there. */
  DiskFile open(Path file) throws IOException;

  boolean exists(Path file);

  /** Length in bytes. */
  long size(Path file) throws IOException;

  /** Names of the files in a directory, sorted; empty if there is no such directory. */
  List<String> list(Path directory) throws IOException;

  /** Creates a directory and its parents; durable when it returns. */
  void createDirectories(Path directory) throws IOException;

  /** Deletes a file, or an empty directory, if it is there. */
  void delete(Path file) throws IOException;

  /** Renames a file in one step; replaces the target. */
  void rename(Path from, Path to) throws IOException;

  /** Makes names, creations and deletions in a directory durable. */
  void forceDirectory(Path directory) throws IOException;

  /**
   * Locks a file against other processes, and writes this process's id into it.
   *
   * @return releases the lock when closed
   * @throws IOException if another process holds it; the text names its process id
   */
  AutoCloseable lock(Path file) throws IOException;

  /** How full the disk that holds a directory is. */
  Space space(Path directory) throws IOException;

  /** Bytes in all, and bytes that this process may still use. */
  record Space(long totalBytes, long usableBytes) {
    /** Used part, 0 to 1. */
    public double usedRatio() {
      return totalBytes <= 0 ? 0 : 1 - (double) usableBytes / totalBytes;
    }
  }

  /** The whole content of a small file. */
  default byte[] readAll(Path file) throws IOException {
    try (DiskFile in = open(file)) {
      byte[] bytes = new byte[Math.toIntExact(in.size())];
      in.readFully(java.nio.ByteBuffer.wrap(bytes), 0);
      return bytes;
    }
  }

  /**
   * Gives a small file new content so that after a crash it has the old or the new one: written
   * beside it, forced, renamed, the directory forced.
   */
  default void replace(Path file, byte[] content) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    delete(fresh);
    try (DiskFile out = open(fresh)) {
      out.write(java.nio.ByteBuffer.wrap(content), 0);
      out.force();
    }
    rename(fresh, file);
    forceDirectory(directory);
  }
}
