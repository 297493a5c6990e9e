package io.apogeemq.store.flush;

import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.ArrivalListener;
import io.apogeemq.store.log.Answers;
import io.apogeemq.store.log.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Batches that are written but not yet forced, in order, with the appends that wait for it. Filled by
 * the appender, emptied by the flusher; the appender also looks for those that waited too long, since
 * the flusher may be stuck in the very force they wait for. One short lock per batch.
 *
 * <p>Bounded by the appender, which pauses when too much is written and not forced.
 */
public final class FlushWaiters {
  private final ArrayDeque<Batch> batches = new ArrayDeque<>();
  private long flushed;
  private boolean failed;

  /**
   * Takes a batch in. One that wrote nothing and only waits for what others wrote may find that it has
   * just been forced: it is answered at once.
   *
   * @return false if a force has failed: nobody will answer the batch
   */
  public synchronized boolean add(Batch batch, Answers answers) {
    if (failed) {
      return false;
    }
    if (batch.end() <= flushed) {
      batch.succeed(answers);
    } else {
      batches.addLast(batch);
    }
    return true;
  }

  /** Answers all batches that end at or before the flushed position, and tells of their arrival. */
  public void flushedTo(long position, ArrivalListener listener, Answers answers) {
    List<Batch> done = new ArrayList<>();
    synchronized (this) {
      flushed = position;
      while (!batches.isEmpty() && batches.getFirst().end() <= position) {
        Batch batch = batches.removeFirst();
        batch.succeed(answers);
        done.add(batch);
      }
    }
    for (Batch batch : done) {
      batch.arrived(listener);
    }
  }

  /** A force failed: nobody knows what will last. Later batches are not taken. */
  public synchronized void fail(Answers answers) {
    failed = true;
    for (Batch batch : batches) {
      batch.doubt(Doubt.FLUSH_FAILED, answers);
    }
    batches.clear();
  }

  /**
   * Answers the appends that have waited too long. Their batches stay: they still become readable. Those
   * in which nothing was written don't, or those who ask again and again during a force that never ends
   * would fill the memory: nothing else bounds them.
   */
  public synchronized void expire(long monotonicMs, Answers answers) {
    Iterator<Batch> each = batches.iterator();
    while (each.hasNext()) {
      Batch batch = each.next();
      if (batch.deadlineMs() > monotonicMs) {
        return;
      }
      batch.doubt(Doubt.FLUSH_TIMEOUT, answers);
      if (batch.wroteNothing()) {
        each.remove();
      }
    }
  }

  public synchronized boolean isEmpty() {
    return batches.isEmpty();
  }
}
