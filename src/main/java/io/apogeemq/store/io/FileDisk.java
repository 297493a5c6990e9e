package io.apogeemq.store.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The machine's file system by {@link FileChannel}. */
public final class FileDisk implements Disk {
  /**
   * Lock files that this process holds. Who tries to lock one again must not even open it: on POSIX
   * systems the end of any handle of a file ends all locks that its process has on it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  @Override
  public DiskFile open(Path file) throws IOException {
    try {
      return new ChannelFile(file, new RandomAccessFile(file.toFile(), "rw"));
    } catch (IOException e) {
      throw DiskFull.told(e, file, 0);
    }
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file);
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public List<String> list(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  /** Durable at once: a store's files are no good in a directory that is forgotten. */
  @Override
  public void createDirectories(Path directory) throws IOException {
    // A link to a directory counts as one; createDirectories alone refuses it.
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    Files.createDirectories(directory);
    if (parent != null) {
      forceDirectory(parent);
    }
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public AutoCloseable lock(Path file) throws IOException {
    RandomAccessFile open = lock(file, "rw");
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    open.setLength(0);
    open.write(pid);
    return open;
  }

  /**
   * Opens a file and locks it, shared if it is opened for reading only. The channel's end releases the
   * lock, also when the process dies.
   *
   * @param mode as of {@link RandomAccessFile}
   */
  static RandomAccessFile lock(Path file, String mode) throws IOException {
    Path real = file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
    if (!HELD.add(real)) {
      throw new IOException(file.getParent() + " is in use by this process");
    }
    RandomAccessFile open = null;
    boolean locked = false;
    try {
      open = new HeldFile(file, mode, real);
      locked = open.getChannel().tryLock(0, 1, mode.equals("r")) != null;
      if (!locked) {
        throw heldBy(open, file);
      }
      return open;
    } finally {
      if (!locked && open != null) {
        open.close();
      } else if (!locked) {
        HELD.remove(real);
      }
    }
  }

  /** A lock file: held until it is closed. */
  private static final class HeldFile extends RandomAccessFile {
    private final Path real;

    HeldFile(Path file, String mode, Path real) throws IOException {
      super(file.toFile(), mode);
      this.real = real;
    }

    @Override
    public void close() throws IOException {
      super.close();
      HELD.remove(real);
    }
  }

  /** Names who holds the lock, as far as the file says. */
  private static IOException heldBy(RandomAccessFile open, Path file) throws IOException {
    byte[] text = new byte[(int) Math.min(open.length(), 20)];
    open.readFully(text);
    String pid = new String(text, StandardCharsets.US_ASCII).trim();
    // The original writes the word "lock" here.
    String who = pid.matches("\\d+") ? "process " + pid : "another process";
    return new IOException("the store folder " + file.getParent() + " is in use by " + who);
  }

  @Override
  public Space space(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    return new Space(store.getTotalSpace(), store.getUsableSpace());
  }
}
