package io.apogeemq.broker;

import io.apogeemq.broker.arrival.ArrivalFan;
import io.apogeemq.broker.group.ClientHandlers;
import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.group.GroupNotices;
import io.apogeemq.broker.group.GroupTable;
import io.apogeemq.broker.group.SubscriptionHandlers;
import io.apogeemq.broker.offset.OffsetHandlers;
import io.apogeemq.broker.offset.OffsetTable;
import io.apogeemq.broker.pull.PullHandlers;
import io.apogeemq.broker.query.QueryHandlers;
import io.apogeemq.broker.queue.QueueHandlers;
import io.apogeemq.broker.send.MessageIntake;
import io.apogeemq.broker.send.SendHandlers;
import io.apogeemq.broker.send.SendPause;
import io.apogeemq.broker.state.CheckpointFiles;
import io.apogeemq.broker.state.StateLog;
import io.apogeemq.broker.stats.Lag;
import io.apogeemq.broker.stats.Rates;
import io.apogeemq.broker.stats.StatsHandlers;
import io.apogeemq.broker.topic.PeerTopics;
import io.apogeemq.broker.topic.QueueRemoval;
import io.apogeemq.broker.topic.SystemTopics;
import io.apogeemq.broker.topic.TopicHandlers;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.broker.upkeep.BrokerAdminHandlers;
import io.apogeemq.broker.upkeep.RouteRegistration;
import io.apogeemq.broker.upkeep.RuntimeInfo;
import io.apogeemq.broker.upkeep.Upkeep;
import io.apogeemq.config.BrokerKeys;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.LoopExecutor;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.TcpTransport;
import io.apogeemq.remoting.Transport;
import io.apogeemq.store.MessageStore;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A broker: builds its tables and families, starts them in order, and stops them in reverse.
 *
 * <pre>
 * open the store → load checkpoints → replay the state log → system topics → listen → register
 * stop: unregister → stop listening → last checkpoint → close the store
 * </pre>
 */
public final class Broker {
  /** Upkeep looks so often whether something is due. */
  private static final long TICK_MS = 200;

  private final Vertx vertx;
  private final BrokerConfig config;
  private final MessageStore store;
  private final ArrivalFan arrivals = new ArrivalFan();
  private final Rates rates = new Rates(System::currentTimeMillis, ZoneId.systemDefault());
  private final SystemTopics system;
  private final TopicTable topics;
  private final QueueRemoval removal;
  private final GroupTable groups;
  private final ClientTable clients;
  private final OffsetTable offsets;
  private final StateLog stateLog;

  /** The thread for what waits for the disk beside the store's own: {@code ThreadRole.UPKEEP}. */
  private final ExecutorService upkeepThread;

  /** Runs the state log's replay and what has to see the same order. */
  private final LoopExecutor stateLoop;

  private final Transport transport;
  private final RuntimeInfo runtime;
  private final RouteRegistration registration;
  private final Upkeep upkeep;

  private String deployment = "";
  private long ticking = -1;

  /**
   * @param store opened, not started; belongs to the broker from now on
   */
  public Broker(Vertx vertx, BrokerConfig config, MessageStore store) {
    this.vertx = vertx;
    this.config = config;
    this.store = store;
    upkeepThread =
        Executors.newSingleThreadExecutor(
            task -> new Thread(task, "upkeep-" + config.brokerName()));
    stateLoop = new LoopExecutor(vertx.getOrCreateContext());
    stateLog =
        new StateLog(
            store,
            new CheckpointFiles(config.storeRoot().resolve("config")),
            config.storeHost(),
            System::currentTimeMillis,
            stateLoop,
            upkeepThread);
    system = new SystemTopics(config.identity(), config.systemTopics());
    removal = new QueueRemoval(store);
    topics = new TopicTable(System::currentTimeMillis, stateLog::write);
    topics.listen(removal);
    groups =
        new GroupTable(
            config.settings().get(BrokerKeys.AUTO_CREATE_SUBSCRIPTION_GROUP),
            System::currentTimeMillis,
            stateLog::write);
    clients = new ClientTable(System::currentTimeMillis, new GroupNotices(groups));
    offsets =
        new OffsetTable(
            System::currentTimeMillis, topic -> topics.find(topic) != null, stateLog::write);
    stateLog.keep(topics, groups, offsets);
    transport = new TcpTransport(vertx, new Dispatcher());
    runtime =
        new RuntimeInfo(
            store,
            rates,
            config.settings().get(BrokerKeys.STORE_PATH_COMMIT_LOG),
            System::currentTimeMillis);
    registration =
        new RouteRegistration(
            config.identity(),
            config.haAddress(),
            topics,
            transport,
            config.registration(),
            BrokerLoop::monotonicMs,
            stateLoop);
    topics.listen(registration);
    PeerTopics peers =
        new PeerTopics(
            config.identity(), config.registration().nameServers(), transport, stateLoop);
    topics.onCreatedBySend(peers::tell);
    upkeep =
        new Upkeep(
            stateLog,
            offsets,
            clients,
            rates,
            runtime,
            registration,
            stateLoop,
            config.upkeep(),
            BrokerLoop::monotonicMs);
  }

  BrokerConfig config() {
    return config;
  }

  ArrivalFan arrivals() {
    return arrivals;
  }

  /** The families that answer on one event loop. */
  List<RequestFamily> families(BrokerLoop loop) {
    return List.of(
        new SendHandlers(
            config.intake(),
            new MessageIntake(config.intake(), topics, system, store, loop.back(), rates),
            new SendPause(
                store,
                loop.back(),
                (delayMs, task) -> loop.vertx().setTimer(delayMs, ignored -> task.run()),
                config.settings().get(BrokerKeys.APPEND_QUEUE_MAX_AGE_MS),
                BrokerLoop::monotonicMs)),
        new PullHandlers(
            config.pull(),
            topics,
            groups,
            clients,
            offsets,
            store,
            loop.back(),
            loop.parked(),
            rates,
            BrokerLoop::monotonicMs),
        new TopicHandlers(
            topics, system, config.settings().get(BrokerKeys.AUTO_CREATE_TOPIC_ENABLE)),
        new ClientHandlers(clients, groups, topics, store, loop.back()),
        new SubscriptionHandlers(groups),
        new OffsetHandlers(offsets, topics, groups, store),
        new QueueHandlers(store, topics, clients, loop.back()),
        new QueryHandlers(store, loop.back(), System::currentTimeMillis),
        new StatsHandlers(
            config.identity(),
            topics,
            groups,
            clients,
            offsets,
            new Lag(
                config.identity(),
                topics,
                clients,
                offsets,
                store,
                rates,
                loop.back(),
                System::currentTimeMillis),
            rates),
        new BrokerAdminHandlers(config.settings().asText(), runtime));
  }

  /** Completes when clients are served. */
  public Future<Void> start() {
    store.onArrival(arrivals);
    return onUpkeepThread(
            () -> {
              stateLog.loadCheckpoints();
              store.start();
              runtime.refreshCapacity();
              return null;
            })
        .compose(ignored -> stateLog.recover())
        .compose(
            ignored -> {
              removal.recovered();
              return system.create(topics);
            })
        .compose(ignored -> listen())
        .compose(ignored -> registration.start())
        .onSuccess(
            ignored ->
                ticking = vertx.setPeriodic(TICK_MS, timer -> upkeepThread.execute(upkeep::tick)));
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

  private <T> Future<T> onUpkeepThread(Callable<T> work) {
    Promise<T> done = Promise.promise();
    upkeepThread.execute(
        () -> {
          try {
            done.complete(work.call());
          } catch (IOException | RuntimeException e) {
            done.fail(e);
          } catch (Exception e) {
            done.fail(new IllegalStateException(e));
          }
        });
    return done.future();
  }

  /** Completes when everything accepted is on the disk and the folder is free. */
  public Future<Void> stop() {
    vertx.cancelTimer(ticking);
    return registration
        .stop()
        .compose(ignored -> vertx.undeploy(deployment))
        .compose(ignored -> upkeep.finish())
        .transform(
            saved ->
                onUpkeepThread(
                    () -> {
                      store.close();
                      return saved.failed() ? saved.cause() : null;
                    }))
        .compose(failure -> failure == null ? transport.close() : Future.failedFuture(failure))
        .onComplete((nothing, ignored) -> upkeepThread.shutdown());
  }
}
