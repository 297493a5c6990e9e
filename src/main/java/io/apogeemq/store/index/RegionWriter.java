package io.apogeemq.store.index;

import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Writes a region of a file from front to back through a buffer, and sums it up. */
final class RegionWriter {
  private final DiskFile file;
  private final ByteBuffer buffer;
  private final CRC32C crc = new CRC32C();
  private long writeAt;

  /**
   * @param at where the region begins in the file
   */
  RegionWriter(DiskFile file, long at, int bufferBytes) {
    this.file = file;
    this.writeAt = at;
    this.buffer = ByteBuffer.allocate(bufferBytes);
  }

  /** The buffer, with room for so many bytes more: put exactly these. */
  ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  /** Writes what is in the buffer. */
  void flush() throws IOException {
    buffer.flip();
    crc.update(buffer.duplicate());
    int bytes = buffer.remaining();
    file.write(buffer, writeAt);
    writeAt += bytes;
    buffer.clear();
  }

  /** Where the region ends in the file, once flushed. */
  long end() {
    return writeAt;
  }

  /** CRC-32C of the region, once flushed. */
  int crc() {
    return (int) crc.getValue();
  }
}
