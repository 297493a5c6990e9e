package io.apogeemq.broker.delay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is due when: due time and log position of each waiting message, 16 bytes each, the earliest on
 * top; of the same time the one that was parked first. Grows and shrinks by pages, so nothing is
 * copied when it grows. Confined to its creator.
 */
final class TimerHeap {
  private static final int PAGE_BITS = 13;
  private static final int PAGE_ENTRIES = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE_ENTRIES - 1;

  /** In each page: due time and position of its entries in turn. */
  private final List<long[]> pages = new ArrayList<>();

  private int size;

  /** Is shown entries in no particular order. */
  interface Each {
    void entry(long dueMs, long position);
  }

  int size() {
    return size;
  }

  /** When the first is due; {@link Long#MAX_VALUE} if there is none. */
  long dueMs() {
    return size == 0 ? Long.MAX_VALUE : due(0);
  }

  /** Position of the first; only if there is one. */
  long position() {
    return at(0);
  }

  void push(long dueMs, long position) {
    if (size >> PAGE_BITS == pages.size()) {
      pages.add(new long[PAGE_ENTRIES * 2]);
    }
    int hole = size++;
    while (hole > 0) {
      int parent = hole - 1 >>> 1;
      if (!before(dueMs, position, due(parent), at(parent))) {
        break;
      }
      put(hole, due(parent), at(parent));
      hole = parent;
    }
    put(hole, dueMs, position);
  }

  /** Takes the first away; only if there is one. */
  void pop() {
    int last = --size;
    long dueMs = due(last);
    long position = at(last);
    int hole = 0;
    for (int child = 1; child < last; child = 2 * hole + 1) {
      if (child + 1 < last && before(due(child + 1), at(child + 1), due(child), at(child))) {
        child++;
      }
      if (!before(due(child), at(child), dueMs, position)) {
        break;
      }
      put(hole, due(child), at(child));
      hole = child;
    }
    if (last > 0) {
      put(hole, dueMs, position);
    }
    // One page stays in reserve, so that a size at a border doesn't make pages and drop them.
    if (pages.size() > (size >> PAGE_BITS) + 2) {
      pages.remove(pages.size() - 1);
    }
  }

  void forEach(Each each) {
    for (int i = 0; i < size; i++) {
      each.entry(due(i), at(i));
    }
  }

  /** So many entries are looked at for one list: some ms, in which nothing is delivered. */
  static final int MAX_LOOKED_AT = 200_000;

  private static final int MAX_DEPTH = 2 * Integer.SIZE;

  /**
   * The first entries behind a place, in order: due time and position of each. Costs what lies before the
   * place, and a few more; null if that is more than {@link #MAX_LOOKED_AT}.
   */
  @Nullable List<long[]> next(int count, long afterDueMs, long afterPosition, Wanted wanted) {
    Comparator<long[]> order =
        (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]);
    PriorityQueue<long[]> lastFirst = new PriorityQueue<>(order.reversed());
    int[] open = new int[MAX_DEPTH]; // a depth-first walk keeps one sibling for each level
    int height = size > 0 ? 1 : 0;
    int looked = 0;
    while (height > 0) {
      int index = open[--height];
      long dueMs = due(index);
      long position = at(index);
      long[] last = lastFirst.size() == count ? lastFirst.peek() : null;
      if (last != null && !before(dueMs, position, last[0], last[1])) {
        continue; // and so is all that is below it
      }
      if (++looked > MAX_LOOKED_AT) {
        return null;
      }
      if (before(afterDueMs, afterPosition, dueMs, position) && wanted.wants(position)) {
        if (last != null) {
          lastFirst.remove();
        }
        lastFirst.add(new long[] {dueMs, position});
      }
      for (int child = 2 * index + 2; child > 2 * index; child--) {
        if (child < size) {
          open[height++] = child;
        }
      }
    }
    return lastFirst.stream().sorted(order).toList();
  }

  /** Keeps only what is wanted, in time that is linear but for the order. */
  void retain(Wanted wanted) {
    TimerHeap kept = new TimerHeap();
    forEach(
        (dueMs, position) -> {
          if (wanted.wants(position)) {
            kept.push(dueMs, position);
          }
        });
    pages.clear();
    pages.addAll(kept.pages);
    size = kept.size;
  }

  /** Chooses entries. */
  interface Wanted {
    boolean wants(long position);
  }

  private static boolean before(long dueA, long positionA, long dueB, long positionB) {
    return dueA < dueB || dueA == dueB && positionA < positionB;
  }

  private long due(int index) {
    return pages.get(index >> PAGE_BITS)[(index & PAGE_MASK) * 2];
  }

  private long at(int index) {
    return pages.get(index >> PAGE_BITS)[(index & PAGE_MASK) * 2 + 1];
  }

  private void put(int index, long dueMs, long position) {
    long[] page = pages.get(index >> PAGE_BITS);
    int at = (index & PAGE_MASK) * 2;
    page[at] = dueMs;
    page[at + 1] = position;
  }
}
