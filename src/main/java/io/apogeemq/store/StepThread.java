package io.apogeemq.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a step function: runs it as long as it finds work, then parks until woken or until it asked
 * to be run again. Whoever makes work calls {@link #wake} after it has made it; that costs a read
 * while the thread is awake.
 */
final class StepThread {
  private static final Logger LOG = LoggerFactory.getLogger(StepThread.class);

  private final BooleanSupplier step;
  private final BooleanSupplier hasWork;
  private final LongSupplier idleMs;
  private final Runnable onFailure;
  private final Thread thread;
  private final AtomicBoolean parked = new AtomicBoolean();
  private volatile boolean stopped;

  /**
   * @param step does one piece of work; false if there was none
   * @param hasWork asked again after the thread has announced that it will park
   * @param idleMs how long it may sleep at most when nothing wakes it
   * @param onFailure called if a step throws, which only a mistake of ours makes it do
   */
  StepThread(
      String name,
      BooleanSupplier step,
      BooleanSupplier hasWork,
      LongSupplier idleMs,
      Runnable onFailure) {
    this.step = step;
    this.hasWork = hasWork;
    this.idleMs = idleMs;
    this.onFailure = onFailure;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Lets a parked thread look for work. Any thread; after the work was made visible. */
  void wake() {
    // Only the first of many wakers pays for the system call.
    if (parked.get() && parked.compareAndSet(true, false)) {
      LockSupport.unpark(thread);
    }
  }

  /** Ends the thread after the step it is in, and waits for that. */
  void stop() throws InterruptedException {
    stopped = true;
    LockSupport.unpark(thread);
    thread.join();
  }

  private void run() {
    while (!stopped) {
      try {
        if (!step.getAsBoolean()) {
          park();
        }
      } catch (RuntimeException | Error e) {
        LOG.error("{} failed; the store takes no more messages", thread.getName(), e);
        onFailure.run();
        // Goes on all the same: what waits must be refused by somebody.
        park();
      }
    }
  }

  private void park() {
    parked.set(true);
    // Whoever made work before it could see the flag is found by this look.
    if (!stopped && !hasWork.getAsBoolean()) {
      LockSupport.parkNanos(
          this, TimeUnit.MILLISECONDS.toNanos(Math.min(idleMs.getAsLong(), 60_000)));
    }
    parked.set(false);
  }
}
