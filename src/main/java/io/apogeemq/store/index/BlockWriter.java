package io.apogeemq.store.index;

import static io.apogeemq.store.index.IndexFormat.DIRECTORY_BYTES;
import static io.apogeemq.store.index.IndexFormat.HEADER_BYTES;

import io.apogeemq.store.io.DiskFile;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes one index block from front to back, the header last: first all runs in {@link
 * QueueId#FILE_ORDER}, then all keys in their order, and the filter beside them if one was asked for.
 * Memory: two buffers and the directory.
 */
@RunsOn(ThreadRole.SEALER)
final class BlockWriter {
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int FILTER_BUFFER_BYTES = 32 * 1024;

  private final DiskFile file;
  private final long blockAt;
  private final RegionWriter body;
  private final Map<String, Integer> nameAt = new HashMap<>();
  private ByteBuffer directory = ByteBuffer.allocate(64 * DIRECTORY_BYTES);
  private ByteBuffer names = ByteBuffer.allocate(1024);
  private @Nullable KeyFilterWriter filter;
  private @Nullable RegionWriter filterRegion;
  private int filterBlocks;
  private int entries;
  private int keys;
  private int queues;
  private int runEntries;

  BlockWriter(DiskFile file, long blockAt) {
    this.file = file;
    this.blockAt = blockAt;
    this.body = new RegionWriter(file, blockAt + HEADER_BYTES, BUFFER_BYTES);
  }

  /** Starts the run of a queue; {@link #entry} adds to it and {@link #endRun} says its length. */
  void startRun(QueueId queue, long firstOffset) {
    directory = withRoom(directory, DIRECTORY_BYTES);
    Integer name = nameAt.get(queue.topic());
    if (name == null) {
      name = names.position();
      names = withRoom(names, 2 + queue.topicBytes().length);
      names.putShort((short) queue.topicBytes().length).put(queue.topicBytes());
      nameAt.put(queue.topic(), name);
    }
    directory.putLong(queue.hash()).putInt(name).putInt(queue.queueId()).putLong(firstOffset);
    directory.putInt(0).putInt(0);
    directory.putLong(HEADER_BYTES + (long) entries * IndexFormat.ENTRY_BYTES);
    runEntries = 0;
    queues++;
  }

  void entry(long offsetInRun, int place, int size, long tagsCode) throws IOException {
    int inRun = Math.toIntExact(offsetInRun);
    body.room(IndexFormat.ENTRY_BYTES).putInt(inRun).putInt(place).putInt(size).putLong(tagsCode);
    entries++;
    runEntries++;
  }

  void endRun(long messages) {
    int at = directory.position() - DIRECTORY_BYTES;
    directory.putInt(at + 24, Math.toIntExact(messages)).putInt(at + 28, runEntries);
  }

  /** The block gets a filter over its keys. Behind the last run, before the first key. */
  void withFilter(int keysToCome) {
    assert keys == 0;
    filterBlocks = KeyFilter.blocksFor(keysToCome);
    if (filterBlocks == 0) {
      return;
    }
    RegionWriter region =
        new RegionWriter(
            file, blockAt + IndexFormat.filterAt(entries, keysToCome), FILTER_BUFFER_BYTES);
    filterRegion = region;
    filter =
        new KeyFilterWriter(filterBlocks, block -> region.room(KeyFilter.BLOCK_BYTES).put(block));
  }

  void key(long hash, int place) throws IOException {
    body.room(IndexFormat.KEY_BYTES).putLong(hash).putInt(place);
    if (filter != null) {
      filter.add(hash);
    }
    keys++;
  }

  /** Writes directory, names and header. The file isn't forced. */
  IndexFormat.Header finish(
      boolean sealed, long segmentBase, long from, long to, long firstStoreMs, long lastStoreMs)
      throws IOException {
    body.flush();
    if (filter != null && filterRegion != null) {
      filter.finish();
      filterRegion.flush();
    }
    directory.flip();
    names.flip();
    CRC32C crc = new CRC32C();
    crc.update(directory.duplicate());
    crc.update(names.duplicate());
    IndexFormat.Header header =
        new IndexFormat.Header(
            sealed,
            segmentBase,
            from,
            to,
            firstStoreMs,
            lastStoreMs,
            queues,
            entries,
            keys,
            names.limit(),
            filterBlocks,
            (int) crc.getValue(),
            body.crc());
    assert body.end() == blockAt + header.keysEnd();
    assert filterRegion == null || filterRegion.end() == blockAt + header.directoryAt();
    file.write(directory, blockAt + header.directoryAt());
    file.write(names, blockAt + header.namesAt());
    file.write(header.encode(), blockAt);
    return header;
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
    if (buffer.remaining() >= bytes) {
      return buffer;
    }
    int capacity = Math.max(2 * buffer.capacity(), buffer.position() + bytes);
    byte[] larger = Arrays.copyOf(buffer.array(), capacity);
    return ByteBuffer.wrap(larger).position(buffer.position());
  }
}
