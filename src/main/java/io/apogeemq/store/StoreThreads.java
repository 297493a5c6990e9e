package io.apogeemq.store;

import io.apogeemq.store.flush.FlushWaiters;
import io.apogeemq.store.flush.Flusher;
import io.apogeemq.store.index.Sealer;
import io.apogeemq.store.log.AppendQueue;
import io.apogeemq.store.log.Appender;
import io.apogeemq.store.log.Health;
import io.apogeemq.store.log.LogPositions;
import io.apogeemq.store.retention.DiskGuard;
import java.util.function.BooleanSupplier;

/** The threads that drive appender, flusher and sealer, and who of them wakes whom. */
final class StoreThreads {
  private static final long EXPIRE_EVERY_MS = 200;
  private static final long SEALER_IDLE_MS = 1_000;

  private final AppendQueue queue;
  private final Appender appender;
  private final Flusher flusher;
  private final Sealer sealer;
  private final LogPositions positions;
  private final StepThread appenderThread;
  private final StepThread flusherThread;
  private final StepThread sealerThread;

  /**
   * @param sealerStep what the sealer's thread does beside the sealer's own step
   */
  StoreThreads(
      AppendQueue queue,
      Appender appender,
      Flusher flusher,
      FlushWaiters waiters,
      Sealer sealer,
      BooleanSupplier sealerStep,
      DiskGuard guard,
      LogPositions positions,
      Health health) {
    this.queue = queue;
    this.appender = appender;
    this.flusher = flusher;
    this.sealer = sealer;
    this.positions = positions;
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
            sealerStep,
            sealer::hasWork,
            () -> Math.min(SEALER_IDLE_MS, guard.everyMs()),
            failed);
  }

  void start() {
    queue.onWork(appenderThread::wake);
    appenderThread.start();
    flusherThread.start();
    sealerThread.start();
  }

  /** Ends all, each after the step it is in. */
  void stop() throws InterruptedException {
    appenderThread.stop();
    flusherThread.stop();
    sealerThread.stop();
  }

  void wakeSealer() {
    sealerThread.wake();
  }

  private boolean stepAppender() {
    boolean worked = appender.step();
    if (worked && positions.readOnlyForced()) {
      flusherThread.wake();
    }
    return worked;
  }

  private boolean stepFlusher() {
    boolean worked = flusher.step();
    if (worked) {
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
}
