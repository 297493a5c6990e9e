package io.apogeemq.broker.migration;

import io.apogeemq.protocol.body.Body;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.DiskFile;
import io.apogeemq.store.state.StateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the old broker has come, by its files in {@code config/}. They are read and not changed; what
 * isn't there says that nothing was done.
 *
 * @param consumed next offset by queue by {@code topic@group} ({@code consumerOffset.json})
 * @param timerReadMs timer messages due before this time were delivered ({@code timercheck}, 5.x)
 * @param timerTakenOffset those before this offset of their queue were taken into the wheel
 */
record OldTables(
    Map<String, Map<Integer, Long>> consumed, long timerReadMs, long timerTakenOffset) {
  private static final Logger LOG = LoggerFactory.getLogger(OldTables.class);

  /** Where 5.x brokers keep tables in RocksDB: one per table, one for all since 5.4, and of "v2". */
  private static final List<String> DATABASES = List.of("topics", "metadata", "rdb");

  private static final int TIMER_READ_MS_AT = 0;
  private static final int TIMER_TAKEN_AT = 16;
  private static final int TIMER_BYTES = 24;

  private record ConsumerOffsets(Map<String, Map<Integer, Long>> offsetTable) implements Body {}

  static OldTables read(Disk disk, Path configDir) throws IOException {
    refuseRocksDb(disk, configDir);
    ConsumerOffsets consumed =
        new StateFile(disk, configDir.resolve("consumerOffset.json"))
            .load(text -> Body.parse(ConsumerOffsets.class, text));
    ByteBuffer timer = timer(disk, configDir.resolve("timercheck"));
    return new OldTables(
        consumed == null ? Map.of() : consumed.offsetTable(),
        timer == null ? 0 : timer.getLong(TIMER_READ_MS_AT),
        timer == null ? 0 : timer.getLong(TIMER_TAKEN_AT));
  }

  /**
   * Tables of 5.x brokers that are kept as a database would be taken for missing ones. Beside JSON files
   * a database may be what was left behind or what is used: only the operator knows.
   */
  private static void refuseRocksDb(Disk disk, Path configDir) throws IOException {
    boolean json = disk.exists(configDir.resolve("topics.json"));
    for (String name : DATABASES) {
      Path database = configDir.resolve(name);
      if (disk.list(database).isEmpty()) {
        continue;
      }
      if (!json) {
        throw new IOException(
            database
                + " is a RocksDB database: this version reads a RocketMQ broker's topics, groups and"
                + " offsets from JSON files only. Write them with the old version's `mqadmin"
                + " rocksDBConfigToJson` first");
      }
      LOG.warn(
          "{} is a RocksDB database beside topics.json: the JSON files are used; if the old broker kept its"
              + " tables in the database (configStoreType), they are out of date",
          database);
    }
  }

  private static @Nullable ByteBuffer timer(Disk disk, Path file) throws IOException {
    if (!disk.exists(file) || disk.size(file) < TIMER_BYTES) {
      return null;
    }
    ByteBuffer head = ByteBuffer.allocate(TIMER_BYTES);
    try (DiskFile open = disk.open(file)) {
      open.readFully(head, 0);
    }
    return head;
  }

  /** The offset that a group has committed for a queue; -1 if it has none. */
  long committed(String topic, String group, int queueId) {
    return consumed.getOrDefault(topic + "@" + group, Map.of()).getOrDefault(queueId, -1L);
  }
}
