package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.store.flush.FlushWaiters;
import io.apogeemq.store.flush.Flusher;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import io.apogeemq.store.index.QueueTable;
import io.apogeemq.store.index.Sealer;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.FileDisk;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.AppendQueue;
import io.apogeemq.store.log.Appender;
import io.apogeemq.store.log.CommitLog;
import io.apogeemq.store.log.Health;
import io.apogeemq.store.log.LogPositions;
import io.apogeemq.store.log.LogReader;
import io.apogeemq.store.log.LogSearch;
import io.apogeemq.store.log.PageCache;
import io.apogeemq.store.log.RangeScan;
import io.apogeemq.store.recovery.ForeignLog;
import io.apogeemq.store.recovery.OpenFolder;
import io.apogeemq.store.recovery.ProgressLog;
import io.apogeemq.store.recovery.Recovery;
import io.apogeemq.store.retention.DiskGuard;
import io.apogeemq.store.retention.Retention;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link MessageStore} on files: puts the parts together, opens and closes them in order.
 *
 * <p>The parts that do the work are step functions over an injected disk and clock ({@link
 * #stepAppender} and its sisters). {@link #open(StoreConfig)} and {@link #start} give each a thread;
 * tests drive them by hand.
 */
public final class LogStore implements MessageStore {
  private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);
  private static final long CHECKPOINT_EVERY_MS = 10_000;

  private final StoreConfig config;
  private final StoreClock clock;
  private final ReaderPool readers;
  private final OpenFolder folder;
  private final CommitLog log;
  private final LogIndex index;
  private final LogPositions positions;
  private final Health health = new Health();
  private final FlushWaiters waiters = new FlushWaiters();
  private final AppendQueue queue;
  private final Appender appender;
  private final AppendDoor door;
  private final Flusher flusher;
  private final Sealer sealer;
  private final Retention retention;
  private volatile RetentionConfig rules;
  private final DiskGuard guard;
  private final LogReader reader;
  private final LogSearch search;
  private final long recoveredScanBytes;
  private final long recoveredLastMs;
  private @Nullable StoreThreads threads;
  private long nextCheckpointMs;
  private boolean closed;

  /**
   * Opens a store folder on the machine's disk, creating what is missing. Recovers what a crash left;
   * takes no appends before {@link #start}.
   *
   * @throws IOException if the folder is in use (names the process), or doesn't fit the configuration
   */
  public static LogStore open(StoreConfig config) throws IOException {
    return open(config, ForeignLog.ANY);
  }

  /**
   * The same, for a folder that may be another broker's.
   *
   * @param foreignLog asked whether its log can be taken over; if not, the folder is left as it was
   */
  public static LogStore open(StoreConfig config, ForeignLog foreignLog) throws IOException {
    ReaderPool readers = ReaderPool.ofThreads(config.bounds().readerThreads());
    return new LogStore(config, new FileDisk(), StoreClock.SYSTEM, readers, foreignLog);
  }

  /**
   * Opens a store over a given disk and clock. Nothing runs by itself: the owner calls the step
   * methods.
   *
   * @param readers runs reads that may wait for the disk
   */
  public LogStore(StoreConfig config, Disk disk, StoreClock clock, Executor readers)
      throws IOException {
    this(config, disk, clock, ReaderPool.on(readers), ForeignLog.ANY);
  }

  private LogStore(
      StoreConfig config, Disk disk, StoreClock clock, ReaderPool readers, ForeignLog foreignLog)
      throws IOException {
    this.config = config;
    this.clock = clock;
    this.readers = readers;
    disk.createDirectories(config.rootDir());
    disk.createDirectories(config.commitLogDir());
    folder = OpenFolder.lock(disk, config.rootDir());
    boolean opened = false;
    boolean indexIsNew = false;
    try {
      boolean afterCrash = folder.afterCrash();
      indexIsNew = !disk.exists(config.indexDir());
      disk.createDirectories(config.indexDir());
      index =
          new LogIndex(
              disk,
              config.indexDir(),
              new QueueTable(),
              config.bounds().indexBlockBytes(),
              config.bounds().indexMemoryEntries(),
              config.bounds().keyFilterBytes());
      long startedMs = clock.monotonicMs();
      Recovery.Found found =
          new Recovery(disk, config, index, afterCrash, foreignLog, new ProgressLog(clock)).run();
      if (afterCrash || found.scannedBytes() > 0) {
        LOG.info(
            "commit log: recovered up to position {} in {} ms, {} bytes scanned{}",
            found.end(),
            clock.monotonicMs() - startedMs,
            found.scannedBytes(),
            afterCrash ? " after a crash" : "");
      }
      recoveredScanBytes = found.scannedBytes();
      recoveredLastMs = found.lastStoreMs();
      log = new CommitLog(disk, config.commitLogDir(), config.segmentSizeBytes(), found.segments());
      positions =
          new LogPositions(found.end(), config.flush().mode() == StoreConfig.FlushMode.SYNC);
      PageCache cache =
          new PageCache(
              log, positions, config.bounds().pageBytes(), config.bounds().pageMemoryBytes());
      queue = new AppendQueue(config.bounds().appendQueueBytes());
      appender =
          new Appender(
              queue,
              log,
              cache,
              index,
              positions,
              waiters,
              health,
              clock,
              new Appender.Settings(
                  config.bounds().maxBatchBytes(),
                  config.bounds().maxUnflushedBytes(),
                  config.flush().syncTimeoutMs()),
              found.lastStoreMs());
      door = new AppendDoor(config, queue, health);
      flusher =
          new Flusher(
              log, positions, waiters, appender, health, clock, config.flush().intervalMs());
      sealer = new Sealer(log, index, positions, health);
      rules = config.retention();
      guard =
          new DiskGuard(
              disk,
              config.commitLogDir(),
              () -> rules,
              config.segmentSizeBytes(),
              () -> positions.appended() - log.minPosition(),
              health,
              clock);
      retention = new Retention(log, index.oldest(), health, guard, clock, () -> rules);
      guard.step();
      reader = new LogReader(cache, index, positions);
      search = new LogSearch(log, index, positions);
      folder.opened(positions.flushed());
      nextCheckpointMs = clock.monotonicMs() + CHECKPOINT_EVERY_MS;
      opened = true;
    } finally {
      if (!opened) {
        if (indexIsNew && disk.list(config.indexDir()).isEmpty()) {
          disk.delete(config.indexDir());
        }
        folder.unlock();
      }
    }
  }

  // ---- steps
  // -------------------------------------------------------------------------------------

  /** One batch of the appender. True if there was something to do; so for the other steps. */
  public boolean stepAppender() {
    return appender.step();
  }

  /** One force. */
  public boolean stepFlusher() {
    return flusher.step();
  }

  /** One thing of the sealer: next file, index block, seal, old segment, checkpoint. */
  public boolean stepSealer() {
    guard.step();
    if (sealer.step() || retention.step()) {
      return true;
    }
    if (clock.monotonicMs() >= nextCheckpointMs) {
      nextCheckpointMs = clock.monotonicMs() + CHECKPOINT_EVERY_MS;
      try {
        folder.checkpoint(positions.flushed());
      } catch (IOException e) {
        LOG.warn("the checkpoint can't be written: {}", e.getMessage());
      }
    }
    return false;
  }

  @Override
  public void start() {
    StoreThreads running =
        new StoreThreads(
            queue, appender, flusher, waiters, sealer, this::stepSealer, guard, positions, health);
    threads = running;
    running.start();
  }

  // ---- MessageStore
  // ------------------------------------------------------------------------------

  @Override
  public void append(
      List<MessageDraft> drafts,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    door.append(drafts, waitForDurability, back, then);
  }

  @Override
  public void awaitDurable(
      AppendResult.Appended at,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    door.awaitDurable(at, waitForDurability, back, then);
  }

  @Override
  public boolean isCongested(Completions back, Runnable whenRelieved) {
    return queue.isCongested(back, whenRelieved);
  }

  @Override
  public ReadResult readHot(ReadRequest request) {
    try {
      return reader.readHot(request);
    } catch (IOException e) {
      throw new UncheckedIOException("a hot read touched the disk", e);
    }
  }

  @Override
  public void read(ReadRequest request, Completions back, Consumer<ReadResult> then) {
    readers.runTelling(
        request,
        answer -> reader.read(request, answer),
        reason -> failed(request, reason),
        back,
        then);
  }

  private ReadResult failed(ReadRequest request, String reason) {
    return new ReadResult.Failed(
        reason,
        request.queueOffset(),
        minOffset(request.topic(), request.queueId()),
        maxOffset(request.topic(), request.queueId()));
  }

  @Override
  public long minOffset(String topic, int queueId) {
    QueueEntries queue = index.table().find(topic, queueId);
    return queue == null ? 0 : queue.min();
  }

  @Override
  public long maxOffset(String topic, int queueId) {
    return reader.maxOffset(topic, queueId);
  }

  @Override
  public void offsetByTime(
      String topic,
      int queueId,
      long timestampMs,
      boolean upper,
      Completions back,
      Consumer<Long> then) {
    readers.run(
        "offset by time",
        () -> search.offsetByTime(topic, queueId, timestampMs, upper),
        () -> minOffset(topic, queueId),
        back,
        then);
  }

  @Override
  public void storeTime(
      String topic, int queueId, long queueOffset, Completions back, Consumer<OptionalLong> then) {
    readers.run(
        "store time",
        () -> search.storeTime(topic, queueId, queueOffset),
        OptionalLong::empty,
        back,
        then);
  }

  @Override
  public void recordAt(long logPosition, Completions back, Consumer<ByteBuf> then) {
    readers.run(
        "record at a position",
        () -> search.recordAt(logPosition),
        () -> Unpooled.EMPTY_BUFFER,
        back,
        then);
  }

  @Override
  public void recordsByKey(
      String topic,
      String key,
      boolean uniqueKey,
      long fromMs,
      long toMs,
      int max,
      Completions back,
      Consumer<ByteBuf> then) {
    readers.run(
        "records by key",
        () -> search.recordsByKey(topic, key, uniqueKey, fromMs, toMs, max),
        () -> Unpooled.EMPTY_BUFFER,
        back,
        then);
  }

  @Override
  public void entries(
      String topic,
      int queueId,
      long queueOffset,
      int max,
      Completions back,
      Consumer<List<Entry>> then) {
    readers.run(
        "index entries",
        () -> search.entries(topic, queueId, queueOffset, max),
        List::of,
        back,
        then);
  }

  @Override
  public void scan(long from, long to, ObjLongConsumer<MessageView> each) throws IOException {
    new RangeScan(log, config.maxRecordBytes())
        .show(
            from,
            Math.min(to, positions.appended()),
            record ->
                each.accept(record, Math.max(0, recoveredLastMs - record.storeTimestampMs())));
  }

  @Override
  public void onArrival(ArrivalListener listener) {
    appender.listener(listener);
  }

  @Override
  public void retain(RetentionConfig changed) {
    rules = changed;
  }

  @Override
  public void keepFrom(LongSupplier logPosition) {
    retention.keepFrom(logPosition);
  }

  @Override
  public void readProgress(Supplier<ReadProgress> snapshot) {
    retention.readProgress(snapshot);
  }

  @Override
  public void deleteTopic(String topic) {
    queue.deleteTopic(
        topic,
        () -> {
          sealer.tableChanged();
          StoreThreads running = threads;
          if (running != null) {
            // Until the table is saved a restart would bring the old messages back.
            running.wakeSealer();
          }
        });
  }

  @Override
  public Status status() {
    Health.Reason reason = health.refusal();
    return new Status(
        log.minPosition(),
        positions.appended(),
        positions.flushed(),
        positions.confirmed(),
        positions.readable(),
        queue.waitingBytes(),
        index.earliestStoreMs(),
        guard.usedRatio(),
        reason == null ? "" : reason.detail(),
        reason == null ? null : reason.refusal());
  }

  /** How much of the log had to be read when the store was opened. */
  public long recoveredScanBytes() {
    return recoveredScanBytes;
  }

  /** Deletes the oldest segment if its newest message is older than a time. Sealer, or while stopped. */
  public boolean deleteOldestSegment(long olderThanMs) {
    return retention.deleteOldest(olderThanMs);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (threads != null) {
        threads.stop();
      }
      drain();
      health.closing();
      // What came while we closed is refused.
      drain();
      if (appender.isOutOfRoom()) {
        // The index is ahead of the log; nothing that was acknowledged is missing from either.
        health.failed("the disk was full to the end; the next start recovers the log");
      }
      if (!health.hasFailed()) {
        index.active().closeAt(positions.appended());
        while (!health.hasFailed() && index.writer().writeNext(positions.flushed())) {
          // All of the index is in files: the next start scans nothing.
        }
      }
      readers.close();
      if (!health.hasFailed()) {
        index.files().force();
        index.checkpoint().save(log.minPosition());
        log.dropPrepared();
        folder.endedInOrder(positions.flushed());
      }
    } catch (IOException e) {
      LOG.error("closing the store failed; the next start will recover it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.error("interrupted while closing the store; the next start will recover it");
    } finally {
      queue.end();
      release();
    }
  }

  /** Lets the appender take all that waits; in sync mode it pauses for the flusher in between. */
  private void drain() {
    do {
      while (appender.step()) {
        // One batch after the other.
      }
      if (!health.hasFailed()) {
        flusher.forceAll();
      }
      flusher.step();
    } while (appender.hasWork());
  }

  private void release() {
    try {
      index.files().close();
      log.close();
    } catch (IOException e) {
      LOG.warn("a file of the store could not be closed: {}", e.getMessage());
    }
    folder.unlock();
  }
}
