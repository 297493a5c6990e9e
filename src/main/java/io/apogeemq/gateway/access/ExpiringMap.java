package io.apogeemq.gateway.access;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map that forgets an entry when its time is over, and the one that was written longest ago when
 * another needs its room. Entries are kept in the order of their last writing, so that each call takes
 * the same short time however many there are. Safe for any thread.
 */
final class ExpiringMap<K, V> {
  private final int most;
  private final long lifeMs;
  private final LongSupplier clockMs;

  /** The one written longest ago comes first. */
  private final Map<K, Entry<V>> all = new LinkedHashMap<>();

  /**
   * @param writtenMs when it was written last
   */
  record Entry<V>(V value, long writtenMs) {}

  /**
   * @param most entries at once
   * @param lifeMs how long one is kept after its last writing
   * @param clockMs never jumps
   */
  ExpiringMap(int most, long lifeMs, LongSupplier clockMs) {
    this.most = most;
    this.lifeMs = lifeMs;
    this.clockMs = clockMs;
  }

  /** The entry; null if there is none, or its time is over. */
  synchronized @Nullable Entry<V> get(K key) {
    Entry<V> found = all.get(key);
    return found == null || isOver(found, clockMs.getAsLong()) ? null : found;
  }

  /** Writes the value, or what becomes of it and the one that is there; its time begins anew. */
  synchronized void merge(K key, V value, BinaryOperator<V> both) {
    long nowMs = clockMs.getAsLong();
    Entry<V> before = all.remove(key);
    V merged = before == null || isOver(before, nowMs) ? value : both.apply(before.value(), value);
    makeRoom(nowMs);
    all.put(key, new Entry<>(merged, nowMs));
  }

  /** Changes the value that is there without giving it more time; null removes it. */
  synchronized void correct(K key, UnaryOperator<@Nullable V> change) {
    Entry<V> before = all.get(key);
    if (before == null) {
      return;
    }
    V after = change.apply(before.value());
    if (after == null) {
      all.remove(key);
    } else {
      all.put(key, new Entry<>(after, before.writtenMs()));
    }
  }

  /** Begins the time of an entry anew, if it is still there. */
  synchronized void renew(K key) {
    Entry<V> before = all.remove(key);
    if (before != null) {
      all.put(key, new Entry<>(before.value(), clockMs.getAsLong()));
    }
  }

  synchronized void remove(K key) {
    all.remove(key);
  }

  /** How many there are, some perhaps over. */
  synchronized int size() {
    return all.size();
  }

  private void makeRoom(long nowMs) {
    Iterator<Entry<V>> oldestFirst = all.values().iterator();
    while (oldestFirst.hasNext()) {
      if (!isOver(oldestFirst.next(), nowMs) && all.size() < most) {
        return;
      }
      oldestFirst.remove();
    }
  }

  private boolean isOver(Entry<V> entry, long nowMs) {
    return nowMs - entry.writtenMs() >= lifeMs;
  }
}
