package probe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Many small cases in one process, all at the same time. Prints {@code OK name} or {@code FAILED name
 * reason} for each, and ends.
 */
final class Cases {
  /** So long may a message or a rebalance take; most take milliseconds. */
  static final long PATIENCE_MS = 40_000;

  /** So long nothing must come before it is said that nothing comes. */
  static final long QUIET_MS = 1_500;

  interface Case {
    void run() throws Exception;
  }

  private final Map<String, Case> all = new LinkedHashMap<>();

  Cases add(String name, Case one) {
    all.put(name, one);
    return this;
  }

  void runAndExit() throws InterruptedException {
    CountDownLatch left = new CountDownLatch(all.size());
    all.forEach(
        (name, one) ->
            new Thread(
                    () -> {
                      try {
                        one.run();
                        System.out.println("OK " + name);
                      } catch (Throwable e) {
                        System.out.println("FAILED " + name + " " + text(e) + " " + place(e));
                      } finally {
                        left.countDown();
                      }
                    },
                    name)
                .start());
    boolean done = left.await(2 * PATIENCE_MS, TimeUnit.MILLISECONDS);
    System.out.println(done ? "ALL DONE" : "FAILED to end: " + left.getCount() + " cases still run");
    System.exit(0);
  }

  static void check(boolean fits, Object what) {
    if (!fits) {
      throw new AssertionError(String.valueOf(what));
    }
  }

  static void same(Object wanted, Object found) {
    check(wanted.equals(found), "wanted " + wanted + ", found " + found);
  }

  /** The next of what arrives. */
  static <T> T next(BlockingQueue<T> arriving) throws InterruptedException {
    T one = arriving.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
    check(one != null, "nothing came");
    return one;
  }

  /** Takes what arrives until nothing does. */
  static void drain(BlockingQueue<?> arriving) throws InterruptedException {
    while (arriving.poll(QUIET_MS, TimeUnit.MILLISECONDS) != null) {
      // It is not looked at.
    }
  }

  /** Fails if something arrives. */
  static void quiet(BlockingQueue<?> arriving) throws InterruptedException {
    Object one = arriving.poll(QUIET_MS, TimeUnit.MILLISECONDS);
    check(one == null, "came unasked: " + one);
  }

  /** Waits until something holds. */
  static void until(String what, java.util.concurrent.Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    while (!holds.call()) {
      check(System.nanoTime() < deadline, "never: " + what);
      Thread.sleep(20);
    }
  }

  /** Runs what must fail and gives its text. */
  static String failure(Case one) {
    try {
      one.run();
    } catch (Exception e) {
      return text(e);
    }
    throw new AssertionError("did not fail");
  }

  private static String text(Throwable e) {
    return e.getCause() == null ? e.toString() : e + " because of " + text(e.getCause());
  }

  /** The lines of the program that it came from. */
  private static String place(Throwable e) {
    StringBuilder lines = new StringBuilder();
    for (StackTraceElement each : e.getStackTrace()) {
      if (each.getClassName().startsWith("probe.")) {
        lines.append(each.getFileName()).append(':').append(each.getLineNumber()).append(' ');
      }
    }
    return lines.toString();
  }
}
