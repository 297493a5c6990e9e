package io.apogeemq.store;

import java.nio.file.Path;

/**
 * How a store is laid out and how it behaves. {@link #at} gives the defaults; {@code with…} methods
 * change one part.
 *
 * @param rootDir folder of checkpoint, abort, lock and apogee-index
 * @param commitLogDir folder of the log files
 * @param segmentSizeBytes length of every log file ({@code mappedFileSizeCommitLog})
 * @param maxRecordBytes largest record; larger ones are refused
 * @param flush when an append is answered and how often the log is forced
 * @param bounds what is kept in memory, and how much at once
 * @param retention when old segments are deleted and when sends are refused for want of room
 */
public record StoreConfig(
    Path rootDir,
    Path commitLogDir,
    int segmentSizeBytes,
    int maxRecordBytes,
    Flush flush,
    Bounds bounds,
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

  /**
   * When the log is forced.
   *
   * @param mode when an append is answered
   * @param intervalMs in async mode the longest time between two forces: what a loss of power can cost
   * @param syncTimeoutMs how long an append waits for the force before it is answered as unknown
   */
  public record Flush(FlushMode mode, long intervalMs, long syncTimeoutMs) {
    /** The original's. */
    public static final Flush DEFAULT = new Flush(FlushMode.ASYNC, 500, 5_000);
  }

  /**
   * What is kept in memory, and how much is done at once.
   *
   * @param pageBytes size of the pieces in which log bytes are kept in memory
   * @param pageMemoryBytes bound of all pages together, filled as needed: half for the tail, half for
   *     older pages that were read again
   * @param appendQueueBytes above this many waiting bytes the store is congested; above four times as
   *     much it refuses
   * @param maxBatchBytes about how much the appender writes at once
   * @param maxUnflushedBytes in sync mode the appender pauses above this distance between written and
   *     forced
   * @param indexBlockBytes so much log between two index blocks: bounds what recovery scans
   * @param indexMemoryEntries how many index entries of written blocks stay in memory (16 bytes each; a
   *     queue costs as much as 18 of them); the same again for entries read back
   * @param keyFilterBytes how much of the key filters of sealed segments stays in memory once it was
   *     used, the newest first; of others each search reads one cache line
   * @param readerThreads threads for reads from the disk
   */
  public record Bounds(
      int pageBytes,
      int pageMemoryBytes,
      long appendQueueBytes,
      int maxBatchBytes,
      long maxUnflushedBytes,
      int indexBlockBytes,
      int indexMemoryEntries,
      int keyFilterBytes,
      int readerThreads) {

    public static final Bounds DEFAULT =
        new Bounds(
            256 * 1024,
            32 * 1024 * 1024,
            32L * 1024 * 1024,
            1024 * 1024,
            64L * 1024 * 1024,
            64 * 1024 * 1024,
            512 * 1024,
            8 * 1024 * 1024,
            2);

    public Bounds {
      if (pageBytes < 1024 || pageMemoryBytes < 4 * pageBytes) {
        throw new IllegalArgumentException(
            "page memory of " + pageMemoryBytes + " holds no four pages of " + pageBytes);
      }
    }
  }

  /** The original's defaults for a store folder, where it has them. */
  public static StoreConfig at(Path rootDir) {
    return new StoreConfig(
        rootDir,
        rootDir.resolve("commitlog"),
        1024 * 1024 * 1024,
        4 * 1024 * 1024 + 64 * 1024,
        Flush.DEFAULT,
        Bounds.DEFAULT,
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
  }

  public StoreConfig withLog(Path dir, int fileBytes) {
    return new StoreConfig(rootDir, dir, fileBytes, maxRecordBytes, flush, bounds, retention);
  }

  public StoreConfig withSegmentSizeBytes(int bytes) {
    return withLog(commitLogDir, bytes);
  }

  public StoreConfig withMaxRecordBytes(int bytes) {
    return new StoreConfig(
        rootDir, commitLogDir, segmentSizeBytes, bytes, flush, bounds, retention);
  }

  public StoreConfig withFlush(Flush times) {
    return new StoreConfig(
        rootDir, commitLogDir, segmentSizeBytes, maxRecordBytes, times, bounds, retention);
  }

  public StoreConfig withBounds(Bounds sizes) {
    return new StoreConfig(
        rootDir, commitLogDir, segmentSizeBytes, maxRecordBytes, flush, sizes, retention);
  }

  public StoreConfig withRetention(RetentionConfig rules) {
    return new StoreConfig(
        rootDir, commitLogDir, segmentSizeBytes, maxRecordBytes, flush, bounds, rules);
  }

  public Path indexDir() {
    return rootDir.resolve("apogee-index");
  }
}
