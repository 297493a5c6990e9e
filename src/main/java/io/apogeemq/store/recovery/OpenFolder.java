package io.apogeemq.store.recovery;

import io.apogeemq.store.io.Disk;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The marks of a store folder while a store is open on it: {@code lock} keeps other processes out,
 * {@code abort} says to the next start that this one did not end in order, {@code checkpoint} how far
 * the log was surely forced.
 */
public final class OpenFolder {
  public static final String ABORT = "abort";
  public static final String LOCK = "lock";

  private static final Logger LOG = LoggerFactory.getLogger(OpenFolder.class);

  private final Disk disk;
  private final Path root;
  private final AutoCloseable lock;
  private final boolean afterCrash;

  private OpenFolder(Disk disk, Path root, AutoCloseable lock) {
    this.disk = disk;
    this.root = root;
    this.lock = lock;
    this.afterCrash = disk.exists(root.resolve(ABORT));
  }

  /**
   * Locks an existing folder; nothing else of it changes.
   *
   * @throws IOException if another process has it (names the process)
   */
  public static OpenFolder lock(Disk disk, Path root) throws IOException {
    return new OpenFolder(disk, root, disk.lock(root.resolve(LOCK)));
  }

  /** True if the last store on it did not end in order. */
  public boolean afterCrash() {
    return afterCrash;
  }

  /** From here on the log is ours, also if the index is lost. */
  public void opened(long flushedPosition) throws IOException {
    checkpoint(flushedPosition);
    disk.replace(root.resolve(ABORT), new byte[0]);
  }

  /** Notes how far the log is forced. */
  public void checkpoint(long flushedPosition) throws IOException {
    Checkpoint.ofOurs(flushedPosition).write(disk, root.resolve(Checkpoint.NAME));
  }

  /** All of it is on the disk: the next start finds no crash. */
  public void endedInOrder(long flushedPosition) throws IOException {
    checkpoint(flushedPosition);
    disk.delete(root.resolve(ABORT));
    disk.forceDirectory(root);
  }

  public void unlock() {
    try {
      lock.close();
    } catch (Exception e) {
      LOG.warn("the lock of {} could not be released: {}", root, e.getMessage());
    }
  }
}
