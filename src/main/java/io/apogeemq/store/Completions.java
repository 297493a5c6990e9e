package io.apogeemq.store;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back from the store's threads to the thread that asked: results pile up here and the owner
 * is woken once per batch, never once per message.
 *
 * <p>Any store thread may {@link #add}; it must {@link #wake} once when its batch is done. The tasks
 * run in the order added, on the owner's executor (an event loop: one instance per loop).
 *
 * <p>Invariant: one thread at a time takes tasks out, the one for which {@code scheduled} is set; the
 * queue bears no more. So the executor may have many threads, or be the caller's own.
 */
public final class Completions {
  private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

  private final MpscUnboundedArrayQueue<Runnable> tasks = new MpscUnboundedArrayQueue<>(1024);

  /** True from a wake until what was queued is done. */
  private final AtomicBoolean scheduled = new AtomicBoolean();

  private final AtomicBoolean handOverDue = new AtomicBoolean();
  private final Executor owner;
  private final Executor later;

  public Completions(Executor owner) {
    this(owner, Runnable::run);
  }

  /**
   * @param later runs a task when the owner has done what is at hand; called on the owner's thread.
   *     What the owner has handed to the store until then is taken up together.
   */
  public Completions(Executor owner, Executor later) {
    this.owner = owner;
    this.later = later;
  }

  /**
   * Runs a task that lets the store look at what was handed to it: once for all that the owner hands
   * over before {@code later} runs it. On the owner's thread, unless {@code later} runs at once.
   */
  void afterHandOver(Runnable look) {
    if (!handOverDue.get() && handOverDue.compareAndSet(false, true)) {
      later.execute(
          () -> {
            handOverDue.set(false);
            look.run();
          });
    }
  }

  /** Tells one result, and wakes the owner for it. */
  <T> void tell(T result, Consumer<T> then) {
    add(() -> then.accept(result));
    wake();
  }

  /** Queues a task without waking the owner. Bounded by what the store admitted. */
  public void add(Runnable task) {
    tasks.add(task);
  }

  /**
   * Makes the owner run what is queued, in one go. If the owner has ended (an event loop that is shut
   * down) nobody waits for it any more.
   */
  public void wake() {
    if (!tasks.isEmpty() && scheduled.compareAndSet(false, true)) {
      try {
        owner.execute(this::drain);
      } catch (RejectedExecutionException e) {
        LOG.warn("results of the store are not told: who asked has ended ({})", e.getMessage());
      }
    }
  }

  /** Runs what is queued. A task that throws keeps none of those behind it from running. */
  private void drain() {
    RuntimeException failed = null;
    Error broken = null;
    do {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        try {
          task.run();
        } catch (RuntimeException e) {
          failed = failed == null ? e : failed;
          LOG.error("telling a result of the store failed", e);
        } catch (Error e) {
          broken = broken == null ? e : broken;
          LOG.error("telling a result of the store failed", e);
        }
      }
      scheduled.set(false);
      // Who woke us before that was not heard.
    } while (!tasks.isEmpty() && scheduled.compareAndSet(false, true));
    if (broken != null) {
      throw broken;
    }
    if (failed != null) {
      throw failed;
    }
  }
}
