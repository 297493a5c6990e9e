package io.apogeemq.store;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs reads that may wait for the disk, and tells what they have found. Every read is answered once:
 * also one that fails, and at once one that is over the bound of waiting reads.
 */
final class ReaderPool {
  private static final Logger LOG = LoggerFactory.getLogger(ReaderPool.class);
  private static final int MAX_WAITING = 100_000;
  private static final int IDLE_SECONDS = 10;
  private static final int CLOSE_SECONDS = 10;
  private static final String TOO_MANY =
      "more reads wait for the disk than the store takes, or it is closing";

  private final Executor readers;
  private final @Nullable ExecutorService own;

  private ReaderPool(Executor readers, @Nullable ExecutorService own) {
    this.readers = readers;
    this.own = own;
  }

  /** With threads of its own, which end with {@link #close}. */
  static ReaderPool ofThreads(int threads) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "store-reader-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return new ReaderPool(pool, pool);
  }

  /** On somebody else's executor. */
  static ReaderPool on(Executor readers) {
    return new ReaderPool(readers, null);
  }

  /** A read that has one result. */
  interface Read<T> {
    @RunsOn(ThreadRole.READER)
    T get() throws IOException;
  }

  /** A read that goes on when it has told its result. */
  interface TellingRead<T> {
    @RunsOn(ThreadRole.READER)
    void run(Consumer<T> answer) throws IOException;
  }

  /**
   * Runs a read.
   *
   * @param about what is read, for the log
   * @param whenFailed the answer in place of the result
   */
  <T> void run(
      String about, Read<T> read, Supplier<T> whenFailed, Completions back, Consumer<T> then) {
    try {
      readers.execute(
          () -> {
            T result;
            try {
              result = read.get();
            } catch (Throwable e) {
              LOG.error("a read of the store failed: {}", about, e);
              result = whenFailed.get();
            }
            back.tell(result, then);
          });
    } catch (RejectedExecutionException e) {
      LOG.warn("{}: {}", about, TOO_MANY);
      back.tell(whenFailed.get(), then);
    }
  }

  /** Runs a read that goes on behind its answer. The answer names the reason of a failure. */
  <T> void runTelling(
      Object about,
      TellingRead<T> read,
      Function<String, T> whenFailed,
      Completions back,
      Consumer<T> then) {
    AtomicBoolean answered = new AtomicBoolean();
    Consumer<T> answer =
        result -> {
          answered.set(true);
          back.tell(result, then);
        };
    try {
      readers.execute(
          () -> {
            try {
              read.run(answer);
            } catch (Throwable e) {
              // Whatever it was: the client that asked must hear of it.
              LOG.error("a read of the store failed: {}", about, e);
              if (!answered.get()) {
                answer.accept(whenFailed.apply(String.valueOf(e)));
              }
            }
          });
    } catch (RejectedExecutionException e) {
      answer.accept(whenFailed.apply(TOO_MANY));
    }
  }

  /** Ends its own threads, when what waits is read; waits for that, but not for ever. */
  void close() throws InterruptedException {
    if (own != null) {
      own.shutdown();
      if (!own.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("reads were still running when the store closed");
      }
    }
  }
}
