package io.apogeemq.store;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.AppendResult.Refusal;
import io.apogeemq.store.flush.FlushWaiters;
import io.apogeemq.store.flush.Flusher;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import io.apogeemq.store.index.QueueTable;
import io.apogeemq.store.index.Sealer;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.io.FileDisk;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.store.log.AppendTask;
import io.apogeemq.store.log.Appender;
import io.apogeemq.store.log.CommitLog;
import io.apogeemq.store.log.Health;
import io.apogeemq.store.log.LogPositions;
import io.apogeemq.store.log.LogReader;
import io.apogeemq.store.log.PageCache;
import io.apogeemq.store.log.RangeScan;
import io.apogeemq.store.recovery.Checkpoint;
import io.apogeemq.store.recovery.ForeignLog;
import io.apogeemq.store.recovery.ProgressLog;
import io.apogeemq.store.recovery.Recovery;
import io.apogeemq.store.retention.DiskGuard;
import io.apogeemq.store.retention.Retention;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
  private static final String ABORT = "abort";
  private static final String LOCK = "lock";
  private static final long CHECKPOINT_EVERY_MS = 10_000;
  private static final long EXPIRE_EVERY_MS = 200;
  private static final long SEALER_IDLE_MS = 1_000;
  private static final int MAX_WAITING_READS = 100_000;
  private static final String TOO_MANY_READS =
      "more reads wait for the disk than the store takes, or it is closing";

  private final StoreConfig config;
  private final Disk disk;
  private final StoreClock clock;
  private final Executor readers;
  private final @Nullable ExecutorService ownReaders;
  private final AutoCloseable lock;
  private final Path abort;
  private final CommitLog log;
  private final PageCache cache;
  private final LogIndex index;
  private final LogPositions positions;
  private final Health health = new Health();
  private final FlushWaiters waiters = new FlushWaiters();
  private final Appender appender;
  private final Runnable lookAtAppends;
  private final Flusher flusher;
  private final Sealer sealer;
  private final Retention retention;
  private final DiskGuard guard;
  private final LogReader reader;
  private final long recoveredScanBytes;
  private final long recoveredLastMs;
  private @Nullable StepThread appenderThread;
  private @Nullable StepThread flusherThread;
  private @Nullable StepThread sealerThread;
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
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            config.bounds().readerThreads(),
            config.bounds().readerThreads(),
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING_READS),
            task -> {
              Thread thread = new Thread(task, "store-reader-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    boolean opened = false;
    try {
      LogStore store =
          new LogStore(config, new FileDisk(), StoreClock.SYSTEM, pool, pool, foreignLog);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        pool.shutdown();
      }
    }
  }

  /**
   * Opens a store over a given disk and clock. Nothing runs by itself: the owner calls the step
   * methods.
   *
   * @param readers runs reads that may wait for the disk
   */
  public LogStore(StoreConfig config, Disk disk, StoreClock clock, Executor readers)
      throws IOException {
    this(config, disk, clock, readers, null, ForeignLog.ANY);
  }

  private LogStore(
      StoreConfig config,
      Disk disk,
      StoreClock clock,
      Executor readers,
      @Nullable ExecutorService ownReaders,
      ForeignLog foreignLog)
      throws IOException {
    this.config = config;
    this.disk = disk;
    this.clock = clock;
    this.readers = readers;
    this.ownReaders = ownReaders;
    this.abort = config.rootDir().resolve(ABORT);
    disk.createDirectories(config.rootDir());
    disk.createDirectories(config.commitLogDir());
    lock = disk.lock(config.rootDir().resolve(LOCK));
    boolean opened = false;
    boolean indexIsNew = false;
    try {
      boolean afterCrash = disk.exists(abort);
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
      cache =
          new PageCache(
              log, positions, config.bounds().pageBytes(), config.bounds().pageMemoryBytes());
      appender =
          new Appender(
              log,
              cache,
              index,
              positions,
              waiters,
              health,
              clock,
              new Appender.Settings(
                  config.bounds().appendQueueBytes(),
                  config.bounds().maxBatchBytes(),
                  config.bounds().maxUnflushedBytes(),
                  config.flush().syncTimeoutMs()),
              found.lastStoreMs());
      lookAtAppends = appender::look;
      flusher =
          new Flusher(
              log, positions, waiters, appender, health, clock, config.flush().intervalMs());
      sealer = new Sealer(log, index, positions, health);
      guard =
          new DiskGuard(
              disk,
              config.commitLogDir(),
              config.retention(),
              config.segmentSizeBytes(),
              () -> positions.appended() - log.minPosition(),
              health,
              clock);
      retention = new Retention(log, index.oldest(), health, guard, clock, config.retention());
      guard.step();
      reader = new LogReader(log, cache, index, positions);
      // From here on the log is ours, also if the index is lost.
      writeCheckpoint();
      disk.replace(abort, new byte[0]);
      nextCheckpointMs = clock.monotonicMs() + CHECKPOINT_EVERY_MS;
      opened = true;
    } finally {
      if (!opened) {
        if (indexIsNew && disk.list(config.indexDir()).isEmpty()) {
          disk.delete(config.indexDir());
        }
        unlock();
      }
    }
  }

  // ---- steps
  // -------------------------------------------------------------------------------------

  /** One batch of the appender. True if there was something to do; so for the other steps. */
  public boolean stepAppender() {
    boolean worked = appender.step();
    if (worked && flusherThread != null && positions.readOnlyForced()) {
      flusherThread.wake();
    }
    return worked;
  }

  /** One force. */
  public boolean stepFlusher() {
    boolean worked = flusher.step();
    if (worked && appenderThread != null && sealerThread != null) {
      // The appender may have paused for this; the sealer writes blocks of forced log only.
      if (appender.hasWork()) {
        appenderThread.wake();
      }
      if (sealer.hasWork()) {
        sealerThread.wake();
      }
    }
    return worked;
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
        writeCheckpoint();
      } catch (IOException e) {
        LOG.warn("the checkpoint can't be written: {}", e.getMessage());
      }
    }
    return false;
  }

  @Override
  public void start() {
    Runnable failed = () -> health.failed("a thread of the store failed; the log file says why");
    appenderThread =
        new StepThread(
            "store-appender",
            this::stepAppender,
            appender::hasWork,
            () -> Math.min(appender.idleMs(), waiters.isEmpty() ? Long.MAX_VALUE : EXPIRE_EVERY_MS),
            failed);
    flusherThread =
        new StepThread(
            "store-flusher", this::stepFlusher, flusher::hasWork, flusher::idleMs, failed);
    sealerThread =
        new StepThread(
            "store-sealer",
            this::stepSealer,
            sealer::hasWork,
            () -> Math.min(SEALER_IDLE_MS, guard.everyMs()),
            failed);
    appender.onWork(appenderThread::wake);
    appenderThread.start();
    flusherThread.start();
    sealerThread.start();
  }

  // ---- MessageStore
  // ------------------------------------------------------------------------------

  @Override
  public void append(
      List<MessageDraft> drafts,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    long bytes = 0;
    for (int i = 0; i < drafts.size(); i++) {
      MessageDraft draft = drafts.get(i);
      check(draft, drafts.get(0));
      long size = StoredMessage.sizeOf(draft);
      long limit =
          Math.min(config.maxRecordBytes(), config.segmentSizeBytes() - StoredMessage.BLANK_BYTES);
      if (size > limit) {
        refuse(
            Refusal.TOO_LARGE,
            "the message needs " + size + " bytes in the log, the limit is " + limit,
            back,
            then);
        return;
      }
      bytes += size;
    }
    if (drafts.isEmpty()) {
      throw new IllegalArgumentException("an append without a message");
    }
    Health.Reason reason = health.refusal();
    if (reason != null) {
      refuse(reason.refusal(), reason.detail(), back, then);
    } else if (appender.offer(new AppendTask(drafts, waitForDurability, bytes, back, then))) {
      back.afterHandOver(lookAtAppends);
    } else {
      refuse(
          Refusal.BUSY,
          appender.waitingBytes() + " bytes wait to be written; try again",
          back,
          then);
    }
  }

  @Override
  public void awaitDurable(
      AppendResult.Appended at,
      boolean waitForDurability,
      Completions back,
      Consumer<AppendResult> then) {
    Health.Reason reason = health.refusal();
    boolean over = reason != null && reason.refusal() != Refusal.DISK_FULL;
    if (over || !appender.offer(AppendTask.waitingFor(at, waitForDurability, back, then))) {
      tell(
          new AppendResult.Unknown(at, over ? Doubt.FLUSH_FAILED : Doubt.FLUSH_TIMEOUT),
          back,
          then);
    } else {
      back.afterHandOver(lookAtAppends);
    }
  }

  /** What a caller must have seen to; a mistake of ours otherwise. */
  private static void check(MessageDraft draft, MessageDraft first) {
    if (draft.topicBytes().length == 0
        || draft.topicBytes().length > StoredMessage.MAX_TOPIC_BYTES
        || draft.properties().length > Properties.MAX_BYTES
        || draft.queueId() < 0
        || !SysFlags.isQueued(draft.sysFlag())
        // Live every record counts one message; recovery believes the flag and the count beside it.
        || (draft.sysFlag() & (SysFlags.INNER_BATCH | SysFlags.NEED_UNWRAP)) != 0
        || draft.sysFlag()
            != SysFlags.withHosts(draft.sysFlag(), draft.bornHost(), draft.storeHost())
        || draft.queueId() != first.queueId()
        || !draft.topic().equals(first.topic())) {
      throw new IllegalArgumentException("not a storable message: " + draft);
    }
    assert !Properties.hasZero(draft.properties()) : "a zero byte in the properties of " + draft;
  }

  private static void refuse(
      Refusal reason, String detail, Completions back, Consumer<AppendResult> then) {
    back.add(() -> then.accept(new AppendResult.Refused(reason, detail)));
    back.wake();
  }

  @Override
  public boolean isCongested(Completions back, Runnable whenRelieved) {
    return appender.isCongested(back, whenRelieved);
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
    AtomicBoolean answered = new AtomicBoolean();
    Consumer<ReadResult> answer =
        result -> {
          answered.set(true);
          tell(result, back, then);
        };
    try {
      readers.execute(
          () -> {
            try {
              reader.read(request, answer);
            } catch (Throwable e) {
              // Whatever it was: the client that asked must hear of it.
              LOG.error("a read of {}:{} failed", request.topic(), request.queueId(), e);
              if (!answered.get()) {
                answer.accept(failed(request, String.valueOf(e)));
              }
            }
          });
    } catch (RejectedExecutionException e) {
      answer.accept(failed(request, TOO_MANY_READS));
    }
  }

  private ReadResult failed(ReadRequest request, String reason) {
    return new ReadResult.Failed(
        reason,
        request.queueOffset(),
        minOffset(request.topic(), request.queueId()),
        maxOffset(request.topic(), request.queueId()));
  }

  private static <T> void tell(T result, Completions back, Consumer<T> then) {
    back.add(() -> then.accept(result));
    back.wake();
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
    onReader(
        () -> reader.offsetByTime(topic, queueId, timestampMs, upper),
        () -> minOffset(topic, queueId),
        back,
        then);
  }

  @Override
  public void storeTime(
      String topic, int queueId, long queueOffset, Completions back, Consumer<OptionalLong> then) {
    onReader(() -> reader.storeTime(topic, queueId, queueOffset), OptionalLong::empty, back, then);
  }

  @Override
  public void recordAt(long logPosition, Completions back, Consumer<ByteBuf> then) {
    onReader(() -> reader.recordAt(logPosition), () -> Unpooled.EMPTY_BUFFER, back, then);
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
    onReader(
        () -> reader.recordsByKey(topic, key, uniqueKey, fromMs, toMs, max),
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
    onReader(() -> reader.entries(topic, queueId, queueOffset, max), List::of, back, then);
  }

  /** A read that may fail because the disk does. */
  private interface DiskRead<T> {
    T get() throws IOException;
  }

  private <T> void onReader(
      DiskRead<T> read, Supplier<T> whenFailed, Completions back, Consumer<T> then) {
    try {
      readers.execute(
          () -> {
            T result;
            try {
              result = read.get();
            } catch (Throwable e) {
              LOG.error("a read of the store failed", e);
              result = whenFailed.get();
            }
            tell(result, back, then);
          });
    } catch (RejectedExecutionException e) {
      LOG.warn(TOO_MANY_READS);
      tell(whenFailed.get(), back, then);
    }
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
  public void keepFrom(LongSupplier logPosition) {
    retention.keepFrom(logPosition);
  }

  @Override
  public void readProgress(Supplier<ReadProgress> snapshot) {
    retention.readProgress(snapshot);
  }

  @Override
  public void deleteTopic(String topic) {
    appender.deleteTopic(
        topic,
        () -> {
          sealer.tableChanged();
          if (sealerThread != null) {
            // Until the table is saved a restart would bring the old messages back.
            sealerThread.wake();
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
        appender.waitingBytes(),
        earliestMs(),
        guard.usedRatio(),
        reason == null ? "" : reason.detail());
  }

  private long earliestMs() {
    return index.earliestStoreMs();
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
      stop(appenderThread);
      stop(flusherThread);
      stop(sealerThread);
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
      if (ownReaders != null) {
        ownReaders.shutdown();
        if (!ownReaders.awaitTermination(10, TimeUnit.SECONDS)) {
          LOG.warn("reads were still running when the store closed");
        }
      }
      if (!health.hasFailed()) {
        index.files().force();
        index.checkpoint().save(log.minPosition());
        log.dropPrepared();
        writeCheckpoint();
        disk.delete(abort);
        disk.forceDirectory(config.rootDir());
      }
    } catch (IOException e) {
      LOG.error("closing the store failed; the next start will recover it", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      LOG.error("interrupted while closing the store; the next start will recover it");
    } finally {
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

  private static void stop(@Nullable StepThread thread) throws InterruptedException {
    if (thread != null) {
      thread.stop();
    }
  }

  private void release() {
    try {
      index.files().close();
      log.close();
    } catch (IOException e) {
      LOG.warn("a file of the store could not be closed: {}", e.getMessage());
    }
    unlock();
  }

  private void unlock() {
    try {
      lock.close();
    } catch (Exception e) {
      LOG.warn("the lock of {} could not be released: {}", config.rootDir(), e.getMessage());
    }
  }

  private void writeCheckpoint() throws IOException {
    Checkpoint.ofOurs(positions.flushed()).write(disk, config.rootDir().resolve(Checkpoint.NAME));
  }
}
