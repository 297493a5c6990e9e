package io.apogeemq.broker;

import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.delay.DelayFiles;
import io.apogeemq.broker.delay.DelayHandlers;
import io.apogeemq.broker.delay.DelayService;
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
import io.apogeemq.broker.pop.PopService;
import io.apogeemq.broker.pop.PopWaiters;
import io.apogeemq.broker.pull.PullHandlers;
import io.apogeemq.broker.query.QueryHandlers;
import io.apogeemq.broker.queue.QueueHandlers;
import io.apogeemq.broker.reply.ReplyHandlers;
import io.apogeemq.broker.retry.RetryHandlers;
import io.apogeemq.broker.retry.RetrySends;
import io.apogeemq.broker.send.Detours;
import io.apogeemq.broker.send.MessageIntake;
import io.apogeemq.broker.send.RetryRecovery;
import io.apogeemq.broker.send.RetryWindow;
import io.apogeemq.broker.send.SendHandlers;
import io.apogeemq.broker.send.SendPause;
import io.apogeemq.broker.state.CheckpointFiles;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.state.StateTable;
import io.apogeemq.broker.state.Tombstones;
import io.apogeemq.broker.stats.Lag;
import io.apogeemq.broker.stats.OverviewHandlers;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.stats.StatsHandlers;
import io.apogeemq.broker.topic.PeerTopics;
import io.apogeemq.broker.topic.QueueRemoval;
import io.apogeemq.broker.topic.RouteLookup;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicHandlers;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.broker.transaction.CheckCounts;
import io.apogeemq.broker.transaction.OpenFile;
import io.apogeemq.broker.transaction.TransactionHandlers;
import io.apogeemq.broker.transaction.Transactions;
import io.apogeemq.broker.upkeep.BrokerAdminHandlers;
import io.apogeemq.broker.upkeep.LiveConfiguration;
import io.apogeemq.broker.upkeep.RouteRegistration;
import io.apogeemq.broker.upkeep.RuntimeInfo;
import io.apogeemq.broker.upkeep.Upkeep;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.config.Settings;
import io.apogeemq.remoting.LoopExecutor;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Transport;
import io.apogeemq.store.Completions;
import io.apogeemq.store.LogPass;
import io.apogeemq.store.MessageStore;
import io.apogeemq.store.ReadProgress;
import io.apogeemq.store.io.FileDisk;
import io.vertx.core.AsyncResult;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker: builds its tables and families, starts them in order, and stops them in reverse.
 *
 * <pre>
 * start: load checkpoints → look through the log's end → store → replay the state log → system topics
 *        → transactions → deliver what is delayed → listen → register
 * stop:  unregister → stop listening → open transactions → stop delivering → last offsets and checkpoint
 *        → close the store
 * </pre>
 */
public final class Broker {
  /** Upkeep looks this often whether something is due. */
  private static final long UPKEEP_TICK_MS = 100;

  private static final Logger log = LoggerFactory.getLogger(Broker.class);

  /** So long does a start wait for the name servers, so that most clients find the broker at once. */
  private static final long FIRST_REGISTRATION_WAIT_MS = 1000;

  private static final LongSupplier WALL_CLOCK_MS = System::currentTimeMillis;

  private final Vertx vertx;
  private final BrokerConfig config;
  private final Entrance entrance;
  private final MessageStore store;
  private final LoopExecutor stateLoop;
  private final Transport transport;
  private final RouteLookup lookup;

  /** The thread for what waits for the disk beside the store's own: {@code ThreadRole.UPKEEP}. */
  private final ScheduledExecutorService upkeepThread;

  private final ArrivalFan arrivals = new ArrivalFan();
  private final Rates rates = new Rates(WALL_CLOCK_MS, ZoneId.systemDefault());
  private final StateLog stateLog;
  private final SystemTopics system;
  private final TopicTable topics;
  private final QueueRemoval removal;
  private final GroupTable groups;
  private final ClientTable clients;
  private final OffsetTable offsets;
  private final CheckCounts checkCounts = new CheckCounts();
  private final Transactions transactions;
  private final DelayService delay;
  private final Detours detours;
  private final OrderLocks orderLocks;
  private final OffsetReset resets;
  private final RetryWindow retries;
  private final LiveConfiguration configuration;
  private final RuntimeInfo runtime;
  private final RouteRegistration registration;
  private final PopService pop;
  private final Upkeep upkeep;
  private String deployment = "";

  /** A broker that serves whoever can connect. */
  public Broker(Vertx vertx, BrokerConfig config, MessageStore store) {
    this(vertx, config, Entrance.OPEN, store);
  }

  /**
   * @param store opened, not started; belongs to the broker from now on
   */
  public Broker(Vertx vertx, BrokerConfig config, Entrance entrance, MessageStore store) {
    this.vertx = vertx;
    this.config = config;
    this.entrance = entrance;
    this.store = store;
    Settings settings = config.settings();
    BrokerIdentity identity = config.identity();
    stateLoop = new LoopExecutor(vertx.getOrCreateContext());
    transport = entrance.calls(vertx);
    lookup = new RouteLookup(config.registration().nameServers(), transport);
    upkeepThread =
        Executors.newSingleThreadScheduledExecutor(
            task -> new Thread(task, "upkeep-" + config.brokerName()));

    stateLog =
        new StateLog(
            store,
            new CheckpointFiles(new FileDisk(), config.storeRoot().resolve("config")),
            config.storeHost(),
            WALL_CLOCK_MS,
            stateLoop,
            upkeepThread);
    system = new SystemTopics(identity, config.systemTopics());
    long holdMs = settings.get(BrokerKeys.DELETED_NAME_HOLD_MS);
    topics = new TopicTable(new Tombstones(holdMs, WALL_CLOCK_MS), WALL_CLOCK_MS, stateLog::write);
    removal = new QueueRemoval(store);
    groups =
        new GroupTable(
            settings.get(BrokerKeys.AUTO_CREATE_SUBSCRIPTION_GROUP),
            new Tombstones(holdMs, WALL_CLOCK_MS),
            WALL_CLOCK_MS,
            stateLog::write);
    clients =
        new ClientTable(
            settings.get(BrokerKeys.STRICT_SUBSCRIPTION), WALL_CLOCK_MS, new GroupNotices(groups));
    offsets = new OffsetTable(WALL_CLOCK_MS, topic -> topics.find(topic) != null, stateLog::write);
    orderLocks =
        new OrderLocks(
            settings.get(BrokerKeys.REBALANCE_LOCK_MAX_LIVE_TIME_MS),
            BrokerLoop::monotonicMs,
            stateLog::write);
    pop = new PopService(popParts());
    stateLog.keep(tables());
    resets = new OffsetReset(offsets, clients, arrivals, WALL_CLOCK_MS);

    transactions = transactions();
    LoopExecutor delayLoop = new LoopExecutor(vertx.getOrCreateContext());
    delay =
        new DelayService(
            config.delay(),
            store,
            new Completions(delayLoop, delayLoop::atEndOfTurn),
            new DelayFiles(new FileDisk(), config.storeRoot().resolve("config"), upkeepThread),
            delayLoop,
            BrokerLoop.later(vertx, delayLoop),
            rates,
            new DelayService.Clocks(WALL_CLOCK_MS, BrokerLoop::monotonicMs));
    detours = new Detours(List.of(transactions.detour(), delay.detour()));
    retries = new RetryWindow(config.sendRetries());
    configuration = new LiveConfiguration(settings, WALL_CLOCK_MS);
    configuration.onChange(this::changed);
    runtime = new RuntimeInfo(store, rates, clients, config.store().commitLogDir(), WALL_CLOCK_MS);
    registration =
        new RouteRegistration(
            identity,
            config.haAddress(),
            topics,
            transport,
            config.registration(),
            BrokerLoop::monotonicMs,
            stateLoop);
    runtime.also(delay::figures);
    runtime.also(this::identityFigures);
    topics.listen(removal);
    topics.listen(registration);
    topics.listen(rates);
    PeerTopics peers = new PeerTopics(identity, lookup, transport, stateLoop);
    topics.onCreatedBySend(peers::tell);
    topics.announcedBy(registration::told);
    upkeep =
        new Upkeep(
            stateLog,
            offsets,
            clients,
            orderLocks,
            rates,
            runtime,
            registration,
            stateLoop,
            config.upkeep(),
            BrokerLoop::monotonicMs);
  }

  /** What follows the keys that may change while the broker runs. */
  private void changed(Settings settings) {
    groups.autoCreate(settings.get(BrokerKeys.AUTO_CREATE_SUBSCRIPTION_GROUP));
    clients.strict(settings.get(BrokerKeys.STRICT_SUBSCRIPTION));
    store.retain(BrokerConfig.retention(settings));
  }

  /** Names of ours: what tools ask about a broker that they may not read the configuration of. */
  private void identityFigures(Map<String, String> table) {
    String version = Broker.class.getPackage().getImplementationVersion();
    table.put("apogeeVersion", version == null ? "development" : version);
    table.put("flushDiskType", config.settings().get(BrokerKeys.FLUSH_DISK_TYPE).name());
    table.put("aclEnable", config.settings().get(BrokerKeys.ACL_ENABLE).toString());
    table.put("topics", Integer.toString(topics.all().size()));
    table.put("groups", Integer.toString(groups.all().size()));
  }

  private PopService.Parts popParts() {
    return new PopService.Parts(
        config.pop(),
        config.identity(),
        lookup,
        config.settings().get(BrokerKeys.LOAD_BALANCE_POLL_NAME_SERVER_INTERVAL_MS),
        config.assignments(),
        config.storeHost(),
        topics,
        groups,
        clients,
        offsets,
        store,
        rates,
        stateLog::write,
        stateLoop,
        BrokerLoop.later(vertx, stateLoop),
        WALL_CLOCK_MS,
        BrokerLoop::monotonicMs);
  }

  /** What follows the state log, in the order in which it sees each record. */
  private StateTable[] tables() {
    List<StateTable> tables =
        new ArrayList<>(List.of(topics, groups, offsets, orderLocks, checkCounts));
    tables.addAll(pop.tables());
    return tables.toArray(new StateTable[0]);
  }

  private Transactions transactions() {
    LoopExecutor loop = new LoopExecutor(vertx.getOrCreateContext());
    return new Transactions(
        config.transactions(),
        new Transactions.Parts(
            store,
            loop,
            loop::atEndOfTurn,
            BrokerLoop.later(vertx, loop),
            upkeepThread,
            clients,
            topics,
            offsets,
            checkCounts,
            stateLog::write,
            rates,
            new OpenFile(new FileDisk(), config.storeRoot().resolve("config")),
            config.store().segmentSizeBytes(),
            WALL_CLOCK_MS,
            BrokerLoop::monotonicMs));
  }

  BrokerConfig config() {
    return config;
  }

  Entrance entrance() {
    return entrance;
  }

  ArrivalFan arrivals() {
    return arrivals;
  }

  /** The families that answer on one event loop. */
  List<RequestFamily> families(BrokerLoop loop) {
    Filters filters = new Filters(config.settings().get(BrokerKeys.ENABLE_PROPERTY_FILTER));
    List<RequestFamily> all = new ArrayList<>(otherFamilies(loop, filters));
    all.addAll(popFamilies(loop, filters));
    return all;
  }

  private List<RequestFamily> otherFamilies(BrokerLoop loop, Filters filters) {
    Settings settings = config.settings();
    SendPause pause =
        new SendPause(
            store,
            loop.back(),
            loop.later(),
            settings.get(BrokerKeys.APPEND_QUEUE_MAX_AGE_MS),
            BrokerLoop::monotonicMs);
    MessageIntake intake =
        new MessageIntake(
            config.intake(),
            topics,
            system,
            store,
            loop.back(),
            rates,
            detours,
            retries,
            new RetrySends(groups, name -> topics.find(name) != null, orderLocks::holdsAny));
    Lag lag =
        new Lag(
            config.identity(), topics, clients, offsets, store, rates, loop.back(), WALL_CLOCK_MS);
    return List.of(
        new SendHandlers(config.intake(), intake, pause),
        new TransactionHandlers(transactions),
        new RetryHandlers(
            config.intake(), groups, topics, system, store, loop.back(), intake, pause, rates),
        new ReplyHandlers(
            config.intake(),
            intake,
            pause,
            clients,
            system.replyTopic(),
            settings.get(BrokerKeys.STORE_REPLY_MESSAGE_ENABLE),
            WALL_CLOCK_MS),
        new PullHandlers(
            config.pull(),
            topics,
            groups,
            clients,
            offsets,
            resets,
            filters,
            store,
            loop.back(),
            loop.parked(),
            rates,
            BrokerLoop::monotonicMs),
        new TopicHandlers(topics, system, settings.get(BrokerKeys.AUTO_CREATE_TOPIC_ENABLE)),
        new ClientHandlers(clients, groups, topics, filters),
        new RelayHandlers(config.brokerName(), clients, store, loop.back()),
        new SubscriptionHandlers(groups, clients),
        new OffsetHandlers(offsets, topics, groups, store, loop.back(), config.youngLogBytes()),
        new OrderLockHandlers(orderLocks, topics, groups),
        new ResetHandlers(
            config.brokerName(), offsets, resets, topics, groups, clients, store, loop.back()),
        new QueueHandlers(store, topics, clients, loop.back()),
        new QueryHandlers(store, loop.back(), WALL_CLOCK_MS),
        new DelayHandlers(config.delay(), delay, topics, WALL_CLOCK_MS),
        new StatsHandlers(config.identity(), topics, groups, clients, offsets, lag, rates),
        new OverviewHandlers(topics, groups, clients, lag, rates),
        new BrokerAdminHandlers(configuration, runtime));
  }

  private List<RequestFamily> popFamilies(BrokerLoop loop, Filters filters) {
    PopWaiters waiters = pop.waiters(loop.executor(), arrivals);
    loop.vertx()
        .setPeriodic(BrokerVerticle.TICK_MS, ignored -> loop.executor().execute(waiters::tick));
    return pop.families(loop.back(), filters, waiters);
  }

  /**
   * Completes when clients are served and the name servers know it, except those that can't be reached
   * or don't answer in time.
   */
  public Future<Void> start() {
    arrivals.add(delay);
    store.onArrival(arrivals);
    store.keepFrom(
        () ->
            Math.min(
                stateLog.keepFromPosition(),
                Math.min(transactions.keepFromPosition(), delay.keepFromPosition())));
    store.readProgress(this::readProgress);
    return onUpkeepThread(
            () -> {
              stateLog.loadCheckpoints();
              runtime.refreshCapacity();
              delay.load();
              readLogsEnd();
              store.start();
            })
        .compose(ignored -> stateLog.recover())
        .compose(
            ignored -> {
              removal.recovered();
              stateLoop.execute(pop::start);
              return system.create(topics);
            })
        .compose(ignored -> transactions.recover())
        .compose(
            ignored -> {
              delay.start();
              return listen();
            })
        .compose(ignored -> register())
        .onSuccess(
            ignored ->
                upkeepThread.scheduleWithFixedDelay(
                    this::upkeep, UPKEEP_TICK_MS, UPKEEP_TICK_MS, TimeUnit.MILLISECONDS));
  }

  /** Whoever wants to see the last run's records is shown them in one pass. Waits for the disk. */
  private void readLogsEnd() throws IOException {
    long startedMs = BrokerLoop.monotonicMs();
    LogPass pass = new LogPass(store);
    RetryRecovery sends = new RetryRecovery(retries, startedMs);
    sends.askFor(pass);
    pop.askFor(pass);
    transactions.askFor(pass);
    delay.askFor(pass);
    long bytes = pass.run();
    if (bytes > 0) {
      log.info(
          "looked through the log's last {} bytes in {} ms; {} sends will be recognised if they come"
              + " again",
          bytes,
          BrokerLoop.monotonicMs() - startedMs,
          sends.remembered());
    }
  }

  /** What the broker writes for itself waits for no group. */
  private ReadProgress readProgress() {
    ReadProgress groups = offsets.lowest();
    return (topic, queueId) ->
        system.isSystem(topic) ? Long.MAX_VALUE : groups.readTo(topic, queueId);
  }

  /** One failed turn must not be the last: a scheduler drops a task that throws. */
  private void upkeep() {
    try {
      upkeep.tick();
    } catch (RuntimeException e) {
      log.error("a turn of the upkeep failed; it goes on with the next", e);
    }
  }

  /** Registers, but does not let a name server that is slow or silent keep clients waiting. */
  private Future<Void> register() {
    Promise<Void> goOn = Promise.promise();
    long timer =
        vertx.setTimer(
            FIRST_REGISTRATION_WAIT_MS,
            late -> {
              if (goOn.tryComplete()) {
                log.warn(
                    "not all name servers of {} have answered the registration within {} ms; serving"
                        + " without waiting for them, registering goes on",
                    config.nameServers(),
                    FIRST_REGISTRATION_WAIT_MS);
              }
            });
    registration
        .start()
        .onComplete(
            (answered, never) -> {
              vertx.cancelTimer(timer);
              goOn.tryComplete();
            });
    return goOn.future();
  }

  private Future<Void> listen() {
    int loops = config.settings().get(BrokerKeys.EVENT_LOOP_THREADS);
    return vertx
        .deployVerticle(() -> new BrokerVerticle(this), new DeploymentOptions().setInstances(loops))
        .map(
            id -> {
              deployment = id;
              return null;
            });
  }

  /** Completes when everything accepted is on the disk and the folder is free. */
  public Future<Void> stop() {
    return registration
        .stop()
        .transform(
            ignored -> deployment.isEmpty() ? Future.succeededFuture() : vertx.undeploy(deployment))
        .transform(ignored -> pop.stop())
        .transform(ignored -> transactions.finish())
        .transform(ignored -> delay.stop())
        .transform(ignored -> upkeep.finish())
        .transform(saved -> onUpkeepThread(store::close).compose(closed -> toFuture(saved)))
        .eventually(transport::close)
        .eventually(
            () -> {
              upkeepThread.shutdown();
              return Future.succeededFuture();
            });
  }

  private static Future<Void> toFuture(AsyncResult<Void> outcome) {
    return outcome.succeeded() ? Future.succeededFuture() : Future.failedFuture(outcome.cause());
  }

  /** Work that waits for the disk. */
  private interface DiskWork {
    void run() throws IOException;
  }

  private Future<Void> onUpkeepThread(DiskWork work) {
    Promise<Void> done = Promise.promise();
    upkeepThread.execute(
        () -> {
          try {
            work.run();
            done.complete();
          } catch (IOException | RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }
}
