package io.apogeemq.broker.delay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.send.Asks;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.protocol.body.DelayedMessages;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.FileDisk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service on a real store with its threads; the time of day is the test's. */
class DelayServiceTest {
  private static final String TOPIC = "T";

  /** What the service does after a while comes so many times sooner. */
  private static final long HURRY = 20;

  @TempDir private Path root;
  private final AtomicLong wallMs = new AtomicLong(System.currentTimeMillis());
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  private final List<AppendResult.Appended> parked = new ArrayList<>();
  private LogStore store;

  /** The service doesn't find records of the first level before this queue offset. */
  private volatile long firstLeft;

  /** The service can't read single records. */
  private volatile boolean unreadable;

  private DelayService service;

  private void open() throws IOException {
    store = LogStore.open(TestStore.config(root));
    DelayConfig config =
        new DelayConfig(
            "broker-a",
            TestStore.STORE,
            DelayLevels.parse("1h 2h"),
            true,
            TimeUnit.DAYS.toMillis(366),
            1000,
            true,
            100,
            1024 * 1024);
    service =
        new DelayService(
            config,
            seen(store),
            new Completions(loop),
            new DelayFiles(new FileDisk(), root.resolve("config"), loop),
            loop,
            (ms, task) -> loop.schedule(task, Math.max(1, ms / HURRY), TimeUnit.MILLISECONDS),
            new Rates(wallMs::get, ZoneOffset.UTC),
            new DelayService.Clocks(wallMs::get, () -> System.nanoTime() / 1_000_000));
    ArrivalFan arrivals = new ArrivalFan();
    arrivals.add(service);
    store.onArrival(arrivals);
    store.keepFrom(service::keepFromPosition);
    service.load();
    LogPass pass = new LogPass(store);
    service.askFor(pass);
    pass.run();
    store.start();
    service.start();
  }

  /** The store, of which the service sees less where the test says so. */
  private MessageStore seen(MessageStore real) {
    return (MessageStore)
        Proxy.newProxyInstance(
            MessageStore.class.getClassLoader(),
            new Class<?>[] {MessageStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("recordAt") && unreadable) {
                Consumer<ByteBuf> then = consumer(arguments[2]);
                loop.execute(() -> then.accept(Unpooled.EMPTY_BUFFER));
                return null;
              }
              if (method.getName().equals("read")
                  && arguments[0] instanceof ReadRequest ask
                  && ask.topic().equals(SystemTopics.SCHEDULE)
                  && ask.queueOffset() < firstLeft) {
                Consumer<ReadResult> then = consumer(arguments[2]);
                long end = real.maxOffset(ask.topic(), ask.queueId());
                loop.execute(
                    () ->
                        then.accept(
                            new ReadResult.OffEnds(
                                ReadResult.End.BEFORE_FIRST, firstLeft, firstLeft, end)));
                return null;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @SuppressWarnings("unchecked")
  private static <T> Consumer<T> consumer(Object argument) {
    return (Consumer<T>) argument;
  }

  private void close() {
    service.stop().toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    store.close();
  }

  @AfterEach
  void end() {
    if (store != null) {
      close();
    }
    loop.shutdownNow();
  }

  private void send(String body, Map<String, String> properties) {
    MessageDraft draft =
        TestStore.draft(TOPIC, 0, body.getBytes(StandardCharsets.UTF_8), properties);
    int asks = properties.containsKey("DELAY") ? Asks.DELAY_LEVEL : Asks.TIMER;
    append(service.detour().park(draft, asks).draft());
  }

  private void append(MessageDraft draft) {
    AppendResult result =
        TestStore.await(
            then -> store.append(List.of(draft), true, new Completions(Runnable::run), then));
    parked.add((AppendResult.Appended) result);
  }

  private List<String> delivered() {
    List<String> bodies = new ArrayList<>();
    for (long offset = store.minOffset(TOPIC, 0); offset < store.maxOffset(TOPIC, 0); offset++) {
      long at = offset;
      ReadResult result =
          TestStore.await(
              then ->
                  store.read(
                      new ReadRequest(TOPIC, 0, at, 1, 1 << 20, ReadRequest.EntryFilter.ALL),
                      new Completions(Runnable::run),
                      then));
      ReadResult.Found found = (ReadResult.Found) result;
      bodies.addAll(TestStore.bodiesOf(found.records()));
      found.records().release();
    }
    return bodies;
  }

  private void awaitDelivered(String... bodies) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(delivered()).containsExactlyInAnyOrder(bodies));
  }

  private static Map<String, String> level(int level) {
    return Map.of("DELAY", Integer.toString(level));
  }

  private Map<String, String> at(long ms) {
    return Map.of("TIMER_DELIVER_MS", Long.toString(ms));
  }

  @Test
  void recordsThatDoNotSayWhereToGoDoNotKeepOthersWaiting() throws IOException {
    open();
    append(TestStore.draft("SCHEDULE_TOPIC_XXXX", 0, "lost", ""));
    append(TestStore.draft("rmq_sys_wheel_timer", 0, "lost", ""));
    Map<String, String> nowhere = new LinkedHashMap<>();
    nowhere.put("TIMER_OUT_MS", Long.toString(wallMs.get()));
    nowhere.put("REAL_TOPIC", TOPIC);
    nowhere.put("REAL_QID", "none");
    append(TestStore.draft("rmq_sys_wheel_timer", 0, new byte[1], nowhere));
    send("level", level(1));
    send("timer", at(wallMs.get() + 1000));
    wallMs.addAndGet(TimeUnit.HOURS.toMillis(1) + 5000);
    awaitDelivered("level", "timer");
  }

  @Test
  void whatIsGoneOrCanNotBeReadEndsNoListOfWhatWaits() throws IOException {
    open();
    for (int i = 0; i < 3; i++) {
      send("level " + i, level(1));
      send("timer " + i, at(wallMs.get() + 60_000));
    }
    Awaitility.await().until(() -> service.pendingTimers() == 3);
    assertThat(upcoming(null).messages()).hasSize(2);
    firstLeft = 2;
    unreadable = true;
    DelayedMessages first = upcoming(null);
    assertThat(first.messages()).isEmpty();
    assertThat(first.next()).isNotNull();
    DelayedMessages second = upcoming(first.next());
    assertThat(second.messages())
        .extracting(DelayedMessages.Delayed::level, each -> each.after().endsWith(";1:3"))
        .containsExactly(tuple(1, true));
    assertThat(second.next()).isNull();
  }

  private DelayedMessages upcoming(@Nullable String after) {
    return service
        .upcoming(2, after)
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  @Test
  void recordsThatAreDamagedOnTheDiskDoNotKeepOthersWaiting() throws IOException {
    open();
    for (String each : List.of("a", "b", "c")) {
      send("level " + each, level(1));
      send("timer " + each, at(wallMs.get() + 1000));
    }
    close();
    damageBody(parked.get(2).logPosition());
    damageBody(parked.get(3).logPosition());
    open();
    wallMs.addAndGet(TimeUnit.HOURS.toMillis(1) + 5000);
    awaitDelivered("level a", "level c", "timer a", "timer c");
  }

  private void damageBody(long position) throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(root.resolve("commitlog/00000000000000000000").toFile(), "rw")) {
      file.seek(position + StoredMessage.bodyLengthAt(0) + 4);
      file.write('x');
    }
  }

  @Test
  void aTimerOutlivesItsFileAndTheRestartAfterwards() throws IOException {
    open();
    long due = wallMs.get() + TimeUnit.DAYS.toMillis(300);
    send("in a year", at(due));
    byte[] much = new byte[100_000];
    for (int i = 0; i < 30; i++) {
      append(TestStore.draft("other", 0, much, Map.of()));
    }
    Awaitility.await("the file that it was parked in is deleted")
        .atMost(Duration.ofSeconds(20))
        .until(() -> store.deleteOldestSegment(Long.MAX_VALUE));
    close();
    open();
    assertThat(delivered()).isEmpty();
    wallMs.set(due);
    awaitDelivered("in a year");
  }

  @Test
  void aCheckpointThatIsGoneIsMadeAnewFromTheLog() throws IOException {
    open();
    send("over", level(1));
    send("timer over", at(wallMs.get() + 1000));
    wallMs.addAndGet(TimeUnit.HOURS.toMillis(1) + 5000);
    awaitDelivered("over", "timer over");
    send("waits", level(1));
    send("timer waits", at(wallMs.get() + 1000));
    close();
    for (String name : List.of(TimerFile.NAME, DelayOffsets.NAME, DelayOffsets.NAME + ".bak")) {
      new FileDisk().delete(root.resolve("config").resolve(name));
    }
    open();
    wallMs.addAndGet(TimeUnit.HOURS.toMillis(1) + 5000);
    awaitDelivered("over", "timer over", "waits", "timer waits");
  }

  @Test
  void aDamagedCheckpointOfTheTimersSaysWhatHelps() throws IOException {
    open();
    close();
    store = null;
    Path file = root.resolve("config").resolve(TimerFile.NAME);
    byte[] bytes = Files.readAllBytes(file);
    bytes[20]++;
    Files.write(file, bytes);
    assertThat(catchThrowable(() -> TimerFile.read(new FileDisk(), root.resolve("config"))))
        .hasMessageContaining("is damaged. Remove it");
  }
}
