package io.apogeemq.broker;

import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.filter.Filters;
import io.apogeemq.broker.group.ClientHandlers;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.GroupNotices;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.group.RelayHandlers;
import io.apogeemq.broker.group.SubscriptionHandlers;
import io.apogeemq.broker.offset.OffsetHandlers;
import io.apogeemq.broker.offset.OffsetReset;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.offset.ResetHandlers;
import io.apogeemq.broker.order.OrderLockHandlers;
import io.apogeemq.broker.order.OrderLocks;
import io.apogeemq.broker.query.QueryHandlers;
import io.apogeemq.broker.queue.QueueHandlers;
import io.apogeemq.broker.state.CheckpointFiles;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.Tombstones;
import io.apogeemq.broker.stats.Lag;
import io.apogeemq.broker.stats.OverviewHandlers;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.stats.StatsHandlers;
import io.apogeemq.broker.topic.QueueRemoval;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicHandlers;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.broker.upkeep.BrokerAdminHandlers;
import io.apogeemq.broker.upkeep.LiveConfiguration;
import io.apogeemq.broker.upkeep.RuntimeInfo;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Settings;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.store.Completions;
import io.apogeemq.store.TestStore;
import io.apogeemq.store.io.FileDisk;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * The tables of a broker over a real store in a folder of the test, with one thread as state loop and
 * event loop, and all request families of the tables.
 *
 * <p>{@link #close} stops orderly; {@link #crash} leaves tables unsaved. Then open the folder again.
 */
public final class TestTables implements AutoCloseable {
  public static final BrokerIdentity BROKER =
      new BrokerIdentity("DefaultCluster", "broker-a", 0, "127.0.0.1:10911");

  /** {@code youngBytes} of the offset handlers. */
  public static final int YOUNG_LOG_BYTES = 64 * 1024;

  private static final long WAIT_SECONDS = 10;

  private final ExecutorService loop = Executors.newSingleThreadExecutor();
  private final ExecutorService disk = Executors.newSingleThreadExecutor();
  private final AtomicLong clockMs = new AtomicLong(1_700_000_000_000L);
  private final TestStore testStore;
  private final Completions back = new Completions(loop);

  public final StateLog stateLog;
  public final TopicTable topics;
  public final SystemTopics system;
  public final GroupTable groups;
  public final ClientTable clients;
  public final OffsetTable offsets;
  public final OrderLocks locks;
  public final Rates rates;
  public final Dispatcher dispatcher;

  private TestTables(Path folder, boolean autoCreate) throws IOException {
    testStore = TestStore.open(folder);
    stateLog =
        new StateLog(
            testStore.store(),
            new CheckpointFiles(new FileDisk(), folder.resolve("config")),
            TestStore.STORE,
            clockMs::get,
            loop,
            disk);
    system = new SystemTopics(BROKER, new SystemTopics.Options(autoCreate, 8, true, true, false));
    QueueRemoval removal = new QueueRemoval(testStore.store());
    topics = new TopicTable(new Tombstones(60_000, clockMs::get), clockMs::get, stateLog::write);
    topics.listen(removal);
    groups =
        new GroupTable(
            autoCreate, new Tombstones(60_000, clockMs::get), clockMs::get, stateLog::write);
    clients = new ClientTable(false, clockMs::get, new GroupNotices(groups));
    offsets = new OffsetTable(clockMs::get, name -> topics.find(name) != null, stateLog::write);
    locks = new OrderLocks(60_000, clockMs::get, stateLog::write);
    rates = new Rates(clockMs::get, ZoneOffset.UTC);
    topics.listen(rates);
    RuntimeInfo runtime =
        new RuntimeInfo(
            testStore.store(), rates, clients, folder.resolve("commitlog"), clockMs::get);
    runtime.refreshCapacity();
    Lag lag =
        new Lag(BROKER, topics, clients, offsets, testStore.store(), rates, back, clockMs::get);
    dispatcher =
        new Dispatcher(
            new TopicHandlers(topics, system, autoCreate),
            new ClientHandlers(clients, groups, topics, new Filters(true)),
            new RelayHandlers("broker-a", clients, testStore.store(), back),
            new ResetHandlers(
                "broker-a",
                offsets,
                new OffsetReset(offsets, clients, new ArrivalFan(), clockMs::get),
                topics,
                groups,
                clients,
                testStore.store(),
                back),
            new SubscriptionHandlers(groups, clients),
            new OffsetHandlers(offsets, topics, groups, testStore.store(), back, YOUNG_LOG_BYTES),
            new OrderLockHandlers(locks, topics, groups),
            new QueueHandlers(testStore.store(), topics, clients, back),
            new QueryHandlers(testStore.store(), back, clockMs::get),
            new StatsHandlers(BROKER, topics, groups, clients, offsets, lag, rates),
            new OverviewHandlers(topics, groups, clients, lag, rates),
            new BrokerAdminHandlers(
                new LiveConfiguration(Settings.defaults(BrokerKeys.TABLE), clockMs::get), runtime));
    stateLog.keep(topics, groups, offsets, locks);
    try {
      stateLog.loadCheckpoints();
      await(stateLog.recover());
    } catch (IOException | RuntimeException e) {
      testStore.close();
      throw e;
    }
    onLoop(
        () -> {
          removal.recovered();
          return Future.succeededFuture();
        });
  }

  /** A broker on which sends create topics, with its system topics. */
  public static TestTables open(Path folder) throws IOException {
    return open(folder, true);
  }

  /** {@code autoCreate}: sends create topics and uses create groups. */
  public static TestTables open(Path folder, boolean autoCreate) throws IOException {
    TestTables tables = new TestTables(folder, autoCreate);
    await(tables.system.create(tables.topics));
    return tables;
  }

  /** The tables as the log and the files say, without creating anything. */
  public static TestTables openBare(Path folder) throws IOException {
    return new TestTables(folder, true);
  }

  public TestStore store() {
    return testStore;
  }

  public AtomicLong clockMs() {
    return clockMs;
  }

  /** Runs on the loop and waits for the outcome. */
  public <T> T onLoop(Supplier<Future<T>> work) {
    return await(CompletableFuture.supplyAsync(work, loop).join());
  }

  /** The response to a request on this connection. */
  public RemotingCommand ask(TestPeer from, RemotingCommand request) {
    loop.execute(() -> dispatcher.dispatch(new Exchange(from, request)));
    try {
      return from.response();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  public RemotingCommand ask(RemotingCommand request) {
    return ask(new TestPeer(50000), request);
  }

  public RemotingCommand ask(int code, Record header) {
    return ask(RemotingCommand.request(code, header));
  }

  public RemotingCommand ask(int code) {
    return ask(RemotingCommand.request(code));
  }

  /** Writes the committed offsets into the log. */
  public void gather() {
    onLoop(offsets::gather);
  }

  public void checkpoint() {
    await(stateLog.checkpoint());
  }

  /** The outcome of a future that completes on another thread. */
  public static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** Ends without saving anything of the tables; the log is what it is. */
  public void crash() {
    testStore.close();
    loop.shutdownNow();
    disk.shutdownNow();
  }

  @Override
  public void close() {
    gather();
    checkpoint();
    crash();
  }
}
