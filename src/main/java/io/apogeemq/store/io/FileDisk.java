package io.apogeemq.store.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The machine's file system by {@link FileChannel}. */
public final class FileDisk implements Disk {

  @Override
  public DiskFile open(Path file) throws IOException {
    try {
      return new ChannelFile(file, new RandomAccessFile(file.toFile(), "rw"));
    } catch (IOException e) {
      throw told(e, file, 0);
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
    RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw");
    try {
      FileLock lock = open.getChannel().tryLock(0, 1, false);
      if (lock == null) {
        throw heldBy(open, file);
      }
    } catch (OverlappingFileLockException e) {
      IOException held = new IOException(file.getParent() + " is in use by this process", e);
      open.close();
      throw held;
    } catch (IOException e) {
      open.close();
      throw e;
    }
    byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
    open.setLength(0);
    open.write(pid);
    // The channel's end releases the lock, also when the process dies.
    return open;
  }

  /** Names who holds the lock, as far as the file says. */
  static IOException heldBy(RandomAccessFile open, Path file) throws IOException {
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

  /** Tells a failure for want of room from others: Java has no type for it, only the system's words. */
  private static IOException told(IOException failure, Path file, long wantedBytes) {
    String words = String.valueOf(failure.getMessage());
    boolean full = words.contains("No space left") || words.contains("quota exceeded");
    if (!full) {
      try {
        // The words may be in another language.
        full = Files.getFileStore(file).getUsableSpace() < wantedBytes;
      } catch (IOException alsoFailed) {
        failure.addSuppressed(alsoFailed);
      }
    }
    return full ? new DiskFull(failure) : failure;
  }

  private static final class ChannelFile implements DiskFile {
    private final Path path;
    private final RandomAccessFile file;
    private final FileChannel channel;

    ChannelFile(Path path, RandomAccessFile file) {
      this.path = path;
      this.file = file;
      this.channel = file.getChannel();
    }

    @Override
    public int read(ByteBuffer into, long at) throws IOException {
      return channel.read(into, at);
    }

    @Override
    public int writeSome(ByteBuffer from, long at) throws IOException {
      try {
        return channel.write(from, at);
      } catch (ClosedChannelException e) {
        throw e;
      } catch (IOException e) {
        throw told(e, path, from.remaining());
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void setLength(long bytes) throws IOException {
      try {
        file.setLength(bytes);
      } catch (IOException e) {
        throw told(e, path, 0);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
