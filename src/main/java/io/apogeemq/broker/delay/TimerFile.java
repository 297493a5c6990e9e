package io.apogeemq.broker.delay;

import io.apogeemq.store.io.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The timers that wait, as of a moment: {@code config/apogeeTimers}, replaced as a whole. Big-endian.
 *
 * <pre>
 *  0 "APGEETIM"   8 version int32 = 1   12 CRC-32C of what follows
 * 16 log position int64: deliveries before it are taken into account, those behind it mark themselves
 * 24 queue offset int64: parked records before it are in here, if they wait
 * 32 entries int32   36 reserved int32
 * 40 the latest time of day that was seen, ms int64: nothing later was delivered
 * 48 entries: due ms int64, log position int64
 * </pre>
 */
public final class TimerFile {
  public static final String NAME = "apogeeTimers";

  private static final long MAGIC = 0x415047454554494DL; // APGEETIM
  private static final int VERSION = 1;
  private static final int CRC_AT = 12;
  private static final int CHECKED_FROM = 16;
  private static final int ENTRIES_AT = 48;
  private static final int ENTRY_BYTES = 16;

  /** Is shown entries. */
  public interface Entries {
    void entry(long dueMs, long position);
  }

  private final ByteBuffer bytes;

  private TimerFile(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Begins one; {@link #add} its entries, then {@link #write}. */
  public static TimerFile of(long logPosition, long takenTo, long latestMs, int entries) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(ENTRIES_AT, entries * ENTRY_BYTES));
    bytes.putLong(MAGIC).putInt(VERSION).putInt(0);
    bytes.putLong(logPosition).putLong(takenTo).putInt(entries).putInt(0);
    bytes.putLong(latestMs);
    return new TimerFile(bytes);
  }

  public void add(long dueMs, long position) {
    bytes.putLong(dueMs).putLong(position);
  }

  /** Bytes of the file. */
  public int size() {
    return bytes.capacity();
  }

  /** Replaces the file in a folder; when this returns it survives a crash. Waits for the disk. */
  public void write(Disk disk, Path folder) throws IOException {
    bytes.putInt(CRC_AT, crc(bytes.array()));
    disk.createDirectories(folder);
    disk.replace(folder.resolve(NAME), bytes.array());
  }

  /**
   * Reads the file of a folder.
   *
   * @return null if there is none
   * @throws IOException if it is damaged, saying what helps
   */
  public static @Nullable TimerFile read(Disk disk, Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (!disk.exists(file)) {
      return null;
    }
    byte[] content = disk.readAll(file);
    ByteBuffer bytes = ByteBuffer.wrap(content);
    if (content.length < ENTRIES_AT
        || bytes.getLong(0) != MAGIC
        || bytes.getInt(8) != VERSION
        || bytes.getInt(CRC_AT) != crc(content)
        || content.length != ENTRIES_AT + (long) bytes.getInt(32) * ENTRY_BYTES) {
      throw new IOException(
          file
              + " is damaged. Remove it: the next start then finds out from the whole log which timer"
              + " messages wait, which takes as long as reading it does.");
    }
    return new TimerFile(bytes);
  }

  private static int crc(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content, CHECKED_FROM, content.length - CHECKED_FROM);
    return (int) crc.getValue();
  }

  public long logPosition() {
    return bytes.getLong(16);
  }

  public long takenTo() {
    return bytes.getLong(24);
  }

  long latestMs() {
    return bytes.getLong(40);
  }

  public void forEach(Entries each) {
    for (int at = ENTRIES_AT; at < bytes.capacity(); at += ENTRY_BYTES) {
      each.entry(bytes.getLong(at), bytes.getLong(at + 8));
    }
  }
}
