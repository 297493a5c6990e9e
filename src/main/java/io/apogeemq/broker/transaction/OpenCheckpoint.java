package io.apogeemq.broker.transaction;

import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.store.MessageStore;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down now and then which half messages are open, so that a restart need not read much of the
 * log, and tells an Apache broker that may come after us where to begin.
 *
 * <p>A checkpoint says what was open as of a log position: each record before it that opens or closes
 * a half message is in the table. It is saved when all that the table knew then is on the disk, so
 * that no crash can take back what it says.
 *
 * <p>For the other broker: the half queue from its lowest open half message on, and the op queue from
 * where the first mark of any half message from there on may lie, as offsets of the original's own group.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class OpenCheckpoint {
  /** The group by which the original remembers how far it has come. */
  static final String GROUP = "CID_RMQ_SYS_TRANS";

  private static final Logger LOG = LoggerFactory.getLogger(OpenCheckpoint.class);

  /** A checkpoint is saved when the log has grown so much since the last one. */
  private static final long EVERY_BYTES = 32L * 1024 * 1024;

  /** But not sooner than so after it. */
  private static final long NOT_WITHIN_MS = 2_000;

  private static final long FLOOR_EVERY_MS = 5_000;
  private static final int MAX_FLOORS = 1024;

  /** No mark for a half message from an offset on lies before this offset of the op queue. */
  private record Floor(long halfOffset, long opOffset) {}

  private record Taken(OpenFile.Saved saved, long durableFrom, long halfOffset, long opOffset) {}

  private final MessageStore store;
  private final OpenHalves halves;
  private final Groups groups;
  private final DueWheel wheel;
  private final MovedHalves moved;
  private final HalfTail tail;
  private final Endings endings;
  private final OffsetTable offsets;
  private final OpenFile file;
  private final Executor loop;
  private final Executor disk;
  private final LongSupplier wallMs;
  private final ArrayDeque<Floor> floors = new ArrayDeque<>();

  private @Nullable Taken taken;
  private boolean saving;
  private boolean wanted;
  private long savedMs;
  private long floorMs;

  /** Where the saved checkpoint ends. Any thread reads. */
  private volatile long savedPosition;

  OpenCheckpoint(
      MessageStore store,
      OpenHalves halves,
      Groups groups,
      DueWheel wheel,
      MovedHalves moved,
      HalfTail tail,
      Endings endings,
      OffsetTable offsets,
      OpenFile file,
      Executor loop,
      Executor disk,
      LongSupplier wallMs,
      long savedPosition) {
    this.store = store;
    this.halves = halves;
    this.groups = groups;
    this.wheel = wheel;
    this.moved = moved;
    this.tail = tail;
    this.endings = endings;
    this.offsets = offsets;
    this.file = file;
    this.loop = loop;
    this.disk = disk;
    this.wallMs = wallMs;
    this.savedPosition = savedPosition;
    floors.add(
        new Floor(
            offsets.find(GROUP, SystemTopics.HALF, HalfDetour.QUEUE).orElse(0),
            offsets.find(GROUP, SystemTopics.HALF_DONE, HalfDetour.QUEUE).orElse(0)));
  }

  /** The log is needed from here on. Any thread. */
  long savedPosition() {
    return savedPosition;
  }

  /**
   * Saves one now. For the start, when all that the table knows is on the disk already.
   *
   * @return completes on the loop when it is saved, fails if it can't be
   */
  Future<Void> saveFirst(long nowMs) {
    Promise<Void> done = Promise.promise();
    Taken first = take(nowMs);
    saving = true;
    disk.execute(() -> save(first, done));
    return done.future();
  }

  /** Saves one as soon as it can. */
  void want() {
    wanted = true;
  }

  /** True if nothing is left of what was wanted. */
  boolean isSettled() {
    return !wanted && taken == null && !saving;
  }

  void tick(long nowMs) {
    if (nowMs - floorMs >= FLOOR_EVERY_MS) {
      floorMs = nowMs;
      noteFloor();
    }
    long grown = store.status().appendedPosition() - savedPosition;
    boolean due = grown >= EVERY_BYTES && nowMs - savedMs >= NOT_WITHIN_MS && tail.next() > 0;
    if (taken == null && !saving && (wanted || due) && tail.isIdle()) {
      wanted = false;
      savedMs = nowMs;
      taken = take(nowMs);
    }
    Taken ready = taken;
    if (ready != null && store.status().flushedPosition() >= ready.durableFrom) {
      taken = null;
      saving = true;
      disk.execute(() -> save(ready, Promise.promise()));
    }
  }

  private Taken take(long nowMs) {
    long readable = store.status().readablePosition();
    tail.catchUp(() -> {});
    if (!tail.isIdle()) {
      readable = savedPosition; // what is being fetched isn't in the table
    }
    long from = Math.max(savedPosition, Math.min(readable, endings.unsettledFrom()));
    Map<String, OpenFile.OfGroup> open = new LinkedHashMap<>();
    halves.each(slot -> add(slot, nowMs, open));
    noteFloor();
    long lowest = halves.lowest(tail.next());
    return new Taken(
        new OpenFile.Saved(from, List.copyOf(open.values())),
        store.status().appendedPosition(),
        lowest,
        opOffsetFor(lowest));
  }

  private void add(int slot, long nowMs, Map<String, OpenFile.OfGroup> to) {
    OpenFile.OfGroup group =
        to.computeIfAbsent(
            groups.get(halves.group(slot)).name,
            name -> new OpenFile.OfGroup(name, new ArrayList<>(), new ArrayList<>()));
    long offset = halves.queueOffset(slot);
    group.open().add(offset);
    group.open().add(halves.logPosition(slot));
    group.open().add(wallMs.getAsLong() + wheel.dueMs(slot) - nowMs);
    for (MovedHalves.Former each : moved.former(offset)) {
      group.moved().add(offset);
      group.moved().add(each.offset());
      group.moved().add(each.position());
    }
  }

  /** No half message from the tail's offset on is known, so none is closed yet. */
  private void noteFloor() {
    Floor last = floors.getLast();
    if (tail.next() > last.halfOffset) {
      floors.add(new Floor(tail.next(), store.maxOffset(SystemTopics.HALF_DONE, HalfDetour.QUEUE)));
    }
    if (floors.size() > MAX_FLOORS) { // a half message has been open for long: fewer steps will do
      List<Floor> all = new ArrayList<>(floors);
      floors.clear();
      for (int i = 0; i < all.size(); i += 2) {
        floors.add(all.get(i));
      }
    }
  }

  private long opOffsetFor(long lowest) {
    Floor best = floors.remove();
    while (!floors.isEmpty() && floors.peek().halfOffset <= lowest) {
      best = floors.remove();
    }
    floors.addFirst(best);
    return best.halfOffset <= lowest ? best.opOffset : 0;
  }

  @RunsOn(ThreadRole.UPKEEP)
  private void save(Taken ready, Promise<Void> done) {
    Exception failure = null;
    try {
      file.save(ready.saved);
    } catch (IOException
        | RuntimeException e) { // whatever it is: the next one must be able to start
      LOG.warn("the open transactions can't be saved: {}", e.toString());
      failure = e;
    }
    Exception failed = failure;
    loop.execute(() -> saved(ready, failed, done));
  }

  private void saved(Taken ready, @Nullable Exception failure, Promise<Void> done) {
    saving = false;
    if (failure == null) {
      savedPosition = ready.saved.logPosition();
      offsets.commit(GROUP, SystemTopics.HALF, HalfDetour.QUEUE, ready.halfOffset);
      offsets.commit(GROUP, SystemTopics.HALF_DONE, HalfDetour.QUEUE, ready.opOffset);
      done.complete();
    } else {
      done.fail(failure);
    }
  }
}
