package io.apogeemq.store.recovery;

import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The original's {@code checkpoint} file: 4 KiB, big-endian longs from the start.
 *
 * <pre>
 *   0 store time ms up to which the log is forced
 *   8 the same for the consume queues   16 the same for the index
 *  24 flushed log position (5.x)        32 confirmed log position (5.x)
 * </pre>
 *
 * <p>The original begins its recovery 3 s before the smallest time. We use the flushed position: what
 * is damaged before it was lost by the disk, what is missing behind it was never promised.
 */
public record Checkpoint(
    long logMs, long queueMs, long indexMs, long flushedPosition, long confirmedPosition) {
  public static final String NAME = "checkpoint";
  public static final Checkpoint NONE = new Checkpoint(0, 0, 0, 0, 0);
  private static final int BYTES = 4096;
  private static final int FIELDS_BYTES = 5 * Long.BYTES;

  /** Reads the file; all zero if there is none or it is too short. */
  public static Checkpoint read(Disk disk, Path file) throws IOException {
    if (!disk.exists(file)) {
      return NONE;
    }
    ByteBuffer bytes = ByteBuffer.wrap(disk.readAll(file));
    if (bytes.limit() < FIELDS_BYTES) {
      return NONE;
    }
    return new Checkpoint(
        bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
  }

  /** Writes the file in place, as the original does: the fields lie within one sector. */
  public void write(Disk disk, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(logMs).putLong(queueMs).putLong(indexMs);
    bytes.putLong(flushedPosition).putLong(confirmedPosition);
    try (DiskFile out = disk.open(file)) {
      out.write(bytes.clear(), 0);
      out.force();
    }
  }
}
