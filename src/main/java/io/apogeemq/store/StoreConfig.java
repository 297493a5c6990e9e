package io.apogeemq.store;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * How a store is laid out and how it behaves. {@link #at} gives the defaults; {@code with…} methods
 * change one value.
 *
 * @param rootDir folder of checkpoint, abort, lock and apogee-index
 * @param commitLogDir folder of the log files
 * @param segmentSizeBytes length of every log file ({@code mappedFileSizeCommitLog})
 * @param flush when an append is answered
 * @param flushIntervalMs in async mode the longest time between two forces: what a loss of power can
 *     cost
 * @param syncFlushTimeoutMs how long an append waits for the force before it is answered as unknown
 * @param maxRecordBytes largest record; larger ones are refused
 * @param pageBytes size of the pieces in which log bytes are kept in memory
 * @param pageMemoryBytes bound of all pages together, filled as needed: half for the tail, half for
 *     older pages that were read again
 * @param appendQueueBytes above this many waiting bytes the store is congested; above four times as
 *     much it refuses
 * @param maxBatchBytes about how much the appender writes at once
 * @param maxUnflushedBytes in sync mode the appender pauses above this distance between written and
 *     forced
 * @param indexBlockBytes so much log between two index blocks: bounds what recovery scans
 * @param indexMemoryEntries how many index entries of written blocks stay in memory (16 bytes each);
 *     the same again for entries read back
 * @param readerThreads threads for reads from the disk
 * @param retention when old segments are deleted and when sends are refused for want of room
 */
public record StoreConfig(
    Path rootDir,
    Path commitLogDir,
    int segmentSizeBytes,
    FlushMode flush,
    long flushIntervalMs,
    long syncFlushTimeoutMs,
    int maxRecordBytes,
    int pageBytes,
    int pageMemoryBytes,
    long appendQueueBytes,
    int maxBatchBytes,
    long maxUnflushedBytes,
    int indexBlockBytes,
    int indexMemoryEntries,
    int readerThreads,
    RetentionConfig retention) {

  /** A log file can't be shorter. */
  public static final int LEAST_SEGMENT_BYTES = 4096;

  /** When an append is answered. */
  public enum FlushMode {
    /** After the write; forced within the flush interval. */
    ASYNC,
    /** After the force. Readers see only what is forced. */
    SYNC
  }

  /** The original's defaults for a store folder, where it has them. */
  public static StoreConfig at(Path rootDir) {
    return new StoreConfig(
        rootDir,
        rootDir.resolve("commitlog"),
        1024 * 1024 * 1024,
        FlushMode.ASYNC,
        500,
        5_000,
        4 * 1024 * 1024 + 64 * 1024,
        256 * 1024,
        32 * 1024 * 1024,
        32L * 1024 * 1024,
        1024 * 1024,
        64L * 1024 * 1024,
        64 * 1024 * 1024,
        512 * 1024,
        2,
        RetentionConfig.DEFAULT);
  }

  public StoreConfig {
    if (segmentSizeBytes < LEAST_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "mappedFileSizeCommitLog is "
              + segmentSizeBytes
              + ", the least is "
              + LEAST_SEGMENT_BYTES);
    }
    if (retention.maxLogBytes() > 0 && retention.maxLogBytes() < 2L * segmentSizeBytes) {
      throw new IllegalArgumentException(
          "commitLogMaxBytes is "
              + retention.maxLogBytes()
              + ", the least is two files of mappedFileSizeCommitLog="
              + segmentSizeBytes);
    }
    if (pageBytes < 1024 || pageMemoryBytes < 4 * pageBytes) {
      throw new IllegalArgumentException(
          "page memory of " + pageMemoryBytes + " holds no four pages of " + pageBytes);
    }
  }

  public StoreConfig withCommitLogDir(Path dir) {
    return with(draft -> draft.commitLogDir = dir);
  }

  public StoreConfig withSegmentSizeBytes(int bytes) {
    return with(draft -> draft.segmentSizeBytes = bytes);
  }

  public StoreConfig withFlush(FlushMode mode) {
    return with(draft -> draft.flush = mode);
  }

  public StoreConfig withFlushTimes(long intervalMs, long syncTimeoutMs) {
    return with(
        draft -> {
          draft.flushIntervalMs = intervalMs;
          draft.syncFlushTimeoutMs = syncTimeoutMs;
        });
  }

  public StoreConfig withMaxRecordBytes(int bytes) {
    return with(draft -> draft.maxRecordBytes = bytes);
  }

  public StoreConfig withRetention(RetentionConfig rules) {
    return with(draft -> draft.retention = rules);
  }

  /** Memory and block sizes: small ones make tests meet every border. */
  public StoreConfig withSizes(
      int page, int pageMemory, long appendQueue, int maxBatch, int indexBlock, int indexEntries) {
    return with(
        draft -> {
          draft.pageBytes = page;
          draft.pageMemoryBytes = pageMemory;
          draft.appendQueueBytes = appendQueue;
          draft.maxBatchBytes = maxBatch;
          draft.indexBlockBytes = indexBlock;
          draft.indexMemoryEntries = indexEntries;
        });
  }

  private StoreConfig with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new StoreConfig(
        rootDir,
        draft.commitLogDir,
        draft.segmentSizeBytes,
        draft.flush,
        draft.flushIntervalMs,
        draft.syncFlushTimeoutMs,
        draft.maxRecordBytes,
        draft.pageBytes,
        draft.pageMemoryBytes,
        draft.appendQueueBytes,
        draft.maxBatchBytes,
        maxUnflushedBytes,
        draft.indexBlockBytes,
        draft.indexMemoryEntries,
        readerThreads,
        draft.retention);
  }

  /** The values that can be changed one by one, while they are. */
  private static final class Draft {
    Path commitLogDir;
    int segmentSizeBytes;
    FlushMode flush;
    long flushIntervalMs;
    long syncFlushTimeoutMs;
    int maxRecordBytes;
    int pageBytes;
    int pageMemoryBytes;
    long appendQueueBytes;
    int maxBatchBytes;
    int indexBlockBytes;
    int indexMemoryEntries;
    RetentionConfig retention;

    Draft(StoreConfig from) {
      commitLogDir = from.commitLogDir;
      segmentSizeBytes = from.segmentSizeBytes;
      flush = from.flush;
      flushIntervalMs = from.flushIntervalMs;
      syncFlushTimeoutMs = from.syncFlushTimeoutMs;
      maxRecordBytes = from.maxRecordBytes;
      pageBytes = from.pageBytes;
      pageMemoryBytes = from.pageMemoryBytes;
      appendQueueBytes = from.appendQueueBytes;
      maxBatchBytes = from.maxBatchBytes;
      indexBlockBytes = from.indexBlockBytes;
      indexMemoryEntries = from.indexMemoryEntries;
      retention = from.retention;
    }
  }

  public Path indexDir() {
    return rootDir.resolve("apogee-index");
  }
}
