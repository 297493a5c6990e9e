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
 *
 * @param isOurs we wrote it, and no other broker has since: it says how far the log was forced
 */
public record Checkpoint(
    long logMs,
    long queueMs,
    long indexMs,
    long flushedPosition,
    long confirmedPosition,
    boolean isOurs) {
  public static final String NAME = "checkpoint";
  public static final Checkpoint NONE = new Checkpoint(0, 0, 0, 0, 0, false);
  private static final int BYTES = 4096;

  /** Behind what the original uses: it leaves that as it is. */
  private static final int MARK_AT = BYTES - Long.BYTES;

  private static final long MARK = 0x4150474545434B50L; // "APGEECKP"
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
    boolean marked = bytes.limit() == BYTES && bytes.getLong(MARK_AT) == MARK;
    long logMs = bytes.getLong();
    long queueMs = bytes.getLong();
    return new Checkpoint(
        logMs,
        queueMs,
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong(),
        marked && logMs == 0 && queueMs == 0);
  }

  /** Ours, of a log that is forced up to a position; the original then begins with its first file. */
  public static Checkpoint ofOurs(long flushedPosition) {
    return new Checkpoint(0, 0, 0, flushedPosition, flushedPosition, true);
  }

  /** Writes the file in place, as the original does: the fields lie within one sector. */
  public void write(Disk disk, Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    bytes.putLong(logMs).putLong(queueMs).putLong(indexMs);
    bytes.putLong(flushedPosition).putLong(confirmedPosition);
    bytes.putLong(MARK_AT, isOurs ? MARK : 0);
    try (DiskFile out = disk.open(file)) {
      out.write(bytes.clear(), 0);
      out.force();
    }
  }
}
