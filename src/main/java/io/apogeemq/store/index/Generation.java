package io.apogeemq.store.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The index of a stretch of one segment while it is in memory: what becomes one index block. The
 * appender fills it and closes it; the sealer writes it and takes it out of memory.
 */
public final class Generation implements MessageKeys.Taker {
  private static final int FIRST_KEYS = 256;

  /** A run, its first chunk and its place in its queue: nine objects. */
  private static final int RUN_WEIGHT = 18;

  private static final VarHandle KEY_COUNT;

  static {
    try {
      KEY_COUNT = MethodHandles.lookup().findVarHandle(Generation.class, "keyCount", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final long segmentBase;

  /** First log position that belongs to it. */
  final long from;

  /** One behind the last log position; set when closed. */
  volatile long to;

  /** True once closed by the end of its segment: the block is the segment's last one. */
  volatile boolean endsSegment;

  /** Store timestamps of the first and last record, ms; -1 while there is none. */
  volatile long firstStoreMs = -1;

  volatile long lastStoreMs = -1;
  final List<GenerationRun> runs = new ArrayList<>();
  int entries;
  private volatile @Nullable Keys keys = new Keys(new long[FIRST_KEYS], new int[FIRST_KEYS]);
  private volatile int keyCount;

  /** Hashes of message keys and the places of their records in the segment, in order of arrival. */
  record Keys(long[] hashes, int[] places) {}

  Generation(long segmentBase, long from) {
    this.segmentBase = segmentBase;
    this.from = from;
    this.to = from;
  }

  @Override
  public void addKey(long hash, int place) {
    Keys now = keys;
    assert now != null : "a written generation gets no more keys";
    int at = keyCount;
    if (at == now.places.length) {
      now = new Keys(Arrays.copyOf(now.hashes, 2 * at), Arrays.copyOf(now.places, 2 * at));
      keys = now;
    }
    now.hashes[at] = hash;
    now.places[at] = place;
    KEY_COUNT.setRelease(this, at + 1);
  }

  /**
   * What its entries and runs take in memory, in entries of 16 bytes: where queues are many, the runs
   * take more than what is in them.
   */
  long weight() {
    return entries + (long) RUN_WEIGHT * runs.size();
  }

  /** The keys, or null once they stand in a block. The count must be read first. */
  @Nullable Keys keys() {
    return keys;
  }

  int keyCount() {
    return keyCount;
  }

  /** After the block is published: its file answers for the keys. */
  void dropKeys() {
    keys = null;
  }
}
