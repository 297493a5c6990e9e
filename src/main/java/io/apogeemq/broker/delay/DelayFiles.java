package io.apogeemq.broker.delay;

import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.JsonForm;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.io.Disk;
import io.apogeemq.store.state.StateFile;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The two checkpoints of this room in {@code config/}: {@link DelayOffsets} of the levels, {@link
 * TimerFile} of the timers. Each names the log position from which on deliveries have to be looked for
 * in the log.
 */
public final class DelayFiles {
  /** The log may grow so far beyond a checkpoint: a start after a crash looks through no more. */
  private static final long MAX_BEHIND_BYTES = 64L * 1024 * 1024;

  /** A checkpoint up to this size is written as often as asked for; a larger one by the log's growth. */
  private static final int SMALL_BYTES = 1024 * 1024;

  private final Disk disk;
  private final Path folder;
  private final Executor diskThread;
  private final StateFile offsetsFile;

  private DelayOffsets offsets = DelayOffsets.NONE;
  private @Nullable TimerFile timers;
  private @Nullable Snapshot snapshot;
  private long timersTakenTo;
  private long latestMs;
  private boolean there;
  private long savedPosition;
  private int timerBytes;

  private record Snapshot(DelayOffsets offsets, TimerFile timers) {}

  /** {@code diskThread}: runs what waits for files. */
  public DelayFiles(Disk disk, Path folder, Executor diskThread) {
    this.disk = disk;
    this.folder = folder;
    this.diskThread = diskThread;
    offsetsFile = new StateFile(disk, folder.resolve(DelayOffsets.NAME));
  }

  // ---- at the start -----------------------------------------------------------------------------

  @RunsOn({ThreadRole.UPKEEP, ThreadRole.CALLER})
  void load() throws IOException {
    DelayOffsets found = offsetsFile.load(text -> Body.parse(DelayOffsets.class, text));
    offsets = found == null ? DelayOffsets.NONE : found;
    timers = TimerFile.read(disk, folder);
    timersTakenTo = timers == null ? 0 : timers.takenTo();
    there = timers != null && offsets.apogeeLogPosition() != null;
  }

  /**
   * From which log position on deliveries may be unknown to the checkpoints. The original's file of the
   * levels has none, for its deliveries have no marks; nor has a folder where nothing was ever delayed.
   */
  long marksFrom(MessageStore store) {
    long from = Long.MAX_VALUE;
    if (offsets.apogeeLogPosition() != null) {
      from = offsets.apogeeLogPosition();
    } else if (offsets == DelayOffsets.NONE && holdsDelayed(store)) {
      from = 0;
    }
    if (timers != null) {
      from = Math.min(from, timers.logPosition());
    } else if (store.maxOffset(SystemTopics.TIMER, 0) > 0) {
      from = 0;
    }
    savedPosition = from == Long.MAX_VALUE ? store.status().appendedPosition() : from;
    return from;
  }

  private static boolean holdsDelayed(MessageStore store) {
    // The original's table has as many levels as anybody has configured; its default has 18.
    for (int queueId = 0; queueId < 64; queueId++) {
      if (store.maxOffset(SystemTopics.SCHEDULE, queueId) > 0) {
        return true;
      }
    }
    return false;
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  long deliveredTo(int level) {
    return offsets.offsetTable().getOrDefault(level, 0L);
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  long timersTakenTo() {
    return timersTakenTo;
  }

  /** The latest time of day that the checkpoint's run saw. After {@link #forEachTimer}. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  long latestMs() {
    return latestMs;
  }

  /** False if this folder has no checkpoint of ours yet. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  boolean areThere() {
    return there;
  }

  /** Shows the timers of the checkpoint, once: it is dropped. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void forEachTimer(TimerFile.Entries each) {
    if (timers != null) {
      timers.forEach(each);
      latestMs = timers.latestMs();
      timerBytes = timers.size();
      timers = null;
    }
  }

  // ---- while it runs ----------------------------------------------------------------------------

  /** What the saved checkpoints lack lies behind this log position. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  long savedPosition() {
    return savedPosition;
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  boolean isSaving() {
    return snapshot != null;
  }

  /** Whether it is time: by the clock; and by the log's growth, for what a checkpoint costs. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  boolean isDue(boolean changed, long sinceMs, DelayConfig config, MessageStore store) {
    long behind = store.status().appendedPosition() - savedPosition;
    return sinceMs >= config.saveEveryMs()
        && (behind >= MAX_BEHIND_BYTES
            || changed && (timerBytes <= SMALL_BYTES || behind >= timerBytes));
  }

  /**
   * Notes what is true now, to be saved.
   *
   * @param logPosition deliveries before it are taken into account
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  void snapshot(List<LevelQueue> levels, Timers waiting, long logPosition, long nowMs) {
    int[] entries = {0};
    waiting.forEach((dueMs, position) -> entries[0]++);
    TimerFile file = TimerFile.of(logPosition, waiting.takenTo(), waiting.latestMs(), entries[0]);
    waiting.forEach(file::add);
    snapshot = new Snapshot(offsets.with(deliveredTo(levels), logPosition, nowMs), file);
  }

  /** The levels' file as it would be written now. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  DelayOffsets offsets(List<LevelQueue> levels, long nowMs) {
    return offsets.with(deliveredTo(levels), savedPosition, nowMs);
  }

  private static Map<Integer, Long> deliveredTo(List<LevelQueue> levels) {
    Map<Integer, Long> to = new HashMap<>();
    levels.forEach(each -> to.put(each.level(), each.deliveredTo()));
    return to;
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  void dropSnapshot() {
    snapshot = null;
  }

  /** Writes the snapshot; completes on the loop. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<Void> save(Executor loop) {
    Promise<Void> done = Promise.promise();
    Snapshot taken = snapshot;
    if (taken == null) {
      throw new IllegalStateException("nothing was noted to be saved");
    }
    diskThread.execute(
        () -> {
          Exception failure = null;
          try {
            taken.timers().write(disk, folder);
            offsetsFile.save(taken.offsets().toJson(JsonForm.FILE));
          } catch (IOException | RuntimeException e) { // whatever: the next must be able to start
            failure = e;
          }
          Exception failed = failure;
          loop.execute(() -> saved(taken, failed, done));
        });
    return done.future();
  }

  private void saved(Snapshot taken, @Nullable Exception failed, Promise<Void> done) {
    snapshot = null;
    if (failed != null) {
      done.fail(failed);
      return;
    }
    offsets = taken.offsets();
    there = true;
    timerBytes = taken.timers().size();
    savedPosition = taken.timers().logPosition();
    done.complete();
  }
}
