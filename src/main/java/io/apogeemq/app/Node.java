package io.apogeemq.app;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running process: parts that are started in order and stopped in the opposite one, on one Vert.x
 * instance.
 *
 * <pre>
 *   new → start (each part in turn; the first that fails stops those before it) → stop → ended
 * </pre>
 */
@RunsOn(ThreadRole.CALLER)
final class Node {
  private static final Logger log = LoggerFactory.getLogger(Node.class);

  /** A part that needs longer to start, e.g. to recover its store, says so in its own log lines. */
  private static final Duration START_BOUND = Duration.ofHours(1);

  /** How long parts may take to make safe what they had accepted. */
  static final Duration STOP_BOUND = Duration.ofSeconds(20);

  private final Vertx vertx;
  private final Deque<Part> started = new ArrayDeque<>();

  /** A node without parts; it owns the Vert.x instance from now on. */
  Node(Vertx vertx) {
    this.vertx = vertx;
  }

  Vertx vertx() {
    return vertx;
  }

  /**
   * Starts a part and waits until it serves.
   *
   * @param told is given its boot line
   * @throws StartFailed if it can't; all parts have been stopped then
   */
  void start(Part part, Consumer<String> told) throws StartFailed {
    push(part);
    try {
      told.accept(await(attempt(part::start), START_BOUND));
    } catch (ExecutionException e) {
      stop(STOP_BOUND);
      throw new StartFailed(part.name(), e.getCause());
    } catch (TimeoutException e) {
      stop(STOP_BOUND);
      throw new StartFailed(part.name(), e);
    } catch (InterruptedException e) {
      stop(STOP_BOUND);
      Thread.currentThread().interrupt();
      throw new StartFailed(part.name(), e);
    }
  }

  /** What a part throws fails its future, so that either ends the process in the same way. */
  private static <T> Future<T> attempt(Supplier<Future<T>> action) {
    try {
      return action.get();
    } catch (RuntimeException e) {
      log.error("a part failed in a way that nobody foresaw", e);
      return Future.failedFuture(e);
    }
  }

  private synchronized void push(Part part) {
    started.push(part);
  }

  /**
   * Stops all parts, the last started first, and Vert.x; gives up waiting after the bound. Any thread,
   * also while a part starts; a second call finds nothing left to stop.
   */
  synchronized void stop(Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    try {
      while (!started.isEmpty()) {
        Part part = started.pop();
        stopped(part.name(), attempt(part::stop), deadline);
      }
      stopped("Vert.x", vertx.close(), deadline);
    } catch (InterruptedException e) {
      log.warn("stopping was interrupted; the rest ends with the process");
      Thread.currentThread().interrupt();
    }
  }

  private static void stopped(String name, Future<Void> end, long deadline)
      throws InterruptedException {
    try {
      await(end, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    } catch (ExecutionException e) {
      log.error("{} did not stop cleanly", name, e.getCause());
    } catch (TimeoutException e) {
      log.error("{} did not stop in time; the process ends without it", name);
    }
  }

  private static <T> T await(Future<T> future, Duration bound)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(bound.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** A part that can't serve; the message says which and why, for people. */
  static final class StartFailed extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailed(String part, Throwable cause) {
      super("The " + part + " can't start: " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
      String message = cause.getMessage();
      return message == null || message.isBlank() ? cause.toString() : message;
    }
  }
}
