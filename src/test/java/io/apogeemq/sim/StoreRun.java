package io.apogeemq.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.ArrivalListener;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.StoreConfig.Flush;
import io.apogeemq.store.StoreConfig.FlushMode;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.Disk;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One seeded life of a store on a {@link SimDisk}: random appends, reads, steps, faults, crashes and
 * reopenings, checked against a model.
 *
 * <p>Checked: what was acknowledged in a mode is there after the crashes that the mode survives, at
 * its offset and unchanged; queue offsets are dense and go on after a restart; nothing is there that
 * was refused, never sent, or twice; what a reader saw in sync mode stays; the index says what the
 * log says (by key, by time, by position); a topic that was deleted doesn't come back; no message is
 * deleted before its time that a group hasn't read; a store that found no room goes on when there is;
 * who asks again is told no more than what holds, and an orderly end leaves nobody unanswered.
 */
final class StoreRun {
  private static final Path ROOT = Path.of("/sim/store");
  private static final int TOPICS = 3;
  private static final int QUEUES = 3;
  private static final int STEPS = 600;
  private static final int LARGEST_BODY = 5000;

  private final Random random;
  private final SimDisk disk;
  private final SimClock clock = new SimClock();
  private final StoreConfig config;
  private final Disk seen;
  private final boolean sync;
  private final Deletion deletion;
  private final Map<String, QueueModel> queues = new HashMap<>();
  private final Map<Integer, Sent> sent = new HashMap<>();
  private final ArrayDeque<Runnable> readers = new ArrayDeque<>();
  private LogStore store;
  private int nextId;
  private int life;
  private boolean faulty;

  /** There is little room on the disk. */
  private boolean tight;

  /** The power went while the deletion of this topic was saved; null: it didn't. */
  private @Nullable String halfDeleted;

  /** Something was deleted that only the queue table still knows. */
  private boolean tableIsNeeded;

  /** What this life has told of messages, the latest: somebody may ask again. */
  private final ArrayDeque<Told> told = new ArrayDeque<>();

  /** Appends, and questions for them, that this life has not answered. */
  private int unanswered;

  /** How far all groups have read, by queue. */
  private final Map<String, Long> committed = new HashMap<>();

  final StringBuilder story = new StringBuilder();

  /** When messages go in this life. */
  private enum Deletion {
    NEVER,
    /** The oldest segment, whenever the dice say so. */
    BY_DICE,
    /** The log is bounded, and what is read goes. */
    READ_ONES,
    /** The log is bounded, and the oldest goes. */
    OLDEST
  }

  /** What was sent, and what is known of it. */
  private static final class Sent {
    final int id;
    final String queue;
    final String body;
    State state = State.PENDING;
    long queueOffset = -1;
    long logPosition = -1;

    Sent(int id, String queue, String body) {
      this.id = id;
      this.queue = queue;
      this.body = body;
    }
  }

  /** Messages that were sent together, and where they were put. */
  private record Told(List<Sent> batch, AppendResult.Appended at) {}

  private enum State {
    PENDING,
    ACKED,
    UNKNOWN,
    /** Not stored, or deleted with its topic: must not be there. */
    REFUSED
  }

  /** What the model knows of a queue. */
  private static final class QueueModel {
    final TreeMap<Long, Sent> acked = new TreeMap<>();

    /** Messages that a reader has seen, by offset. */
    final TreeMap<Long, Integer> seen = new TreeMap<>();

    long min;
    long heard;
  }

  StoreRun(long seed) {
    this(seed, disk -> disk);
  }

  /**
   * @param between what stands between the store and the simulated disk
   */
  StoreRun(long seed, Function<SimDisk, Disk> between) {
    // Random's first values hardly differ for small seeds: without the mix all would run in one
    // mode.
    random = new Random(new SplittableRandom(seed).nextLong());
    disk = new SimDisk(random);
    seen = between.apply(disk);
    sync = random.nextBoolean();
    deletion = Deletion.values()[random.nextInt(Deletion.values().length)];
    if (random.nextBoolean()) {
      disk.shortTransfers();
    }
    int segment = 32 * 1024 + 8 * random.nextInt(400);
    RetentionConfig rules = RetentionConfig.DEFAULT.withReserved(0, Set.of());
    if (deletion == Deletion.READ_ONES || deletion == Deletion.OLDEST) {
      rules =
          rules
              .withMaxLogBytes((2L + random.nextInt(4)) * segment)
              .withUnreadToo(deletion == Deletion.OLDEST);
    }
    config =
        StoreConfig.at(ROOT)
            .withSegmentSizeBytes(segment)
            .withFlush(new Flush(sync ? FlushMode.SYNC : FlushMode.ASYNC, 50, 1000))
            .withRetention(rules)
            .withMaxRecordBytes(12 * 1024)
            .withBounds(
                TestStore.bounds(
                    1024 + 512 * random.nextInt(6),
                    32 * 1024,
                    64 * 1024,
                    4096,
                    4096 + random.nextInt(8192),
                    32 + random.nextInt(128),
                    512 * random.nextInt(4)));
  }

  void run() throws IOException {
    note(
        (sync ? "sync" : "async")
            + ", segments of "
            + config.segmentSizeBytes()
            + ", deletion "
            + deletion);
    open();
    Actions actions = actions();
    for (int step = 0; step < STEPS; step++) {
      try {
        actions.next(random);
      } catch (SimDisk.PowerLoss e) {
        crash("power lost in the middle", true);
      }
    }
    finish();
  }

  private Actions actions() {
    return new Actions()
        .with(350, this::append)
        .with(200, () -> store.stepAppender())
        .with(100, this::flush)
        .with(
            100,
            () -> {
              store.stepSealer();
              takeMinimums();
            })
        .with(143, this::readSome)
        .with(7, this::askAgain)
        .with(30, () -> clock.advance(random.nextInt(80)))
        .with(5, () -> clock.jump(random.nextInt(4000) - 2000))
        .with(5, () -> clock.advance(1500))
        .with(5, this::lookUp)
        .with(10, this::deleteOldest)
        .with(5, this::fault)
        .with(5, () -> disk.losePowerAfter(1 + random.nextInt(60)))
        .with(5, () -> crash("process killed", false))
        .with(5, () -> crash("power lost", true))
        .with(3, this::closeInOrder)
        .with(2, this::deleteTopic)
        .with(4, this::leaveLittleRoom)
        .with(4, this::commit)
        .with(
            12,
            () -> {
              if (!readers.isEmpty()) {
                readers.poll().run();
              }
            });
  }

  // ---- actions
  // -----------------------------------------------------------------------------------

  /** A force, often with other threads at work meanwhile. */
  private void flush() {
    if (random.nextInt(3) == 0) {
      disk.duringNextForce(
          () -> {
            for (int i = random.nextInt(6); i > 0; i--) {
              append();
              store.stepAppender();
              readSome();
              clock.advance(random.nextInt(500));
            }
          });
    }
    store.stepFlusher();
    disk.duringNextForce(null);
  }

  private void leaveLittleRoom() {
    if (tight) {
      makeRoom();
      return;
    }
    long bytes = 512L * random.nextInt(40);
    note("room for " + bytes + " bytes is left");
    tight = true;
    disk.leaveRoom(bytes);
  }

  private void makeRoom() {
    note("there is room again");
    disk.leaveRoom(Long.MAX_VALUE);
    clock.advance(600);
    store.stepAppender();
    for (int i = 0; i < 4; i++) {
      store.stepSealer();
    }
    takeMinimums();
    tight = false;
    String reason = store.status().readOnlyReason();
    check(
        faulty || reason.isEmpty() || reason.contains("commitLogMaxBytes"),
        "there is room, but: " + reason);
  }

  /** Groups have read on. */
  private void commit() {
    for (String name : queues.keySet()) {
      String topic = name.substring(0, name.indexOf(':'));
      int queueId = Integer.parseInt(name.substring(name.indexOf(':') + 1));
      long max = store.maxOffset(topic, queueId);
      long from = Math.min(max, committed.getOrDefault(name, 0L));
      committed.put(name, from + (long) (random.nextDouble() * (max - from + 1)));
    }
  }

  /** Deletes a topic when nothing of it is under way, and lets the deletion be saved. */
  private void deleteTopic() {
    while (store.stepAppender() || sync && store.stepFlusher()) {
      // Until all that was sent is decided.
    }
    runReaders();
    if (faulty || tight || !store.status().readOnlyReason().isEmpty()) {
      return;
    }
    String topic = "topic" + random.nextInt(TOPICS);
    note("deletes " + topic);
    halfDeleted = topic;
    store.deleteTopic(topic);
    store.stepAppender();
    while (store.stepSealer()) {
      // Until the deletion is saved.
    }
    halfDeleted = null;
    forget(topic);
    takeMinimums();
  }

  private void forget(String topic) {
    tableIsNeeded = true;
    String start = topic + ":";
    queues.keySet().removeIf(name -> name.startsWith(start));
    committed.keySet().removeIf(name -> name.startsWith(start));
    for (Sent message : sent.values()) {
      if (message.queue.startsWith(start)) {
        message.state = State.REFUSED;
      }
    }
  }

  private void append() {
    String topic = "topic" + random.nextInt(TOPICS);
    int queueId = random.nextInt(QUEUES);
    String queue = topic + ":" + queueId;
    int count = random.nextInt(8) == 0 ? 1 + random.nextInt(6) : 1;
    List<Sent> batch = new ArrayList<>();
    List<MessageDraft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = nextId++;
      // Often the same size: then records of another life can begin where one of this life ends.
      int size = random.nextInt(10) == 0 ? random.nextInt(LARGEST_BODY) : 40 * random.nextInt(3);
      String body = id + "|" + "x".repeat(size);
      Sent message = new Sent(id, queue, body);
      sent.put(id, message);
      batch.add(message);
      drafts.add(
          TestStore.draft(
              topic,
              queueId,
              body.getBytes(UTF_8),
              id % 5 == 0
                  ? Map.of()
                  // Sorted: Map.of has another order in each JVM, and a seed would tell another
                  // story.
                  : new TreeMap<>(Map.of("UNIQ_KEY", "U" + id, "KEYS", "k" + id % 7 + " all"))));
    }
    boolean wait = random.nextInt(10) != 0;
    store.append(
        drafts,
        wait,
        new Completions(Runnable::run),
        heard(result -> answered(batch, result, wait)));
  }

  /** What became of a send whose answer may have been lost; asked in this life. */
  private void askAgain() {
    if (!told.isEmpty()) {
      askAgain(new ArrayList<>(told).get(random.nextInt(told.size())));
    }
  }

  private void askAgain(Told one) {
    boolean wait = random.nextInt(10) != 0;
    store.awaitDurable(
        one.at, wait, new Completions(Runnable::run), heard(result -> told(one, result, wait)));
  }

  private void told(Told one, AppendResult result, boolean waited) {
    check(!(result instanceof AppendResult.Refused), "refused what is in the log");
    if (result instanceof AppendResult.Appended && (waited || !sync)) {
      for (Sent message : one.batch) {
        if (message.state == State.UNKNOWN) {
          acknowledge(message);
        }
      }
    } else if (result instanceof AppendResult.Unknown) {
      check(sync || faulty || tight, "asked again: unknown without a reason");
    }
  }

  /** Of an answer of the store: it comes once, and in the life that asked. */
  private Consumer<AppendResult> heard(Consumer<AppendResult> then) {
    int askedIn = life;
    boolean[] heard = {false};
    unanswered++;
    return result -> {
      check(askedIn == life, "an answer of an earlier life");
      check(!heard[0], "answered twice");
      heard[0] = true;
      unanswered--;
      if (!disk.isDark()) { // Nobody hears a machine without power.
        then.accept(result);
      }
    };
  }

  private Told remember(List<Sent> batch, AppendResult.Appended at) {
    Told one = new Told(batch, at);
    told.add(one);
    if (told.size() > 16) {
      told.remove();
    }
    return one;
  }

  private void acknowledge(Sent message) {
    message.state = State.ACKED;
    QueueModel queue = queues.computeIfAbsent(message.queue, name -> new QueueModel());
    Sent other = queue.acked.put(message.queueOffset, message);
    check(
        other == null || other == message,
        "offset " + message.queueOffset + " of " + message.queue + " twice");
  }

  private void answered(List<Sent> batch, AppendResult result, boolean waited) {
    if (result instanceof AppendResult.Refused) {
      batch.forEach(message -> message.state = State.REFUSED);
      return;
    }
    AppendResult.Appended at =
        result instanceof AppendResult.Unknown unknown
            ? unknown.at()
            : (AppendResult.Appended) result;
    boolean sure = result instanceof AppendResult.Appended;
    check(sure || sync || faulty || tight, "unknown without a reason");
    long[] all = at.logPositions();
    check(all != null || batch.size() == 1, "a batch without log positions");
    for (int i = 0; i < batch.size(); i++) {
      Sent message = batch.get(i);
      message.queueOffset = at.queueOffset() + i;
      message.logPosition = all == null ? at.logPosition() : all[i];
      if (sure && (waited || !sync)) {
        acknowledge(message);
      } else {
        message.state = State.UNKNOWN; // not promised to last
      }
    }
    Told one = remember(batch, at);
    if (!sure && random.nextBoolean()) {
      askAgain(one); // as clients do
    }
  }

  private void readSome() {
    String topic = "topic" + random.nextInt(TOPICS);
    int queueId = random.nextInt(QUEUES);
    long max = store.maxOffset(topic, queueId);
    long min = store.minOffset(topic, queueId);
    long offset =
        min + (long) (random.nextDouble() * (max - min + 2)) - (random.nextInt(20) == 0 ? 1 : 0);
    ReadRequest request =
        new ReadRequest(
            topic,
            queueId,
            offset,
            1 + random.nextInt(40),
            1 + random.nextInt(10_000),
            ReadRequest.EntryFilter.ALL);
    ReadResult hot = store.readHot(request);
    if (hot instanceof ReadResult.Cold) {
      int askedIn = life;
      store.read(
          request,
          new Completions(Runnable::run),
          result -> {
            check(askedIn == life, "a read of an earlier life");
            checkRead(request, result);
          });
    } else {
      checkRead(request, hot);
    }
  }

  private void checkRead(ReadRequest request, ReadResult result) {
    String name = request.topic() + ":" + request.queueId();
    check(!(result instanceof ReadResult.Cold), "a cold read was answered as cold");
    if (result instanceof ReadResult.Found found) {
      long next = takeRecords(name, request.queueOffset(), found.records());
      check(next == found.nextOffset(), name + ": next is " + found.nextOffset() + " not " + next);
      check(found.messages() == next - request.queueOffset(), name + ": messages");
    } else if (result instanceof ReadResult.NoneWanted) {
      check(
          request.queueOffset() < store.minOffset(request.topic(), request.queueId()),
          name + "@" + request.queueOffset() + " has nothing although all is wanted: " + result);
    }
  }

  /** Compares records with the model; returns the offset behind them. */
  private long takeRecords(String name, long from, ByteBuf records) {
    QueueModel queue = queues.computeIfAbsent(name, n -> new QueueModel());
    long[] next = {from};
    TestStore.forEach(
        records,
        view -> {
          check(
              view.queueOffset() == next[0],
              name + ": offset " + view.queueOffset() + " where " + next[0] + " belongs");
          check((view.topic() + ":" + view.queueId()).equals(name), "another queue's record");
          check(view.bodyMatchesCrc(), name + ": body damaged");
          String body = UTF_8.decode(view.body()).toString();
          int id = Integer.parseInt(body.substring(0, body.indexOf('|')));
          Sent message = sent.get(id);
          check(message != null && message.body.equals(body), name + ": invented " + body);
          check(
              id % 5 == 0
                  ? view.hasNoProperties()
                  : ("U" + id).equals(Properties.get(view.properties(), Properties.UNIQ_KEY)),
              name
                  + "@"
                  + next[0]
                  + ": properties damaged: "
                  + Arrays.toString(view.properties())
                  + " at "
                  + view.logPosition()
                  + " size "
                  + view.size());
          check(message.queue.equals(name), name + ": message of " + message.queue);
          check(message.state != State.REFUSED, name + ": refused message " + id + " is there");
          Sent acked = queue.acked.get(next[0]);
          check(
              acked == null || acked == message,
              name + "@" + next[0] + ": other than acknowledged");
          check(
              message.logPosition < 0 || message.logPosition == view.logPosition(),
              name + "@" + next[0] + ": moved in the log");
          Integer before = queue.seen.put(next[0], id);
          check(before == null || before == id, name + "@" + next[0] + ": was another message");
          next[0]++;
        });
    records.release();
    return next[0];
  }

  private void lookUp() {
    List<Sent> acked = new ArrayList<>();
    queues.values().forEach(queue -> acked.addAll(queue.acked.tailMap(queue.min).values()));
    if (acked.isEmpty()) {
      return;
    }
    Sent message = acked.get(random.nextInt(acked.size()));
    String topic = message.queue.substring(0, message.queue.indexOf(':'));
    int queueId = Integer.parseInt(message.queue.substring(message.queue.indexOf(':') + 1));
    if (message.queueOffset < store.minOffset(topic, queueId)) {
      return;
    }
    Completions direct = new Completions(Runnable::run);
    AtomicReference<List<String>> bodies = new AtomicReference<>();
    store.recordsByKey(
        topic,
        "U" + message.id,
        true,
        0,
        Long.MAX_VALUE,
        10,
        direct,
        found -> bodies.set(TestStore.bodiesOf(found)));
    store.recordAt(
        message.logPosition,
        direct,
        found -> check(TestStore.bodiesOf(found).equals(List.of(message.body)), "by position"));
    store.storeTime(
        topic,
        queueId,
        message.queueOffset,
        direct,
        time -> {
          check(time.isPresent(), "no store time");
          store.offsetByTime(
              topic,
              queueId,
              time.getAsLong(),
              false,
              direct,
              offset -> check(offset <= message.queueOffset, "by time: " + offset));
        });
    runReaders();
    check(
        message.id % 5 == 0 || List.of(message.body).equals(bodies.get()),
        "by key " + message.id + " at " + message.logPosition + ": " + bodies.get());
  }

  private void runReaders() {
    while (!readers.isEmpty()) {
      readers.poll().run();
    }
  }

  private void deleteOldest() {
    if (deletion == Deletion.BY_DICE && store.deleteOldestSegment(Long.MAX_VALUE)) {
      note("deleted the oldest segment");
    }
    takeMinimums();
  }

  private void takeMinimums() {
    queues.forEach(
        (name, queue) -> {
          String topic = name.substring(0, name.indexOf(':'));
          int queueId = Integer.parseInt(name.substring(name.indexOf(':') + 1));
          long min = store.minOffset(topic, queueId);
          checkMinimum(name, queue, min);
          queue.min = min;
        });
  }

  private void checkMinimum(String name, QueueModel queue, long min) {
    check(min >= queue.min, name + ": minimum went back from " + queue.min + " to " + min);
    check(
        min == queue.min || deletion != Deletion.NEVER,
        name + ": the first is " + min + " though nothing was deleted");
    check(
        min == queue.min
            || deletion != Deletion.READ_ONES
            || min <= committed.getOrDefault(name, 0L),
        name + ": deleted up to " + min + ", read up to " + committed.get(name));
    tableIsNeeded |= min > 0;
  }

  private void fault() {
    faulty = true;
    if (random.nextBoolean()) {
      note("next force fails");
      disk.failNextForce();
    } else {
      note("next write fails");
      disk.failNextWrite();
    }
  }

  // ---- lives
  // -------------------------------------------------------------------------------------

  /** True if power was lost on the way. */
  private boolean open() throws IOException {
    boolean lostPower = false;
    for (int attempt = 0; ; attempt++) {
      try {
        store = new LogStore(config, seen, clock, readers::add);
        break;
      } catch (SimDisk.PowerLoss e) {
        note("power lost while recovering");
        lostPower = true;
        disk.losePower();
        check(attempt < 50, "recovery never ends");
      }
    }
    disk.losePowerAfter(Long.MAX_VALUE);
    store.readProgress(() -> (topic, queueId) -> committed.getOrDefault(topic + ":" + queueId, 0L));
    store.onArrival(
        new ArrivalListener() {
          @Override
          public void queueMoved(String topic, int queueId, long maxOffset) {
            check(
                store.maxOffset(topic, queueId) >= maxOffset,
                "arrival told before it is readable: " + topic + ":" + queueId);
            queues.computeIfAbsent(topic + ":" + queueId, n -> new QueueModel()).heard = maxOffset;
          }

          @Override
          public void batchEnded() {}
        });
    return lostPower;
  }

  private void crash(String how, boolean power) throws IOException {
    long flushed = store.status().flushedPosition();
    note(how + ", flushed " + flushed + ", appended " + store.status().appendedPosition());
    if (power) {
      disk.losePower();
    } else {
      disk.killProcess();
    }
    damageIndex(!power);
    if (random.nextInt(4) == 0) {
      disk.losePowerAfter(1 + random.nextInt(80));
    }
    reopened(power ? flushed : Long.MAX_VALUE, flushed);
  }

  /**
   * @param promisedUnlessPowerGoes in async mode what lies before this log position has survived
   * @param forced the same if power is lost during the recovery
   */
  private void reopened(long promisedUnlessPowerGoes, long forced) throws IOException {
    life++;
    readers.clear();
    told.clear();
    unanswered = 0;
    faulty = false;
    tight = false;
    disk.leaveRoom(Long.MAX_VALUE);
    long promised = open() ? forced : promisedUnlessPowerGoes;
    if (halfDeleted != null) {
      boolean gone = true;
      for (int queueId = 0; queueId < QUEUES; queueId++) {
        gone &= store.maxOffset(halfDeleted, queueId) == 0;
      }
      if (gone) {
        forget(halfDeleted);
      }
      halfDeleted = null;
    }
    Set<Integer> ids = new HashSet<>();
    for (int topic = 0; topic < TOPICS; topic++) {
      for (int queueId = 0; queueId < QUEUES; queueId++) {
        checkQueue("topic" + topic, queueId, promised, ids);
      }
    }
    // What was under way is decided now: it is there or it never will be.
    for (Sent message : sent.values()) {
      if (message.state == State.PENDING || message.state == State.UNKNOWN) {
        message.state = ids.contains(message.id) ? State.ACKED : State.REFUSED;
      }
    }
  }

  private void checkQueue(String topic, int queueId, long promised, Set<Integer> ids) {
    String name = topic + ":" + queueId;
    QueueModel queue = queues.computeIfAbsent(name, n -> new QueueModel());
    long min = store.minOffset(topic, queueId);
    long max = store.maxOffset(topic, queueId);
    checkMinimum(name, queue, min);
    queue.min = min;
    committed.computeIfPresent(name, (key, offset) -> Math.min(offset, max));
    // Lost by an allowed crash: the model forgets it, from the first lost one on.
    Long firstLost = null;
    for (Map.Entry<Long, Sent> entry : queue.acked.tailMap(max).entrySet()) {
      Sent message = entry.getValue();
      check(
          !sync && message.logPosition >= promised,
          name
              + "@"
              + entry.getKey()
              + " was acknowledged at log position "
              + message.logPosition
              + " and is gone; max is "
              + max);
      message.state = State.REFUSED;
      firstLost = firstLost == null ? entry.getKey() : firstLost;
    }
    if (firstLost != null) {
      queue.acked.tailMap(firstLost).clear();
    }
    if (sync) {
      check(
          queue.seen.isEmpty() || queue.seen.lastKey() < max, name + ": a reader saw what is gone");
    }
    queue.seen.tailMap(max).clear();
    long offset = min;
    while (offset < max) {
      ReadRequest request =
          new ReadRequest(topic, queueId, offset, 64, 1 << 20, ReadRequest.EntryFilter.ALL);
      AtomicReference<ReadResult> told = new AtomicReference<>();
      store.read(request, new Completions(Runnable::run), told::set);
      runReaders();
      check(
          told.get() instanceof ReadResult.Found,
          name + "@" + offset + " of " + min + " to " + max + ": " + told.get());
      ReadResult.Found found = (ReadResult.Found) told.get();
      TestStore.bodiesOf(found.records())
          .forEach(
              body ->
                  check(
                      ids.add(Integer.parseInt(body.substring(0, body.indexOf('|')))),
                      name + ": twice " + body));
      TestStore.forEach(
          found.records(),
          view -> {
            String body = UTF_8.decode(view.body()).toString();
            Sent message = sent.get(Integer.parseInt(body.substring(0, body.indexOf('|'))));
            check(message != null, "invented " + body);
            message.queueOffset = view.queueOffset();
            message.logPosition = view.logPosition();
            remember(
                List.of(message),
                new AppendResult.Appended(view.queueOffset(), view.logPosition(), -1, null));
          });
      long from = offset;
      offset = takeRecords(name, offset, found.records());
      check(offset > from, name + ": no progress");
    }
    queue.seen.forEach(
        (at, id) -> {
          Sent message = sent.get(id);
          if (message.state != State.ACKED && at >= queue.min && at < max) {
            queue.acked.put(at, message);
          }
        });
  }

  /**
   * Index files are deleted or damaged while nothing runs: the log has it all, but for deletions. With
   * the queue table gone the log counts as another broker's, which has ended in order.
   */
  private void damageIndex(boolean logIsWhole) throws IOException {
    if (random.nextInt(4) != 0) {
      return;
    }
    for (String name : disk.list(config.indexDir())) {
      Path file = config.indexDir().resolve(name);
      boolean table = name.equals("queues");
      if (table && (tableIsNeeded || !logIsWhole) || random.nextBoolean()) {
        continue;
      }
      long end = table ? disk.size(file) : checkedBytes(file);
      if (random.nextBoolean() || end == 0) {
        note("index file " + name + " is deleted");
        disk.delete(file);
      } else {
        int at = random.nextInt((int) end);
        note("index file " + name + " is damaged at " + at + " of " + end);
        disk.flipBit(file, at, random.nextInt(8));
      }
    }
    disk.forceDirectory(config.indexDir());
  }

  /** So many bytes from the start are checked when an index file is opened: of a sealed one its header. */
  private long checkedBytes(Path file) throws IOException {
    byte[] bytes = disk.readAll(file);
    boolean sealed = bytes.length > 16 && ByteBuffer.wrap(bytes).getInt(12) == 1;
    return sealed ? 128 : bytes.length;
  }

  private void closeInOrder() throws IOException {
    note("closed in order");
    boolean wasFaulty = faulty || tight;
    long flushed = store.status().flushedPosition();
    store.close();
    check(unanswered == 0, unanswered + " appends were not answered by a store that is closed");
    boolean power = random.nextBoolean();
    if (power) {
      disk.losePower();
    } else {
      disk.killProcess();
    }
    int damagedBefore = story.length();
    damageIndex(!wasFaulty);
    boolean damaged = story.length() > damagedBefore;
    // An orderly end forces everything, unless a fault came in the way.
    reopened(wasFaulty && power ? flushed : Long.MAX_VALUE, wasFaulty ? flushed : Long.MAX_VALUE);
    if (!wasFaulty && !damaged) {
      check(store.recoveredScanBytes() == 0, "an orderly end left a scan");
    }
  }

  private void finish() throws IOException {
    crash("the end: process killed", false);
    lookUp();
    store.close();
  }

  private void note(String what) {
    story.append("  life ").append(life).append(": ").append(what).append('\n');
  }

  private static void check(boolean holds, String broken) {
    if (!holds) {
      throw new AssertionError(broken);
    }
  }
}
