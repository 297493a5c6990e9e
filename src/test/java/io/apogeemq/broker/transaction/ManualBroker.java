package io.apogeemq.broker.transaction;

import io.apogeemq.broker.TestPeer;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.send.Asks;
import io.apogeemq.broker.state.CheckpointFiles;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.Tombstones;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.ProducerData;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.sim.SimClock;
import io.apogeemq.sim.SimDisk;
import io.apogeemq.store.AppendResult;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.LogStore;
import io.apogeemq.store.ReadRequest;
import io.apogeemq.store.ReadResult;
import io.apogeemq.store.StoreConfig;
import io.apogeemq.store.TestStore;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a broker with real parts on a simulated disk: nothing runs by itself, time stands
 * still, and the test says what happens next.
 */
final class ManualBroker {
  private static final Path ROOT = Path.of("/sim/store");

  final SimDisk disk;
  final SimClock clock;
  final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  final LogStore store;
  final StateLog stateLog;
  final OffsetTable offsets;
  final ClientTable clients;
  final Transactions transactions;
  final Completions back = new Completions(tasks::add);

  /** Recovers what the disk holds. */
  ManualBroker(SimDisk disk, SimClock clock, StoreConfig config, TransactionConfig rules)
      throws IOException {
    this.disk = disk;
    this.clock = clock;
    store = new LogStore(config, disk, clock, tasks::add);
    stateLog =
        new StateLog(
            store,
            new CheckpointFiles(disk, ROOT.resolve("config")),
            TestStore.STORE,
            clock::wallMs,
            tasks::add,
            tasks::add);
    TopicTable topics =
        new TopicTable(new Tombstones(0, clock::wallMs), clock::wallMs, stateLog::write);
    offsets = new OffsetTable(clock::wallMs, topic -> true, stateLog::write);
    CheckCounts counts = new CheckCounts();
    stateLog.keep(topics, offsets, counts);
    clients = new ClientTable(false, clock::monotonicMs, group -> {});
    transactions =
        new Transactions(
            rules,
            new Transactions.Parts(
                store,
                tasks::add,
                tasks::add,
                (delayMs, task) -> {}, // the test ticks
                tasks::add,
                clients,
                topics,
                offsets,
                counts,
                stateLog::write,
                new Rates(clock::wallMs, ZoneOffset.UTC),
                new OpenFile(disk, ROOT.resolve("config")),
                config.segmentSizeBytes(),
                clock::wallMs,
                clock::monotonicMs));
    store.keepFrom(() -> Math.min(stateLog.keepFromPosition(), transactions.keepFromPosition()));
    stateLog.loadCheckpoints();
    LogPass pass = new LogPass(store);
    transactions.askFor(pass);
    pass.run();
    await(stateLog.recover());
    await(transactions.recover());
  }

  /** A store with small files. */
  static StoreConfig config(StoreConfig.FlushMode mode) {
    return TestStore.config(ROOT)
        .withSegmentSizeBytes(32 * 1024)
        .withFlush(new StoreConfig.Flush(mode, 50, 1000));
  }

  static TransactionConfig rules(long timeoutMs, long intervalMs, int checkMax, int perSecond) {
    return new TransactionConfig(
        "broker-a", TestStore.STORE, false, timeoutMs, intervalMs, checkMax, perSecond, 200_000);
  }

  /** A producer that is connected from now on. */
  TestPeer producer(String group) {
    TestPeer peer = new TestPeer(40_000);
    clients.heartbeat(
        peer,
        LanguageCode.JAVA,
        1,
        new HeartbeatData(
            "client" + System.identityHashCode(peer),
            Set.of(),
            null,
            Set.of(new ProducerData(group)),
            null),
        false);
    return peer;
  }

  /** Stores a half message; {@code then} is told where. */
  void send(String group, String body, Map<String, String> more, Consumer<AppendResult> then) {
    Map<String, String> properties = new HashMap<>(more);
    properties.put("TRAN_MSG", "true");
    properties.put("PGROUP", group);
    properties.put("UNIQ_KEY", "U" + body);
    MessageDraft draft = TestStore.draft("T", 0, body.getBytes(StandardCharsets.UTF_8), properties);
    store.append(
        List.of(transactions.detour().park(draft, Asks.TRANSACTION).draft()), true, back, then);
  }

  void runTasks() {
    for (int n = tasks.size(); n > 0; n--) {
      tasks.remove().run();
    }
  }

  /** Everything that is on its way arrives; takes so much time. */
  void settle(int turns, long msPerTurn) {
    for (int i = 0; i < turns; i++) {
      clock.advance(msPerTurn);
      while (store.stepAppender()) {
        // all of it
      }
      store.stepFlusher();
      store.stepSealer();
      runTasks();
    }
  }

  /** The same without time going by. */
  void settle() {
    settle(20, 0);
  }

  /** A tick, and all that follows from it. */
  void tick(long laterMs) {
    clock.advance(laterMs);
    tasks.add(transactions::tick);
    settle();
  }

  void await(Future<?> future) {
    for (int i = 0; i < 200 && !future.isComplete(); i++) {
      settle(10, 60);
    }
    if (future.cause() instanceof SimDisk.PowerLoss lost) {
      throw lost;
    }
    if (!future.succeeded()) {
      throw new AssertionError("it did not come to a good end", future.cause());
    }
  }

  @Nullable ReadResult read(String topic, long offset) {
    ReadRequest request =
        new ReadRequest(topic, 0, offset, 64, 1 << 20, ReadRequest.EntryFilter.ALL);
    ReadResult[] result = {store.readHot(request)};
    if (result[0] instanceof ReadResult.Cold) {
      result[0] = null;
      store.read(request, back, fetched -> result[0] = fetched);
      while (result[0] == null && !tasks.isEmpty()) {
        tasks.remove().run();
      }
    }
    return result[0];
  }
}
