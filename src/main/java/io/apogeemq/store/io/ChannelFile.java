package io.apogeemq.store.io;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file of the machine by {@link FileChannel}. One that was opened for reading only refuses writes by
 * {@link java.nio.channels.NonWritableChannelException}.
 */
final class ChannelFile implements DiskFile {
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
      throw DiskFull.told(e, path, from.remaining());
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
      throw DiskFull.told(e, path, 0);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
