import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** What every load counts, whichever threads it has. */
abstract class CountedLoad implements Load {
  private final LongAdder messages = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final AtomicReference<String> firstFailure = new AtomicReference<>();
  private volatile boolean stopping;

  /** So many more are acknowledged. */
  final void acknowledged(long count) {
    messages.add(count);
  }

  /** So many more are refused or lost; 0 for what hinders the load, but costs no message. */
  final void failed(long count, String why) {
    failures.add(count);
    firstFailure.compareAndSet(null, why);
  }

  /** Whether nothing new shall be begun. */
  final boolean isStopping() {
    return stopping;
  }

  @Override
  public final long messages() {
    return messages.sum();
  }

  @Override
  public final long failures() {
    return failures.sum();
  }

  @Override
  public final String firstFailure() {
    return firstFailure.get();
  }

  @Override
  public final void close() throws Exception {
    stopping = true;
    finish();
  }

  /** Waits for what is under way. {@link #isStopping} says so already. */
  abstract void finish() throws Exception;
}
