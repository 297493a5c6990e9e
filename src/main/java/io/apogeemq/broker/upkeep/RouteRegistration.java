package io.apogeemq.broker.upkeep;

import io.apogeemq.broker.BrokerIdentity;
import io.apogeemq.broker.topic.TopicTable;
import io.apogeemq.protocol.body.RegisterBrokerBody;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.body.TopicConfigWrapper;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Transport;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every name server informed of this broker and its topics, in RocketMQ's own wire form.
 *
 * <p>It registers at the start, every period, at once when topics change, and at once when the
 * connection to a name server was lost (which then forgets us). Where topics were put since the last
 * registration that a name server has answered, only those are told, as the original does, so that a
 * new topic costs the same however many there are. At most one registration per name server is on its
 * way; changes that come meanwhile are told by one more when it is answered. A name server that does not answer is tried
 * again with every {@link #tick}, and logged when it goes and when it comes back.
 *
 * <p>The state below is confined to one loop; any thread may call the public methods.
 */
public final class RouteRegistration implements TopicTable.Listener {
  private static final Logger log = LoggerFactory.getLogger(RouteRegistration.class);

  /** From so many topics on, the body is sent compressed: JSON would come near the frame's limit. */
  private static final int COMPRESS_FROM_TOPICS = 2000;

  private static final long UNREGISTER_TIMEOUT_MS = 1000;

  /** A client's first message to a topic waits for name servers no longer; it gives up after 3 s. */
  private static final long PATIENCE_MS = 1000;

  /** What we know of one name server. */
  private static final class NameServer {
    private final String address;
    private boolean onItsWay;
    private boolean again;
    private boolean registered;
    private boolean complained;
    private long lastTriedMs;

    /** When it was last told of all topics. */
    private long lastAllMs;

    private @Nullable Connection watched;

    /** Topics put since it was last told. */
    private final Map<String, TopicConfig> put = new LinkedHashMap<>();

    /** What changed since can't be told by {@link #put} alone. */
    private boolean tellAll;

    /** For the answer to the registration on its way. */
    private final List<Promise<Void>> waiting = new ArrayList<>();

    /** For the answer to the one {@link #again} after it. */
    private final List<Promise<Void>> waitingAgain = new ArrayList<>();

    NameServer(String address) {
      this.address = address;
    }
  }

  private final BrokerIdentity broker;
  private final String haAddress;
  private final TopicTable topics;
  private final Transport transport;
  private final Options options;
  private final LongSupplier clockMs;
  private final Executor loop;
  private final Map<String, NameServer> servers = new LinkedHashMap<>();
  private boolean running;

  /**
   * @param periodMs time between two registrations
   * @param timeoutMs how long a name server may take
   */
  public record Options(List<String> nameServers, long periodMs, long timeoutMs) {}

  /**
   * @param haAddress {@code host:port} where slaves dial
   * @param loop runs tasks one after the other: the state loop
   */
  public RouteRegistration(
      BrokerIdentity broker,
      String haAddress,
      TopicTable topics,
      Transport transport,
      Options options,
      LongSupplier clockMs,
      Executor loop) {
    this.broker = broker;
    this.haAddress = haAddress;
    this.topics = topics;
    this.transport = transport;
    this.options = options;
    this.clockMs = clockMs;
    this.loop = loop;
    options.nameServers().forEach(address -> servers.put(address, new NameServer(address)));
  }

  /** Registers for the first time. Completes when every name server has answered or failed to. */
  public Future<Void> start() {
    Promise<Void> done = Promise.promise();
    loop.execute(
        () -> {
          running = true;
          registerWithAll().onComplete((nothing, never) -> done.complete());
        });
    return done.future();
  }

  /**
   * Completes when every name server that answered last time knows of the topics as they are now. One
   * that turns out to be slow holds nobody up for longer than a {@link #tick} or two.
   */
  public Future<Void> told() {
    Promise<Void> done = Promise.promise();
    loop.execute(
        () -> {
          List<Future<?>> all = new ArrayList<>();
          for (NameServer each : servers.values()) {
            if (running && each.registered && !isLate(each)) {
              all.add(toldOf(each));
            }
          }
          Future.join(all).onComplete((nothing, never) -> done.complete());
        });
    return done.future();
  }

  /** Registers what is due. To be called about once a second. */
  public void tick() {
    loop.execute(
        () -> {
          long now = clockMs.getAsLong();
          servers.values().stream().filter(this::isLate).forEach(RouteRegistration::letGo);
          for (NameServer each : servers.values()) {
            if (running && (!each.registered || now - each.lastAllMs >= options.periodMs())) {
              each.tellAll = true;
              register(each);
            }
          }
        });
  }

  /** Tells every name server that we leave. Completes when each has answered or failed to. */
  public Future<Void> stop() {
    Promise<Void> done = Promise.promise();
    loop.execute(
        () -> {
          running = false;
          List<Future<?>> all = new ArrayList<>();
          for (NameServer each : servers.values()) {
            if (each.registered) {
              all.add(unregister(each));
            }
          }
          Future.join(all).onComplete((nothing, ignored) -> done.complete());
        });
    return done.future();
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void topicPut(TopicConfig topic) {
    for (NameServer each : servers.values()) {
      if (running) {
        each.put.put(topic.topicName(), topic);
        register(each);
      }
    }
  }

  @Override
  @RunsOn(ThreadRole.EVENT_LOOP)
  public void topicDeleted(String topic) {
    for (NameServer each : servers.values()) {
      if (running) {
        each.put.remove(topic);
        each.tellAll = true;
        register(each);
      }
    }
  }

  private Future<?> registerWithAll() {
    List<Future<?>> all = new ArrayList<>();
    for (NameServer each : servers.values()) {
      register(each);
      all.add(toldOf(each));
    }
    return Future.join(all);
  }

  /** Completes with the answer to the last registration that was asked for, or its failure. */
  private static Future<Void> toldOf(NameServer server) {
    if (!server.onItsWay) {
      return Future.succeededFuture();
    }
    Promise<Void> told = Promise.promise();
    (server.again ? server.waitingAgain : server.waiting).add(told);
    return told.future();
  }

  private void register(NameServer server) {
    if (server.onItsWay) {
      server.again = true;
      return;
    }
    server.onItsWay = true;
    server.lastTriedMs = clockMs.getAsLong();
    transport
        .connect(server.address)
        .onSuccess(connection -> loop.execute(() -> tell(server, connection)))
        .onFailure(failure -> loop.execute(() -> answered(server, null, failure.toString())));
  }

  private void tell(NameServer server, Connection connection) {
    RemotingCommand registration;
    try {
      registration = registration(server, connection);
    } catch (RuntimeException | Error e) { // memory, with very many topics
      answered(server, null, e.toString());
      throw e;
    }
    connection
        .request(registration, options.timeoutMs())
        .map(
            answer -> {
              String refusal = refusal(answer);
              answer.release();
              return refusal;
            })
        .otherwise(Throwable::toString)
        .onSuccess(problem -> loop.execute(() -> answered(server, connection, problem)));
  }

  private static @Nullable String refusal(RemotingCommand answer) {
    return answer.code() == ResponseCode.SUCCESS
        ? null
        : ResponseCode.name(answer.code()) + ": " + answer.remark();
  }

  private void answered(
      NameServer server, @Nullable Connection connection, @Nullable String problem) {
    server.onItsWay = false;
    server.registered = problem == null;
    if (problem == null) {
      if (server.complained) {
        log.info("registered with name server {} again", server.address);
        server.complained = false;
      }
      watch(server, connection);
    } else if (!server.complained) {
      log.warn(
          "could not register with name server {}: {}. Trying again every second.",
          server.address,
          problem);
      server.complained = true;
    }
    release(server.waiting);
    if (problem == null && server.again && running) {
      register(server);
      return;
    }
    server.again = false;
    release(server.waitingAgain);
  }

  /** Whether an answer has been due for longer than anybody is to wait for it. */
  private boolean isLate(NameServer server) {
    return server.onItsWay
        && server.registered
        && clockMs.getAsLong() - server.lastTriedMs >= PATIENCE_MS;
  }

  private static void letGo(NameServer server) {
    release(server.waiting);
    release(server.waitingAgain);
  }

  private static void release(List<Promise<Void>> waiting) {
    List<Promise<Void>> released = List.copyOf(waiting);
    waiting.clear();
    released.forEach(Promise::complete);
  }

  /** A name server forgets a broker whose connection is gone. */
  private void watch(NameServer server, @Nullable Connection connection) {
    if (connection == null || connection == server.watched) {
      return;
    }
    server.watched = connection;
    connection
        .closed()
        .onComplete(
            (nothing, ignored) ->
                loop.execute(
                    () -> {
                      if (server.watched == connection) {
                        server.watched = null;
                        server.registered = false;
                        if (running) {
                          register(server);
                        }
                      }
                    }));
  }

  /** What it has to know: all, unless it knows all but the topics put since. */
  private RemotingCommand registration(NameServer server, Connection connection) {
    boolean knowsUs = server.registered && connection == server.watched;
    boolean all = !knowsUs || server.tellAll || server.put.isEmpty();
    TopicConfigWrapper told =
        all
            ? topics.wrapper()
            : new TopicConfigWrapper(topics.dataVersion(), null, new TreeMap<>(server.put));
    if (all) {
      server.lastAllMs = server.lastTriedMs;
    }
    server.put.clear();
    server.tellAll = false;
    server.again = false; // what came while it was dialled is told, too
    server.waiting.addAll(server.waitingAgain);
    server.waitingAgain.clear();
    RegisterBrokerBody body = new RegisterBrokerBody(List.of(), told);
    boolean compressed = told.topicConfigTable().size() >= COMPRESS_FROM_TOPICS;
    // Our frames give a 4.9 version, by which name servers know the older compressed form.
    ByteBuf bytes = Unpooled.wrappedBuffer(compressed ? body.compressed(false) : body.toJson());
    return RemotingCommand.request(
            RequestCode.REGISTER_BROKER,
            new RouteHeaders.RegisterBroker(
                broker.name(),
                broker.address(),
                broker.cluster(),
                haAddress,
                broker.id(),
                compressed,
                RegisterBrokerBody.checksum(bytes),
                null,
                null))
        .body(bytes);
  }

  private Future<?> unregister(NameServer server) {
    return transport
        .request(
            server.address,
            RemotingCommand.request(
                RequestCode.UNREGISTER_BROKER,
                new RouteHeaders.UnregisterBroker(
                    broker.name(), broker.address(), broker.cluster(), broker.id())),
            UNREGISTER_TIMEOUT_MS)
        .onSuccess(RemotingCommand::release)
        .onFailure(
            failure ->
                log.warn("could not unregister from name server {}", server.address, failure));
  }
}
