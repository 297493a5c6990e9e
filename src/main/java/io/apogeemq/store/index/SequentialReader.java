package io.apogeemq.store.index;

import io.apogeemq.store.io.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A buffer that moves forward over a file, for reading small records one behind the other. */
final class SequentialReader {
  private static final int BUFFER_BYTES = 64 * 1024;

  final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private final DiskFile file;
  private long bufferAt;

  SequentialReader(DiskFile file) {
    this.file = file;
  }

  /** Index in the buffer of the file's bytes [at, at + size), valid until the next call. */
  int at(long at, int size) throws IOException {
    if (at < bufferAt || at + size > bufferAt + buffer.limit()) {
      buffer.clear();
      bufferAt = at;
      while (buffer.position() < size) {
        if (file.read(buffer, at + buffer.position()) < 0) {
          throw new EOFException("index file ends before byte " + (at + size));
        }
      }
      buffer.flip();
    }
    return (int) (at - bufferAt);
  }
}
