package io.apogeemq.store.index;

import io.apogeemq.store.io.Disk;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoint of the queue table, {@code apogee-index/queues}: what the sealed segments up to
 * {@code through} say, so that offsets outlive their messages. Big-endian.
 *
 * <pre>
 *   0 magic int64 "APGEEQUE"   8 version int32 = 1   12 CRC-32C of what follows, int32
 *  16 through, log position int64: later segments are not in here
 *  24 begin, log position int64: earlier segments are deleted or about to be
 *  32 queues int32             36 deleted topics int32
 *     per queue:  int16 length, topic UTF-8, queue id int32, next offset int64, minimum offset int64,
 *                 last segment int64 (its first log position, -1 for none)
 *     per deleted topic: int16 length, topic UTF-8, log position int64
 * </pre>
 *
 * <p>Replaced as a whole ({@link Disk#replace}). A damaged one is not used: the index files know the
 * same of all segments that still exist.
 */
public final class QueueTableFile {
  public static final String NAME = "queues";
  private static final long MAGIC = 0x4150474545515545L;
  private static final int VERSION = 1;
  private static final int BODY_AT = 16;
  private static final int FIXED_BYTES = 24;

  private QueueTableFile() {}

  /** One queue as the sealed segments know it. */
  public record Row(String topic, int queueId, long next, long min, long lastSegment) {}

  public record Content(long through, long begin, List<Row> rows, Map<String, Long> deletions) {}

  static void write(Disk disk, Path directory, Content content) throws IOException {
    int bytes = BODY_AT + FIXED_BYTES;
    List<byte[]> names = new ArrayList<>();
    for (Row row : content.rows) {
      byte[] name = row.topic.getBytes(StandardCharsets.UTF_8);
      names.add(name);
      bytes += 2 + name.length + 28;
    }
    for (String topic : content.deletions.keySet()) {
      byte[] name = topic.getBytes(StandardCharsets.UTF_8);
      names.add(name);
      bytes += 2 + name.length + 8;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes);
    out.putLong(MAGIC).putInt(VERSION).putInt(0);
    out.putLong(content.through).putLong(content.begin);
    out.putInt(content.rows.size()).putInt(content.deletions.size());
    int at = 0;
    for (Row row : content.rows) {
      byte[] name = names.get(at++);
      out.putShort((short) name.length).put(name).putInt(row.queueId);
      out.putLong(row.next).putLong(row.min).putLong(row.lastSegment);
    }
    for (long position : content.deletions.values()) {
      byte[] name = names.get(at++);
      out.putShort((short) name.length).put(name).putLong(position);
    }
    CRC32C crc = new CRC32C();
    crc.update(out.array(), BODY_AT, bytes - BODY_AT);
    out.putInt(12, (int) crc.getValue());
    disk.replace(directory.resolve(NAME), out.array());
  }

  /** The table, or null if there is none or it is damaged. */
  public static @Nullable Content read(Disk disk, Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!disk.exists(file)) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(disk.readAll(file));
    if (in.limit() < BODY_AT + FIXED_BYTES || in.getLong() != MAGIC || in.getInt() != VERSION) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(in.array(), BODY_AT, in.limit() - BODY_AT);
    if (in.getInt() != (int) crc.getValue()) {
      return null;
    }
    try {
      long through = in.getLong();
      long begin = in.getLong();
      int queues = in.getInt();
      int deletions = in.getInt();
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < queues; i++) {
        rows.add(new Row(text(in), in.getInt(), in.getLong(), in.getLong(), in.getLong()));
      }
      Map<String, Long> deleted = new LinkedHashMap<>();
      for (int i = 0; i < deletions; i++) {
        deleted.put(text(in), in.getLong());
      }
      return new Content(through, begin, rows, deleted);
    } catch (BufferUnderflowException e) {
      return null;
    }
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
