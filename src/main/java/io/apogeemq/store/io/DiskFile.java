package io.apogeemq.store.io;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file with positional access. Safe for all threads. */
public interface DiskFile extends Closeable {
  /**
   * Reads at a place, at most what the buffer takes; fewer bytes at the file's end.
   *
   * @return bytes read, -1 at or behind the end
   */
  int read(ByteBuffer into, long at) throws IOException;

  /**
   * Writes at a place as many of the buffer's bytes as the disk takes at once, at least one of them.
   *
   * @return bytes written; the buffer's position is behind them
   * @throws DiskFull if there is no room for any
   */
  int writeSome(ByteBuffer from, long at) throws IOException;

  /** Makes the written bytes and the length durable. */
  void force() throws IOException;

  long size() throws IOException;

  /** Cuts the file or extends it by zeros that need no space yet. */
  void setLength(long bytes) throws IOException;

  @Override
  void close() throws IOException;

  /** Writes all of the buffer at a place or fails; then a part of it may have been written. */
  default void write(ByteBuffer from, long at) throws IOException {
    long to = at;
    while (from.hasRemaining()) {
      to += writeSome(from, to);
    }
  }

  /** Fills the buffer or fails. */
  default void readFully(ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      int count = read(into, from);
      if (count < 0) {
        throw new EOFException("file ends before byte " + (from + into.remaining()));
      }
      from += count;
    }
  }
}
