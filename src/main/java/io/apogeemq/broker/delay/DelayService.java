package io.apogeemq.broker.delay;

import io.apogeemq.broker.arrival.QueueName;
import io.apogeemq.broker.arrival.Sleepers;
import io.apogeemq.broker.send.Detour;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.body.DataVersion;
import io.apogeemq.protocol.body.DelayedMessages;
import io.apogeemq.protocol.body.TimerMetrics;
import io.apogeemq.protocol.message.SysFlags;
import io.apogeemq.remoting.Later;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is delayed, on one event loop of its own: the levels' queues and the timers.
 *
 * <p>The log is the only truth. A delivered record says in its field {@code preparedPosition} which
 * parked record it delivers (position plus one). The checkpoints ({@link DelayFiles}) name a log
 * position up to which all deliveries are taken into account; after a restart the records from there
 * on are looked through for such marks, and what is marked is not delivered again.
 *
 * <pre>
 * load → askFor (marks) → store starts → start → step, step, … → stop (settles, saves)
 * </pre>
 */
public final class DelayService implements Sleepers {
  private static final Logger log = LoggerFactory.getLogger(DelayService.class);

  /** The time of day may be set: what waits is looked at this often at least. */
  private static final long LOOK_EVERY_MS = 100;

  private static final long TICK_MS = 1000;
  private static final long SETTLE_MS = 5000;
  private static final long POLL_MS = 20;
  private static final int TIMER_BIT = 63;
  private static final int CHECKPOINT_BYTES = 7 * Long.BYTES;

  /** The two clocks: the time of day, which may jump, and one that never does. */
  public record Clocks(LongSupplier wallMs, LongSupplier monotonicMs) {}

  private final DelayConfig config;
  private final MessageStore store;
  private final DelayFiles files;
  private final Executor loop;
  private final Later later;
  private final Clocks clocks;
  private final Detour detour;
  private final Delivery delivery;
  private final List<LevelQueue> levels = new ArrayList<>();
  private final Timers timers;

  /** Bits of queues that moved: one per level, the last one for timers. */
  private final AtomicLong moved = new AtomicLong();

  /** Parked records that the last runs delivered after the checkpoint. */
  private PositionSet delivered = new PositionSet();

  /** Where the log ended at the start: behind it nothing can be marked by an earlier run. */
  private long startedAt;

  private final Recall recall;
  private final Upcoming upcoming;
  private volatile Map<String, String> figures = Map.of();

  /** The latest store time of the records that were looked through at the start. */
  private long latestMs;

  private volatile int pending;
  private volatile long keepFrom;
  private volatile boolean deletionWanted;
  private boolean running;
  private boolean stepDue;
  private long armedForMs = Long.MAX_VALUE;
  private long savedChanges;
  private long savedAtMs;

  /** Loaded, not started. {@code loop}: runs tasks in order on one thread. */
  public DelayService(
      DelayConfig config,
      MessageStore store,
      Completions back,
      DelayFiles files,
      Executor loop,
      Later later,
      Rates rates,
      Clocks clocks) {
    this.config = config;
    this.store = store;
    this.files = files;
    this.loop = loop;
    this.later = later;
    this.clocks = clocks;
    detour = new DelayDetour(config, clocks.wallMs(), () -> pending);
    delivery = new Delivery(store, back, later, rates, this::wake);
    for (int level = 1; level <= config.levels().highest(); level++) {
      levels.add(
          new LevelQueue(
              level,
              config.levels().delayMs(level),
              config.storeHost(),
              store,
              back,
              later,
              delivery,
              this::wake));
    }
    timers =
        new Timers(
            config.storeHost(),
            config.segmentSizeBytes(),
            clocks.wallMs(),
            store,
            back,
            later,
            delivery,
            this::wake);
    recall = new Recall(config, store, back, later, timers);
    upcoming = new Upcoming(config, store, back, levels, timers);
  }

  /** What parks messages. */
  public Detour detour() {
    return detour;
  }

  /** Timers that wait, about. Any thread. */
  public int pendingTimers() {
    return pending;
  }

  // ---- start and stop ---------------------------------------------------------------------------

  /** Reads the checkpoints. Waits for the disk; before the store starts. */
  @RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
  public void load() throws IOException {
    files.load();
  }

  /** Asks for the marks of deliveries that the checkpoints lack. */
  @RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
  public void askFor(LogPass pass) {
    startedAt = store.status().appendedPosition();
    long from = files.marksFrom(store);
    if (from < startedAt) {
      pass.showFrom(
          from,
          (record, ageMs) -> {
            latestMs = Math.max(latestMs, record.storeTimestampMs());
            // A committed transaction's record has its half message's mark in this field.
            if (record.preparedPosition() > 0
                && (record.sysFlag() & SysFlags.TRANSACTION_MASK) == 0) {
              delivered.add(record.preparedPosition() - 1);
            }
          });
    }
  }

  /** Begins to deliver. After the store has started; any thread. */
  public void start() {
    loop.execute(
        () -> {
          for (LevelQueue each : levels) {
            each.startAt(files.deliveredTo(each.level()));
          }
          long changesBefore = changes();
          files.forEachTimer(
              (dueMs, position) -> {
                if (delivered.contains(position)) {
                  timers.changed();
                } else {
                  timers.restore(dueMs, position);
                }
              });
          timers.startAt(files.timersTakenTo());
          timers.seen(Math.max(latestMs, files.latestMs()));
          // Without a file yet, one is written soon: from then on it is known where marks begin.
          savedChanges = files.areThere() ? changesBefore : -1;
          running = true;
          savedAtMs = clocks.monotonicMs().getAsLong() - config.saveEveryMs();
          tick();
          step();
        });
  }

  /**
   * Starts nothing any more, waits until what is on its way is settled, and saves. Completes when that
   * is done, or after a while without it: then the next start finds the marks.
   */
  public Future<Void> stop() {
    Promise<Void> done = Promise.promise();
    loop.execute(
        () -> {
          if (!running) {
            done.complete();
            return;
          }
          running = false;
          delivery.stop();
          settle(clocks.monotonicMs().getAsLong() + SETTLE_MS, done);
        });
    return done.future();
  }

  private void settle(long untilMs, Promise<Void> done) {
    boolean late = clocks.monotonicMs().getAsLong() > untilMs;
    if (!late && (!delivery.isIdle() || files.isSaving())) {
      later.in(POLL_MS, () -> settle(untilMs, done));
    } else if (late || changes() == savedChanges) {
      done.complete();
    } else {
      save(untilMs, done);
    }
  }

  // ---- work -------------------------------------------------------------------------------------

  private void wake() {
    if (!stepDue) {
      stepDue = true;
      loop.execute(this::step);
    }
  }

  private void step() {
    stepDue = false;
    if (!running) {
      return;
    }
    arrivals();
    delivery.turn();
    long now = clocks.wallMs().getAsLong();
    boolean worked = timers.takeIn(delivered);
    worked |= timers.step(now);
    worked |= timers.roll();
    for (LevelQueue each : levels) {
      worked |= each.step(now, delivered);
    }
    pending = timers.pending();
    keepFrom = neededFrom();
    if (worked) {
      wake();
    } else {
      arm(now);
    }
  }

  private void arrivals() {
    long bits = moved.getAndSet(0);
    if (bits == 0) {
      return;
    }
    if ((bits & 1L << TIMER_BIT) != 0) {
      timers.arrived();
    }
    for (LevelQueue each : levels) {
      if ((bits & bit(each.level() - 1)) != 0) {
        each.arrived();
      }
    }
  }

  /** Comes back when the next is due, or sooner. */
  private void arm(long now) {
    long next = timers.dueMs();
    for (LevelQueue each : levels) {
      next = Math.min(next, each.wakeAtMs());
    }
    if (next == Long.MAX_VALUE || next <= now) { // nothing waits, or for room only, which wakes us
      return;
    }
    long at = Math.min(next, now + LOOK_EVERY_MS);
    if (at < armedForMs || armedForMs <= now) {
      armedForMs = at;
      later.in(
          Math.max(1, at - now),
          () -> {
            armedForMs = Long.MAX_VALUE;
            wake();
          });
    }
  }

  /** What is to be done now and then; goes on by itself while it runs. */
  private void tick() {
    if (!running) {
      return;
    }
    later.in(TICK_MS, this::tick);
    delivery.turn();
    forgetOldMarks();
    figures = freshFigures();
    if (deletionWanted) {
      deletionWanted = false;
      if (timers.neededFrom() < store.status().minPosition() + config.segmentSizeBytes()) {
        timers.rollOldest();
      }
    }
    long now = clocks.monotonicMs().getAsLong();
    if (!files.isSaving()
        && files.isDue(changes() != savedChanges, now - savedAtMs, config, store)) {
      Promise<Void> done = Promise.promise();
      done.future().onFailure(e -> log.warn("delayed messages: the checkpoint failed", e));
      save(Long.MAX_VALUE, done);
    }
    wake();
  }

  /** Marks of earlier runs are of no use once all that they could be about was taken up. */
  private void forgetOldMarks() {
    if (delivered.size() > 0
        && !timers.isTakingIn(startedAt)
        && levels.stream().allMatch(LevelQueue::hasCaughtUp)) {
      delivered = new PositionSet();
    }
  }

  private long changes() {
    long changes = timers.changes();
    for (LevelQueue each : levels) {
      changes += each.deliveredTo();
    }
    return changes;
  }

  /** Saves what is known now, as soon as all that it takes for delivered is forced. */
  private void save(long untilMs, Promise<Void> done) {
    long changes = changes();
    savedAtMs = clocks.monotonicMs().getAsLong();
    files.snapshot(levels, timers, marksFrom(), clocks.wallMs().getAsLong());
    whenForced(
        store.status().appendedPosition(),
        untilMs,
        () ->
            files
                .save(loop)
                .onSuccess(
                    saved -> {
                      savedChanges = changes;
                      keepFrom = neededFrom();
                    })
                .onComplete(done),
        () -> {
          files.dropSnapshot();
          done.complete();
        });
  }

  /** What a checkpoint of this moment lacks is marked from this log position on. */
  private long marksFrom() {
    long from = delivery.lowestPosition();
    for (LevelQueue each : levels) {
      from = Math.min(from, each.lowestPosition());
    }
    return delivered.size() == 0 ? from : Math.min(from, files.savedPosition());
  }

  /** What was delivered must not be lost with the power when the checkpoint says that it was. */
  private void whenForced(long position, long untilMs, Runnable then, Runnable late) {
    if (store.status().flushedPosition() >= position) {
      then.run();
    } else if (clocks.monotonicMs().getAsLong() > untilMs) {
      late.run();
    } else {
      later.in(POLL_MS, () -> whenForced(position, untilMs, then, late));
    }
  }

  // ---- the log ----------------------------------------------------------------------------------

  private long neededFrom() {
    // Marks since the last checkpoint; without a change since then there are none.
    long needed =
        changes() == savedChanges && delivery.isIdle() ? Long.MAX_VALUE : files.savedPosition();
    needed = Math.min(needed, timers.neededFrom());
    for (LevelQueue each : levels) {
      needed = Math.min(needed, each.neededFrom());
    }
    return needed;
  }

  /**
   * The log is needed from this position on. Being asked means that the oldest file is to go: timers in
   * it are then parked anew at the log's end. Any thread.
   */
  public long keepFromPosition() {
    deletionWanted = true;
    return keepFrom;
  }

  @Override
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  public void queueMoved(QueueName queue) {
    if (queue.topic().equals(SystemTopics.SCHEDULE)) {
      moved.accumulateAndGet(bit(queue.queueId()), (all, bit) -> all | bit);
    } else if (queue.topic().equals(SystemTopics.TIMER)) {
      moved.accumulateAndGet(1L << TIMER_BIT, (all, bit) -> all | bit);
    }
  }

  /** Levels beyond the bits share one: who is asked in vain finds nothing. */
  private static long bit(int queueId) {
    return 1L << queueId % TIMER_BIT;
  }

  @Override
  @RunsOn({ThreadRole.APPENDER, ThreadRole.FLUSHER})
  public void wakeIfMoved() {
    if (moved.get() != 0) {
      loop.execute(this::step);
    }
  }

  // ---- for handlers and people; any thread ------------------------------------------------------

  /** Takes a timer message back; completes on the asking context. Fails with what to answer. */
  Future<Void> recall(RecallHandle handle, long nowMs) {
    Promise<Void> done = Promise.promise();
    loop.execute(() -> recall.take(handle, nowMs).onComplete(done));
    return StateLog.onAskingContext(done.future());
  }

  /** What waits, soonest first; completes on the asking context. Fails with what to answer. */
  Future<DelayedMessages> upcoming(int max, @Nullable String after) {
    Promise<DelayedMessages> done = Promise.promise();
    loop.execute(() -> upcoming.page(max, after).onComplete(done));
    return StateLog.onAskingContext(done.future());
  }

  /** How far the levels are delivered, as {@code delayOffset.json} says it. */
  Future<byte[]> offsets() {
    return onLoop(() -> files.offsets(levels, clocks.wallMs().getAsLong()).toJson());
  }

  /**
   * How far the timers are, in the original's bytes: int64 each of the time up to which all is delivered,
   * a position of a file that we don't have, twice the queue offset up to which parked records were taken
   * in, and a data version (state, time, counter).
   */
  Future<byte[]> checkpoint() {
    return onLoop(
        () -> {
          long now = clocks.wallMs().getAsLong();
          long taken = timers.takenTo();
          ByteBuffer bytes = ByteBuffer.allocate(CHECKPOINT_BYTES);
          bytes.putLong(Math.min(now, timers.dueMs())).putLong(0).putLong(taken).putLong(taken);
          bytes.putLong(0).putLong(now).putLong(timers.changes());
          return bytes.array();
        });
  }

  /** How many timers wait. The original counts by real topic; we don't keep these in memory. */
  Future<byte[]> metrics() {
    return onLoop(
        () -> {
          long now = clocks.wallMs().getAsLong();
          return new TimerMetrics(
                  Map.of(SystemTopics.TIMER, new TimerMetrics.Metric(timers.pending(), now)),
                  new DataVersion(timers.changes(), 0L, now))
              .toJson();
        });
  }

  private Future<byte[]> onLoop(Supplier<byte[]> answer) {
    Promise<byte[]> done = Promise.promise();
    loop.execute(() -> done.complete(answer.get()));
    return StateLog.onAskingContext(done.future());
  }

  /** Adds what the original's tools show of a broker. */
  public void figures(Map<String, String> table) {
    table.putAll(figures);
  }

  private Map<String, String> freshFigures() {
    Map<String, String> fresh = new HashMap<>();
    for (LevelQueue each : levels) {
      long to = each.deliveredTo();
      long end = store.maxOffset(SystemTopics.SCHEDULE, each.level() - 1);
      if (to > 0 || end > 0) {
        fresh.put("scheduleMessageOffset_" + each.level(), to + "," + end);
      }
    }
    long behindMs = Math.max(0, clocks.wallMs().getAsLong() - timers.dueMs());
    fresh.put("timerReadBehind", Long.toString(behindMs / 1000));
    fresh.put(
        "timerOffsetBehind",
        Long.toString(Math.max(0, store.maxOffset(SystemTopics.TIMER, 0) - timers.takenTo())));
    fresh.put("timerCongestNum", Long.toString(timers.pending()));
    return fresh;
  }
}
