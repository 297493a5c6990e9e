package io.apogeemq.store.index;

import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * The fresh end of the index: stretches of the log whose index is in memory and in no file yet. The
 * appender fills the current one, and closes it when it covers enough log or its segment ends; from
 * then on the sealer writes it ({@link IndexWriter}). Keys are looked for in all of them.
 */
public final class ActiveIndex {
  private final int blockBytes;

  /** Closed by the appender, not yet written; oldest first. */
  private final ConcurrentLinkedDeque<Generation> closed = new ConcurrentLinkedDeque<>();

  /** All generations whose keys may only be in memory; replaced, never changed. */
  private volatile Generation[] unwritten = {};

  private final Object unwrittenChange = new Object();

  /** Appender only; null before the first segment. */
  private @Nullable Generation current;

  /**
   * @param blockBytes so much log makes a block of the index file
   */
  ActiveIndex(int blockBytes) {
    this.blockBytes = blockBytes;
  }

  /** Begins the index of a segment, or goes on with it where its blocks end. */
  @RunsOn(ThreadRole.APPENDER)
  public void startSegment(long base, long from) {
    assert current == null : "segment " + base + " starts before the one before it has ended";
    current = startGeneration(base, from);
  }

  /**
   * Adds a record that was put into the log. Readers see it when the readable position has passed it.
   */
  @RunsOn(ThreadRole.APPENDER)
  public void add(
      QueueEntries queue,
      long position,
      int size,
      long tagsCode,
      int count,
      long storeMs,
      byte[] properties) {
    Generation to = current;
    assert to != null && position >= to.from : "no generation for position " + position;
    GenerationRun run = queue.run;
    if (run == null || run.generation != to) {
      run = new GenerationRun(queue, to);
      queue.run = run;
      to.runs.add(run);
    }
    int place = (int) (position - to.segmentBase);
    queue.add(run, place, size, tagsCode, count);
    to.entries++;
    if (to.firstStoreMs < 0) {
      to.firstStoreMs = storeMs;
    }
    to.lastStoreMs = storeMs;
    MessageKeys.addTo(to, queue.id.topicHash(), properties, place);
  }

  /** Closes the current generation if it covers enough log. After each batch. */
  @RunsOn(ThreadRole.APPENDER)
  public void wrote(long position) {
    Generation now = current;
    if (now != null && position - now.from >= blockBytes) {
      closeCurrent(position, false);
      current = startGeneration(now.segmentBase, position);
    }
  }

  /** The segment has got its last record: its index can be sealed. */
  @RunsOn(ThreadRole.APPENDER)
  public void endSegment(long endPosition) {
    closeCurrent(endPosition, true);
    current = null;
  }

  /** Takes back a {@link #startSegment} whose segment turned out to hold nothing. */
  public void dropEmptySegment() {
    assert current != null && current.entries == 0;
    Generation empty = current;
    current = null;
    leaveOut(empty);
  }

  /** Closes what is in memory so that the sealer's part can write it. At an orderly end. */
  public void closeAt(long position) {
    if (current != null && position > current.from) {
      closeCurrent(position, false);
      current = null;
    }
  }

  /** True if a closed generation waits to be written. */
  public boolean hasClosed() {
    return !closed.isEmpty();
  }

  /** What is added now belongs to this one; null before the first segment. */
  @Nullable Generation current() {
    return current;
  }

  /** The one to be written next; null if none is closed. Any thread. */
  @Nullable Generation oldestClosed() {
    return closed.peek();
  }

  /** The oldest closed one stands in a block, which others find: memory may forget its keys. */
  @RunsOn(ThreadRole.SEALER)
  void wroteOldest() {
    Generation written = closed.remove();
    leaveOut(written);
    written.dropKeys();
  }

  /** All whose keys may be in memory only, oldest first. Not to be changed. */
  Generation[] unwritten() {
    return unwritten;
  }

  private Generation startGeneration(long base, long from) {
    Generation fresh = new Generation(base, from);
    synchronized (unwrittenChange) {
      Generation[] more = Arrays.copyOf(unwritten, unwritten.length + 1);
      more[unwritten.length] = fresh;
      unwritten = more;
    }
    return fresh;
  }

  private void leaveOut(Generation gone) {
    synchronized (unwrittenChange) {
      unwritten = Arrays.stream(unwritten).filter(g -> g != gone).toArray(Generation[]::new);
    }
  }

  private void closeCurrent(long to, boolean endsSegment) {
    Generation now = current;
    assert now != null;
    now.to = to;
    now.endsSegment = endsSegment;
    closed.add(now);
  }
}
