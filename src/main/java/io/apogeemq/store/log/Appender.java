package io.apogeemq.store.log;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.AppendResult.Doubt;
import io.apogeemq.store.ArrivalListener;
import io.apogeemq.store.Completions;
import io.apogeemq.store.flush.FlushWaiters;
import io.apogeemq.store.index.ActiveIndex;
import io.apogeemq.store.index.LogIndex;
import io.apogeemq.store.index.QueueEntries;
import io.apogeemq.store.index.QueueTable;
import io.apogeemq.store.io.DiskFull;
import io.apogeemq.store.io.StoreClock;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * The one writer of the log: takes all that waits, gives it queue offsets and log positions, encodes
 * it straight into the tail page, writes the pages' fresh bytes with one call per page, and answers.
 * It alone owns the log's tail, the queues' next offsets and the fresh part of the index.
 *
 * <p>{@link #step} does one batch and returns; a thread drives it in production, the simulator in
 * tests. Everything that other threads call says so.
 *
 * <p>Invariants: log positions and queue offsets are dense; the index never points behind what was
 * encoded, and what readers see of it ends at the readable position; after a failed write nothing is
 * written any more. A write that finds no room on the disk is not given up: its senders are told that
 * its fate is unknown, further ones are refused, and the same bytes are written at the same place as
 * soon as there is room. So a part that was written is overwritten by itself.
 */
@RunsOn(ThreadRole.APPENDER)
public final class Appender {
  private static final int MAX_BATCH_TASKS = 4096;
  private static final int SCRATCH_KEEP_BYTES = 64 * 1024;
  private static final long TRY_AGAIN_MS = 500;

  private final CommitLog log;
  private final PageCache cache;
  private final ActiveIndex index;
  private final QueueTable queues;
  private final LogPositions positions;
  private final FlushWaiters waiters;
  private final Health health;
  private final StoreClock clock;
  private final Settings settings;
  private final Answers answers = new Answers();
  private final List<Page> unwritten = new ArrayList<>();
  private ArrivalListener listener = NOBODY;

  // Handed over by other threads.
  private final MpscUnboundedArrayQueue<Object> queue = new MpscUnboundedArrayQueue<>(1024);
  private final AtomicLong waitingBytes = new AtomicLong();
  private final ConcurrentLinkedQueue<Relief> reliefs = new ConcurrentLinkedQueue<>();
  private volatile Runnable wakeUp = () -> {};

  /** Nobody drives {@link #step} any more. */
  private volatile boolean ended;

  // The tail.
  private long cursor;
  private long writtenTo;
  private long segmentEnd;
  private Page tail;
  private ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_KEEP_BYTES);
  private long lastStoreMs;
  private long batchNumber;
  private Batch batch = new Batch();

  /** The blank record is encoded and the next file isn't open yet. */
  private boolean rolling;

  /** When a write that found no room is tried again, monotonic ms; -1 if none waits. Own thread writes. */
  private volatile long tryAgainMs = -1;

  private static final ArrivalListener NOBODY =
      new ArrivalListener() {
        @Override
        public void queueMoved(String topic, int queueId, long maxOffset) {}

        @Override
        public void batchEnded() {}
      };

  /**
   * @param congestedBytes above this many waiting bytes {@link #isCongested} says so
   * @param maxBatchBytes about how much is written at once
   * @param maxUnflushedBytes in sync mode nothing is taken while more is written but not forced
   * @param flushTimeoutMs how long an append waits for the force
   */
  public record Settings(
      long congestedBytes, int maxBatchBytes, long maxUnflushedBytes, long flushTimeoutMs) {}

  private record Relief(Completions back, Runnable then) {}

  private record TopicDeletion(String topic, Runnable then) {}

  /**
   * @param lastStoreMs store timestamp of the newest recovered record; later ones are not before it
   */
  public Appender(
      CommitLog log,
      PageCache cache,
      LogIndex index,
      LogPositions positions,
      FlushWaiters waiters,
      Health health,
      StoreClock clock,
      Settings settings,
      long lastStoreMs)
      throws IOException {
    this.log = log;
    this.cache = cache;
    this.index = index.active();
    this.queues = index.table();
    this.positions = positions;
    this.waiters = waiters;
    this.health = health;
    this.clock = clock;
    this.settings = settings;
    this.lastStoreMs = lastStoreMs;
    cursor = positions.appended();
    writtenTo = cursor;
    if (log.at(cursor) == null) {
      assert cursor % log.segmentSize() == 0 : "log ends at " + cursor + " without a file";
      Segment first = log.openNext();
      assert first.base() == cursor;
      index.active().startSegment(cursor, cursor);
    }
    segmentEnd = log.baseOf(cursor) + log.segmentSize();
    tail = cache.newTail(cache.startOf(cursor));
    int before = (int) (cursor - tail.start);
    if (before > 0) {
      log.read(tail.start, tail.memory.duplicate().clear().limit(before));
    }
  }

  // ---- for other threads
  // -------------------------------------------------------------------------

  /** Who is told of arrivals. Before the first step. */
  public void listener(ArrivalListener arrivals) {
    listener = arrivals;
  }

  public ArrivalListener listener() {
    return listener;
  }

  /** How to wake the thread that drives {@link #step}. Before the first step. */
  public void onWork(Runnable wake) {
    wakeUp = wake;
  }

  /**
   * Hands an append over; {@link #look} must follow. Any thread. False if far too much waits already.
   */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public boolean offer(AppendTask task) {
    if (waitingBytes.get() > 4 * settings.congestedBytes) {
      return false;
    }
    waitingBytes.addAndGet(task.bytes);
    queue.add(task);
    if (ended) {
      refuseRest();
    }
    return true;
  }

  /**
   * After the last {@link #step}: what waits is refused, and what still comes as well, by the thread
   * that brings it.
   */
  public void end() {
    ended = true;
    refuseRest();
  }

  private synchronized void refuseRest() {
    Answers refused = new Answers();
    for (Object next = queue.poll(); next != null; next = queue.poll()) {
      if (next instanceof AppendTask task) {
        waitingBytes.addAndGet(-task.bytes);
        AppendResult.Appended at = task.at;
        task.answer(
            at == null
                ? new AppendResult.Refused(AppendResult.Refusal.CLOSING, "the store is closed")
                : new AppendResult.Unknown(at, Doubt.FLUSH_FAILED),
            refused);
      }
    }
    refused.wake();
  }

  /** Wakes the thread that drives {@link #step}, to take what was handed over. Any thread. */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public void look() {
    wakeUp.run();
  }

  /**
   * Forgets a topic's queues, in order with the appends. Any thread.
   *
   * @param then runs on the appender when it is done
   */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public void deleteTopic(String topic, Runnable then) {
    queue.add(new TopicDeletion(topic, then));
    wakeUp.run();
  }

  /** See {@link io.apogeemq.store.MessageStore#isCongested}. Any thread. */
  @RunsOn({ThreadRole.EVENT_LOOP, ThreadRole.CALLER})
  public boolean isCongested(Completions back, Runnable whenRelieved) {
    if (waitingBytes.get() <= settings.congestedBytes) {
      return false;
    }
    reliefs.add(new Relief(back, whenRelieved));
    // If all was taken in between, a step must still come and look at the reliefs.
    wakeUp.run();
    return true;
  }

  /** Bytes accepted and not yet taken. */
  public long waitingBytes() {
    return waitingBytes.get();
  }

  /** True if a step would find something to take. */
  public boolean hasWork() {
    return !queue.isEmpty() && !tooMuchUnflushed() || hasRelief();
  }

  /** True while a write waits for room on the disk: what was encoded is not all written. */
  public boolean isOutOfRoom() {
    return tryAgainMs >= 0;
  }

  /** Milliseconds until a step will have something to do by itself. */
  public long idleMs() {
    long at = tryAgainMs;
    return at < 0 ? Long.MAX_VALUE : Math.max(1, at - clock.monotonicMs());
  }

  // ---- the appender's own
  // ------------------------------------------------------------------------

  /**
   * Takes what waits and writes it as one batch.
   *
   * @return true if it took something; false: wait to be woken
   */
  public boolean step() {
    if (!waiters.isEmpty()) {
      waiters.expire(clock.monotonicMs(), answers);
      answers.wake();
    }
    boolean took = isOutOfRoom() && clock.monotonicMs() >= tryAgainMs && writeAgain();
    if (!tooMuchUnflushed()) {
      Object next = queue.relaxedPoll();
      if (next != null) {
        took = true;
        takeBatch(next);
      }
    }
    relieve();
    return took;
  }

  private boolean tooMuchUnflushed() {
    return positions.readOnlyForced()
        && positions.appended() - positions.flushed() > settings.maxUnflushedBytes
        && !health.hasFailed();
  }

  private void takeBatch(Object first) {
    lastStoreMs = Math.max(lastStoreMs, clock.wallMs());
    batchNumber++;
    long bytes = 0;
    try {
      Object next = first;
      do {
        if (next instanceof AppendTask task) {
          bytes += task.bytes;
          if (task.drafts.isEmpty()) {
            takeWaiting(task);
          } else {
            take(task);
          }
        } else if (next instanceof TopicDeletion deletion) {
          queues.delete(deletion.topic(), cursor);
          deletion.then().run();
        }
      } while (bytes < settings.maxBatchBytes
          && batch.tasks.size() < MAX_BATCH_TASKS
          && (next = queue.relaxedPoll()) != null);
      if (!isOutOfRoom()) {
        write();
        finish();
      }
      answers.wake();
    } catch (DiskFull e) {
      waitForRoom(e);
    } catch (IOException e) {
      giveUp("writing the commit log failed: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      giveUp("a mistake in the appender: " + e);
      throw e;
    } finally {
      waitingBytes.addAndGet(-bytes);
    }
  }

  /** Nothing is written any more; whoever waits for this batch is told so. */
  private void giveUp(String reason) {
    health.failed(reason);
    batch.doubt(Doubt.FLUSH_FAILED, answers);
    batch.clear();
    answers.wake();
  }

  /** What is encoded stays as it is; its senders are not kept waiting for room. */
  private void waitForRoom(DiskFull cause) {
    tryAgainMs = clock.monotonicMs() + TRY_AGAIN_MS;
    health.logOutOfRoom(
        "the disk of the commit log is 100 % full ("
            + cause.getMessage()
            + "); free space, sends go on by themselves");
    batch.doubt(Doubt.DISK_FULL, answers);
    answers.wake();
  }

  /** True if there was room now. */
  private boolean writeAgain() {
    try {
      if (rolling) {
        endRoll();
      }
      write();
      tryAgainMs = -1;
      finish();
      health.logOutOfRoom(null);
      return true;
    } catch (DiskFull e) {
      tryAgainMs = clock.monotonicMs() + TRY_AGAIN_MS;
    } catch (IOException e) {
      tryAgainMs = -1;
      giveUp("writing the commit log failed: " + e.getMessage());
    }
    return false;
  }

  private void take(AppendTask task) throws IOException {
    Health.Reason refusal = health.refusal();
    if (refusal != null) {
      task.answer(new AppendResult.Refused(refusal.refusal(), refusal.detail()), answers);
      return;
    }
    // From here on the batch answers for the task, whatever happens.
    batch.tasks.add(task);
    List<MessageDraft> drafts = task.drafts;
    MessageDraft head = drafts.get(0);
    QueueEntries to = queues.findOrAdd(head.topic(), head.queueId());
    if (to.markedAnew(batchNumber)) {
      batch.moved(to);
    }
    long firstOffset = to.next();
    long firstPosition = -1;
    long[] logPositions = drafts.size() == 1 ? null : new long[drafts.size()];
    for (int i = 0; i < drafts.size(); i++) {
      MessageDraft draft = drafts.get(i);
      int size = (int) StoredMessage.sizeOf(draft);
      if (cursor + size + StoredMessage.BLANK_BYTES > segmentEnd) {
        roll();
      }
      long position = cursor;
      encode(draft, size, to.next());
      cursor += size;
      index.add(to, position, size, draft.tagsCode(), 1, lastStoreMs, draft.properties());
      if (i == 0) {
        firstPosition = position;
        task.at = new AppendResult.Appended(firstOffset, firstPosition, lastStoreMs, logPositions);
      }
      if (logPositions != null) {
        logPositions[i] = position;
      }
    }
  }

  /**
   * A task without drafts: answered at once, or by the force that also ends this batch. An append's
   * records are never written or forced in part, so its first position tells for all of them. What
   * waits for room may be what is asked for: nobody knows when there is any, so nobody waits for it.
   */
  private void takeWaiting(AppendTask task) {
    AppendResult.Appended at = task.at;
    assert at != null : "a task without drafts waits for a place";
    long done = positions.readOnlyForced() ? positions.flushed() : positions.appended();
    if (health.hasFailed()) {
      task.answer(new AppendResult.Unknown(at, Doubt.FLUSH_FAILED), answers);
    } else if (at.logPosition() < done) {
      task.answer(at, answers);
    } else if (isOutOfRoom()) {
      task.answer(new AppendResult.Unknown(at, Doubt.DISK_FULL), answers);
    } else {
      batch.tasks.add(task);
    }
  }

  private void encode(MessageDraft draft, int size, long queueOffset) {
    ByteBuffer memory = tail.memory;
    int at = (int) (cursor - tail.start);
    if (at + size <= tail.length) {
      StoredMessage.encode(draft, memory, at, size, queueOffset, cursor, lastStoreMs);
      memory.clear();
      return;
    }
    // Over the page's edge: encoded aside and copied in pieces.
    if (scratch.capacity() < size) {
      scratch = ByteBuffer.allocate(size);
    }
    StoredMessage.encode(draft, scratch.clear(), 0, size, queueOffset, cursor, lastStoreMs);
    put(scratch.position(0).limit(size), cursor);
    if (scratch.capacity() > SCRATCH_KEEP_BYTES) {
      scratch = ByteBuffer.allocate(SCRATCH_KEEP_BYTES);
    }
  }

  /** Copies bytes into the tail page and as many further ones as they need. */
  private void put(ByteBuffer from, long position) {
    long to = position;
    while (from.hasRemaining()) {
      if (to == tail.end()) {
        nextPage(to);
      }
      int at = (int) (to - tail.start);
      int part = Math.min(from.remaining(), tail.length - at);
      tail.memory.put(at, from, from.position(), part);
      from.position(from.position() + part);
      to += part;
    }
  }

  private void nextPage(long start) {
    unwritten.add(tail);
    tail = cache.newTail(start);
  }

  /** Ends the file with a blank record and goes on at the start of the next. */
  private void roll() throws IOException {
    assert segmentEnd - cursor >= StoredMessage.BLANK_BYTES : "no room for the blank record";
    ByteBuffer blank = ByteBuffer.allocate(StoredMessage.BLANK_BYTES);
    blank.putInt((int) (segmentEnd - cursor)).putInt(StoredMessage.BLANK_MAGIC).flip();
    put(blank, cursor);
    cursor += StoredMessage.BLANK_BYTES;
    rolling = true;
    endRoll();
  }

  /** May be called again after it found no room. */
  private void endRoll() throws IOException {
    write();
    Segment next = log.openNext();
    rolling = false;
    // What lies behind the blank record is never written; the file has zeros there.
    index.endSegment(segmentEnd);
    assert next.base() == segmentEnd : "next file " + next.base() + " behind " + segmentEnd;
    cursor = segmentEnd;
    writtenTo = cursor;
    segmentEnd += log.segmentSize();
    nextPage(cursor);
    unwritten.clear();
    index.startSegment(cursor, cursor);
  }

  private void write() throws IOException {
    if (cursor > writtenTo) {
      writeOut();
    }
  }

  /** Writes all encoded bytes from the pages that hold them. */
  private void writeOut() throws IOException {
    if (health.hasFailed()) {
      throw new IOException("an earlier write failed");
    }
    for (int i = 0; i <= unwritten.size(); i++) {
      Page page = i < unwritten.size() ? unwritten.get(i) : tail;
      long from = Math.max(page.start, writtenTo);
      long to = Math.min(page.end(), cursor);
      if (from < to) {
        ByteBuffer bytes = page.memory.slice((int) (from - page.start), (int) (to - from));
        log.write(from, bytes);
      }
    }
    unwritten.clear();
    writtenTo = cursor;
  }

  /** The batch is written: publishes it and answers, or hands it to those who wait for the force. */
  private void finish() {
    if (batch.tasks.isEmpty() && cursor == positions.appended()) {
      answers.wake();
      return;
    }
    batch.close(cursor);
    index.wrote(cursor);
    if (!positions.readOnlyForced()) {
      positions.appendedTo(cursor);
      batch.arrived(listener);
      batch.succeed(answers);
      batch.clear();
      answers.wake();
      return;
    }
    batch.answerImpatient(answers);
    batch.deadlineMs = clock.monotonicMs() + settings.flushTimeoutMs;
    Batch waiting = batch;
    batch = new Batch();
    if (!waiters.add(waiting, answers)) {
      waiting.doubt(Doubt.FLUSH_FAILED, answers);
    }
    // Moved behind the hand-over, so that the flusher finds the batch when it finds the position.
    positions.appendedTo(cursor);
    answers.wake();
  }

  private boolean hasRelief() {
    return !reliefs.isEmpty() && waitingBytes.get() <= settings.congestedBytes / 2;
  }

  private void relieve() {
    if (!hasRelief()) {
      return;
    }
    for (Relief relief = reliefs.poll(); relief != null; relief = reliefs.poll()) {
      relief.back.add(relief.then);
      answers.note(relief.back);
    }
    answers.wake();
  }
}
