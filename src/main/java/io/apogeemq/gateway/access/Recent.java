package io.apogeemq.gateway.access;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/**
 * What one account was told a moment ago about the whole cluster: whoever asks for it again within a
 * second, or while it is being asked for, gets the same answer. An answer that took long to get lives
 * longer, so that lists never take more than a small share of a broker's time. A change made through this
 * process ends it at once, one made elsewhere shows after that time. One answer per kind, and none longer
 * than its life, so that lists of 10,000 topics take memory only while somebody looks at them.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Recent {
  private static final long LIFE_MS = 1_000;
  private static final long LONGEST_LIFE_MS = 5_000;

  /** It lives so many times as long as it took to get. */
  private static final int TIMES = 10;

  private record Entry(Future<?> answer, long changes) {}

  private final Vertx vertx;
  private final AtomicLong changes;
  private final Map<Class<?>, Entry> entries = new HashMap<>();

  /**
   * @param changes how many were made through this process; any thread counts on
   */
  Recent(Vertx vertx, AtomicLong changes) {
    this.vertx = vertx;
    this.changes = changes;
  }

  /** The recent answer of this kind, or a new one. A failure is not kept. */
  <T> Future<T> get(Class<T> kind, Supplier<Future<T>> ask) {
    return get(kind, tookMs -> Math.min(LONGEST_LIFE_MS, Math.max(LIFE_MS, TIMES * tookMs)), ask);
  }

  /** The same, of something that may be that old. */
  <T> Future<T> get(Class<T> kind, long lifeMs, Supplier<Future<T>> ask) {
    return get(kind, tookMs -> lifeMs, ask);
  }

  private <T> Future<T> get(Class<T> kind, LongUnaryOperator lifeMs, Supplier<Future<T>> ask) {
    Entry known = entries.get(kind);
    if (known != null && known.changes == changes.get() && !known.answer.failed()) {
      return known.answer.map(kind::cast);
    }
    long asOf = changes.get();
    long askedNs = System.nanoTime();
    Future<T> answer = ask.get();
    Entry entry = new Entry(answer, asOf);
    entries.put(kind, entry);
    answer.onComplete(
        ignored -> {
          long tookMs = (System.nanoTime() - askedNs) / 1_000_000;
          vertx.setTimer(lifeMs.applyAsLong(tookMs), timer -> entries.remove(kind, entry));
        });
    return answer;
  }

  /** Something was changed: what is remembered is old, on every event loop. */
  void changed() {
    changes.incrementAndGet();
  }
}
