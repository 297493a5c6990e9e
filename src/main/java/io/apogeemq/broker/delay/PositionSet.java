package io.apogeemq.broker.delay;

/**
 * A set of log positions: about 16 bytes each, nothing boxed. Confined to its creator.
 *
 * <p>Open addressing; 0 stands for an empty place, so a position is kept plus one.
 */
final class PositionSet {
  private static final int LEAST = 16;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private long[] places = new long[LEAST];
  private int size;

  int size() {
    return size;
  }

  /** True if it was not in the set. */
  boolean add(long position) {
    int at = find(position + 1);
    if (places[at] != 0) {
      return false;
    }
    places[at] = position + 1;
    if (++size > places.length / 2) {
      resize(places.length * 2);
    }
    return true;
  }

  boolean contains(long position) {
    return size > 0 && places[find(position + 1)] != 0;
  }

  /** True if it was in the set. */
  boolean remove(long position) {
    int at = find(position + 1);
    if (places[at] == 0) {
      return false;
    }
    size--;
    close(at);
    if (size < places.length / 8 && places.length > LEAST) {
      resize(places.length / 2);
    }
    return true;
  }

  /** Empties a place and moves up those behind it that were put off because of it. */
  private void close(int empty) {
    int mask = places.length - 1;
    int hole = empty;
    for (int at = hole + 1 & mask; places[at] != 0; at = at + 1 & mask) {
      int home = home(places[at]);
      if ((at - home & mask) >= (at - hole & mask)) {
        places[hole] = places[at];
        hole = at;
      }
    }
    places[hole] = 0;
  }

  private int find(long kept) {
    int mask = places.length - 1;
    int at = home(kept);
    while (places[at] != 0 && places[at] != kept) {
      at = at + 1 & mask;
    }
    return at;
  }

  private int home(long kept) {
    return (int) (kept * SPREAD >>> 32) & places.length - 1;
  }

  private void resize(int length) {
    long[] old = places;
    places = new long[length];
    for (long kept : old) {
      if (kept != 0) {
        places[find(kept)] = kept;
      }
    }
  }
}
