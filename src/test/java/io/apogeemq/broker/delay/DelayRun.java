package io.apogeemq.broker.delay;

import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.send.Asks;
import io.apogeemq.broker.send.Detour;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.sim.Actions;
import io.apogeemq.sim.SimClock;
import io.apogeemq.sim.SimDisk;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.RetentionConfig;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.StoreConfig.Flush;
import io.apogeemq.store.StoreConfig.FlushMode;
import io.apogeemq.store.TestStore;
import io.vertx.core.Future;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One seeded life of delayed messages on a store on a {@link SimDisk}: messages of levels and timers
 * with random delays, recalls, crashes at random points, clocks that are set, old files that go.
 *
 * <p>Checked: none is delivered before its time, nor late when nothing else happens; what was acknowledged in a mode that survives the
 * crashes is delivered exactly once, what was not at most once; what was recalled isn't delivered.
 */
final class DelayRun {
  private static final Path ROOT = Path.of("/sim/store");
  private static final String TOPIC = "T";
  private static final int STEPS = 1500;
  private static final int QUIET_STEPS = 1200;
  private static final int QUIET_STEP_MS = 50;

  /** When nothing else happens, a message is not so late, once those are delivered that had to wait. */
  private static final int LATE_MS = 100;

  private static final int CATCH_UP_MS = 3000;

  private final Random random;
  private final SimDisk disk;
  private final SimClock clock = new SimClock();
  private final StoreConfig store;
  private final DelayConfig delay;
  private final boolean sync;
  private final Map<Integer, Sent> sent = new HashMap<>();
  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final Queue<Runnable> readers = new ArrayDeque<>();
  private final Queue<Runnable> diskThread = new ArrayDeque<>();
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparingLong(Alarm::atMs).thenComparing(Alarm::number));
  private LogStore log;
  private MessageStore watched;
  private DelayService service;
  private int life;
  private int alarmNumber;

  /** From then on nothing happens but what is due. */
  private long quietSinceMs = Long.MAX_VALUE;

  /** Deliveries by message, and up to where each queue of the topic was read for them. */
  private final Map<Integer, Integer> times = new HashMap<>();

  private final long[] read = new long[2];

  final StringBuilder story = new StringBuilder();

  private record Alarm(long atMs, int number, Runnable task) {}

  /** What was sent, and what is known of it. */
  private static final class Sent {
    final int id;
    final boolean level;
    final long delayMs;
    boolean acked;
    boolean recallAsked;
    boolean recalled;

    /** When it is due; of a level known with the answer. */
    long dueMs;

    @Nullable String handle;

    Sent(int id, boolean level, long delayMs) {
      this.id = id;
      this.level = level;
      this.delayMs = delayMs;
    }
  }

  DelayRun(long seed) {
    random = new Random(new SplittableRandom(seed).nextLong());
    disk = new SimDisk(random);
    sync = random.nextBoolean();
    int segment = 16 * 1024 + 8 * random.nextInt(2000);
    store =
        StoreConfig.at(ROOT)
            .withSegmentSizeBytes(segment)
            .withFlush(new Flush(sync ? FlushMode.SYNC : FlushMode.ASYNC, 50, 1000))
            .withRetention(RetentionConfig.DEFAULT.withReserved(0, Set.of()))
            .withMaxRecordBytes(8 * 1024)
            .withBounds(
                TestStore.bounds(
                    1024 + 512 * random.nextInt(6),
                    32 * 1024,
                    64 * 1024,
                    4096,
                    4096 + random.nextInt(8192),
                    32 + random.nextInt(128)));
    delay =
        new DelayConfig(
            "broker-a",
            TestStore.STORE,
            DelayLevels.parse("1s 2s 6s"),
            true,
            60_000,
            10_000,
            true,
            300 + random.nextInt(3000),
            segment);
  }

  void run() throws IOException {
    note((sync ? "sync" : "async") + ", segments of " + store.segmentSizeBytes());
    open();
    Actions actions = actions();
    for (int step = 0; step < STEPS; step++) {
      actions.next(random);
    }
    quietSinceMs = clock.wallMs() + CATCH_UP_MS;
    for (int step = 0; step < QUIET_STEPS; step++) {
      clock.advance(QUIET_STEP_MS);
      settle();
    }
    finish();
  }

  private Actions actions() {
    return new Actions()
        .with(200, this::send)
        .with(200, () -> log.stepAppender())
        .with(80, () -> log.stepFlusher())
        .with(50, () -> log.stepSealer())
        .with(220, () -> runOne(loop))
        .with(80, () -> runOne(readers))
        .with(40, () -> runOne(diskThread))
        .with(60, () -> advance(random.nextInt(120)))
        .with(20, this::settle)
        .with(15, this::recall)
        .with(
            5,
            () -> {
              clock.jump(random.nextInt(8000) - 4000);
              note("the clock is set to " + clock.wallMs());
            })
        .with(
            15,
            () -> {
              consume();
              log.deleteOldestSegment(Long.MAX_VALUE);
            })
        // A process that dies loses nothing that was written; a loss of power only what wasn't
        // forced.
        .with(7, () -> crash(sync && random.nextBoolean()))
        .with(2, this::stopInOrder);
  }

  // ---- the parts --------------------------------------------------------------------------------

  private void open() throws IOException {
    life++;
    log = new LogStore(store, disk, clock, task -> readers.add(alive(task)));
    watched = watched(log);
    service =
        new DelayService(
            delay,
            watched,
            new Completions(task -> loop.add(alive(task))),
            new DelayFiles(disk, ROOT.resolve("config"), task -> diskThread.add(alive(task))),
            task -> loop.add(alive(task)),
            (ms, task) ->
                alarms.add(new Alarm(clock.monotonicMs() + ms, alarmNumber++, alive(task))),
            new Rates(clock::wallMs, ZoneOffset.UTC),
            new DelayService.Clocks(clock::wallMs, clock::monotonicMs));
    ArrivalFan arrivals = new ArrivalFan();
    arrivals.add(service);
    log.onArrival(arrivals);
    log.keepFrom(service::keepFromPosition);
    service.load();
    LogPass pass = new LogPass(log);
    service.askFor(pass);
    pass.run();
    service.start();
  }

  /** A task of a life that has ended does nothing. */
  private Runnable alive(Runnable task) {
    int born = life;
    return () -> {
      if (life == born) {
        task.run();
      }
    };
  }

  /** The store, with a look at every delivery when it is started. */
  private MessageStore watched(MessageStore real) {
    return (MessageStore)
        Proxy.newProxyInstance(
            MessageStore.class.getClassLoader(),
            new Class<?>[] {MessageStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append")) {
                for (Object each : (List<?>) arguments[0]) {
                  isNotEarly((MessageDraft) each);
                }
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void isNotEarly(MessageDraft draft) {
    if (draft.topic().equals(TOPIC)) {
      Sent message = sent.get(id(draft.body().toString(StandardCharsets.UTF_8)));
      check(message != null, "something was delivered that was never sent");
      note("delivers " + message.id + ", parked at " + (draft.preparedPosition() - 1));
      check(
          message.dueMs == 0 || clock.wallMs() >= message.dueMs,
          "message " + message.id + " is due at " + message.dueMs + " and is delivered before");
      check(
          message.dueMs <= quietSinceMs || clock.wallMs() - message.dueMs <= lateMs(message),
          what(message) + " comes " + (clock.wallMs() - message.dueMs) + " ms late");
    }
  }

  /**
   * A record that is due at a full second may be the original's, which rounds; where the store's time is
   * ahead of a clock that was set back, that adds up to a second.
   */
  private static long lateMs(Sent message) {
    return LATE_MS + (!message.level && message.dueMs % 1000 == 0 ? 1000 : 0);
  }

  private void crash(boolean power) throws IOException {
    note(power ? "power lost" : "process killed");
    if (power) {
      disk.losePower();
    } else {
      disk.killProcess();
    }
    forget();
    open();
  }

  private void stopInOrder() throws IOException {
    note("stops in order");
    Future<Void> stopped = service.stop();
    for (int i = 0; i < 1000 && !stopped.isComplete(); i++) {
      clock.advance(10);
      settle();
    }
    check(stopped.isComplete(), "the service doesn't stop");
    log.close();
    disk.killProcess();
    forget();
    open();
  }

  private void forget() {
    loop.clear();
    readers.clear();
    diskThread.clear();
    alarms.clear();
  }

  private void advance(long ms) {
    clock.advance(ms);
    while (!alarms.isEmpty() && alarms.peek().atMs() <= clock.monotonicMs()) {
      alarms.remove().task().run();
    }
  }

  /** Lets everybody do what there is to do. */
  private void settle() {
    boolean worked = true;
    for (int i = 0; i < 10_000 && worked; i++) {
      advance(0);
      worked = runOne(loop) | runOne(readers) | runOne(diskThread);
      worked |= log.stepAppender() | log.stepFlusher();
    }
    log.stepSealer();
  }

  private static boolean runOne(Queue<Runnable> tasks) {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  // ---- what clients do --------------------------------------------------------------------------

  private void send() {
    int id = sent.size();
    boolean level = random.nextInt(3) == 0;
    int number = 1 + random.nextInt(3);
    long delayMs = level ? delay.levels().delayMs(number) : random.nextInt(8000);
    Sent message = new Sent(id, level, delayMs);
    sent.put(id, message);
    Map<String, String> properties = new HashMap<>();
    properties.put("UNIQ_KEY", "K" + id);
    if (level) {
      properties.put("DELAY", Integer.toString(number));
    } else if (random.nextBoolean()) {
      properties.put("TIMER_DELAY_MS", Long.toString(delayMs));
    } else {
      properties.put("TIMER_DELIVER_MS", Long.toString(clock.wallMs() + delayMs));
    }
    message.dueMs = level ? 0 : clock.wallMs() + delayMs;
    String body = id + " " + "-".repeat(random.nextInt(600));
    MessageDraft draft =
        TestStore.draft(
            TOPIC, random.nextInt(2), body.getBytes(StandardCharsets.UTF_8), properties);
    Detour.Parked parked = service.detour().park(draft, level ? Asks.DELAY_LEVEL : Asks.TIMER);
    message.handle = parked.recallHandle();
    int born = life;
    log.append(
        List.of(parked.draft()),
        true,
        new Completions(Runnable::run),
        result -> {
          if (life == born && result instanceof AppendResult.Appended at) {
            message.acked = true;
            if (level) {
              message.dueMs = at.storeTimestampMs() + delayMs;
            }
          }
        });
  }

  private void recall() {
    List<Sent> candidates =
        sent.values().stream()
            .filter(each -> each.acked && each.handle != null && !each.recallAsked)
            .toList();
    if (candidates.isEmpty()) {
      return;
    }
    Sent message = candidates.get(random.nextInt(candidates.size()));
    message.recallAsked = true;
    int born = life;
    RecallHandle handle = RecallHandle.decode(message.handle);
    check(handle != null, "no handle");
    service
        .recall(handle, clock.wallMs())
        .onSuccess(
            taken -> {
              if (life == born) {
                note("recalled " + message.id);
                message.recalled = true;
              }
            });
  }

  // ---- the end ----------------------------------------------------------------------------------

  /** Reads on in the topic; what is readable stays in the modes and crashes of this simulation. */
  private void consume() {
    for (int queueId = 0; queueId < 2; queueId++) {
      while (read[queueId] < log.maxOffset(TOPIC, queueId)) {
        List<ReadResult> results = new ArrayList<>();
        ReadRequest request =
            new ReadRequest(
                TOPIC, queueId, read[queueId], 32, 1 << 20, ReadRequest.EntryFilter.ALL);
        log.read(request, new Completions(Runnable::run), results::add);
        while (results.isEmpty()) {
          runOne(readers);
        }
        ReadResult.Found found = (ReadResult.Found) results.get(0);
        TestStore.forEach(
            found.records(),
            view ->
                times.merge(
                    id(StandardCharsets.UTF_8.decode(view.body()).toString()), 1, Integer::sum));
        found.records().release();
        read[queueId] = found.nextOffset();
      }
    }
  }

  private void finish() {
    consume();
    for (Sent message : sent.values()) {
      int delivered = times.getOrDefault(message.id, 0);
      String what = what(message) + ", was delivered " + delivered + " times";
      check(delivered <= 1, what);
      check(!message.recalled || delivered == 0, what + " and recalled");
      check(!message.acked || message.recallAsked || delivered == 1, what);
    }
  }

  private static String what(Sent message) {
    return "message "
        + message.id
        + (message.level ? " of a level" : " of a timer")
        + ", delay "
        + message.delayMs;
  }

  private static int id(String body) {
    return Integer.parseInt(body.substring(0, body.indexOf(' ')));
  }

  private void note(String what) {
    story.append(clock.monotonicMs()).append(": ").append(what).append('\n');
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
