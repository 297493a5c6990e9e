package io.apogeemq.store.index;

/**
 * Keys of a generation in file order: by hash unsigned, then by place. A radix sort over the hash's
 * upper bits in place of a comparison sort of pairs: places come ascending, so a stable sort by the
 * hash is enough.
 */
final class KeyOrder {
  private static final int DIGIT_BITS = 11;
  private static final int DIGITS = 1 << DIGIT_BITS;

  private final long[] hashes;
  private final int[] places;
  private final int size;

  private KeyOrder(long[] hashes, int[] places, int size) {
    this.hashes = hashes;
    this.places = places;
    this.size = size;
  }

  static KeyOrder of(Generation.Keys keys, int size) {
    long[] hashes = keys.hashes();
    int[] places = keys.places();
    long[] otherHashes = new long[size];
    int[] otherPlaces = new int[size];
    boolean first = true;
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT_BITS) {
      int[] start = new int[DIGITS + 1];
      for (int i = 0; i < size; i++) {
        start[(int) (hashes[i] >>> shift & DIGITS - 1) + 1]++;
      }
      for (int digit = 0; digit < DIGITS; digit++) {
        start[digit + 1] += start[digit];
      }
      for (int i = 0; i < size; i++) {
        int to = start[(int) (hashes[i] >>> shift & DIGITS - 1)]++;
        otherHashes[to] = hashes[i];
        otherPlaces[to] = places[i];
      }
      long[] freeHashes = first ? new long[size] : hashes;
      int[] freePlaces = first ? new int[size] : places;
      first = false;
      hashes = otherHashes;
      places = otherPlaces;
      otherHashes = freeHashes;
      otherPlaces = freePlaces;
    }
    return new KeyOrder(hashes, places, size);
  }

  int size() {
    return size;
  }

  long hash(int index) {
    return hashes[index];
  }

  int place(int index) {
    return places[index];
  }
}
