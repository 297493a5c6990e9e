package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.ConsumerData;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.ProducerData;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.remoting.SignedTransport;
import io.apogeemq.remoting.TcpTransport;
import io.apogeemq.remoting.Transport;
import io.apogeemq.remoting.tls.ClientTls;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of a cluster: the root of producers, consumers and admin calls, which share its
 * connections, its routes and its name towards the brokers.
 *
 * <p>It lives on one event loop: that of the caller if there is one, else one of its own. All methods
 * may be called from any thread; futures complete on that loop. Brokers hear of its producers and
 * consumers at once when they start, every 30 s, and as soon as a broker that was lost is back.
 */
public final class ApogeeClient {
  private static final Logger log = LoggerFactory.getLogger(ApogeeClient.class);

  /** A broker that was lost is told of us again after this time, and then again as often. */
  private static final long RECONNECT_MS = 1_000;

  private final ClientOptions options;
  private final Loop loop;
  private final Transport transport;
  private final Calls calls;
  private final Routes routes;
  private final Nodes nodes;
  private final UniqueIds ids = UniqueIds.ofThisProcess();
  private final Map<String, Producer> producers = new ConcurrentHashMap<>();
  private final Map<String, PushConsumer> consumers = new ConcurrentHashMap<>();

  // What follows belongs to the loop.
  private final List<Long> timers = new ArrayList<>();
  private final Set<String> watched = new HashSet<>();
  private boolean heartbeatPlanned;
  private boolean closed;

  /**
   * A client over any transport.
   *
   * @param transport makes it from the dispatcher that answers what brokers ask the client
   */
  public ApogeeClient(
      Vertx vertx, ClientOptions options, Function<Dispatcher, Transport> transport) {
    this.options = new ClientOptions(options);
    options.check();
    loop = new Loop(vertx);
    Transport plain = transport.apply(new Dispatcher(new Notices()));
    this.transport =
        options.getCredentials() == null
            ? plain
            : new SignedTransport(plain, options.getCredentials());
    calls = new Calls(loop, this.transport, this.options);
    routes = new Routes(calls, System::currentTimeMillis, this::heartbeatSoon);
    nodes = new Nodes(calls, routes);
    loop.run(
        () -> {
          timers.add(loop.every(options.getRouteRefreshMs(), routes::refreshAll));
          timers.add(loop.every(options.getHeartbeatMs(), this::heartbeat));
        });
  }

  /**
   * A client over TCP, with TLS if the options or Java's {@code -Dtls.enable=true} say so.
   *
   * @throws IllegalArgumentException if no name server is given or the settings of TLS can't be used
   */
  public static ApogeeClient create(Vertx vertx, ClientOptions options) {
    ClientTls tls = TlsChoice.of(vertx, options);
    return new ApogeeClient(vertx, options, requests -> new TcpTransport(vertx, requests, tls));
  }

  /** The id under which brokers know this client. */
  public String clientId() {
    return options.clientId();
  }

  /** A producer of this group with the usual settings; a client has one of each group. */
  public Producer producer(String group) {
    return producer(ProducerOptions.of(group));
  }

  /** A producer; a client has one of each group. */
  public Producer producer(ProducerOptions options) {
    String group = options.getGroup();
    checkGroup(group);
    Producer made = new Producer(options, this, ids);
    if (producers.putIfAbsent(group, made) != null) {
      throw new IllegalStateException("this client has a producer of group " + group + " already");
    }
    loop.run(this::heartbeatSoon);
    return made;
  }

  private static void checkGroup(String group) {
    String flaw = Names.flawOfGroup(group);
    if (flaw != null) {
      throw new IllegalArgumentException(flaw);
    }
  }

  /** A consumer that takes messages one by one and acknowledges each by its receipt (5.x brokers). */
  public PopConsumer popConsumer(String group) {
    checkGroup(group);
    return new PopConsumer(group, this);
  }

  /** A consumer that reads queues on demand. */
  public PullConsumer pullConsumer(String group) {
    checkGroup(group);
    return new PullConsumer(group, this);
  }

  /** A consumer that calls a listener; it must be started. A client has one of each group. */
  public PushConsumer pushConsumer(ConsumerOptions options, MessageListener listener) {
    checkGroup(options.getGroup());
    PushConsumer made = new PushConsumer(options, listener, this);
    if (consumers.putIfAbsent(options.getGroup(), made) != null) {
      throw new IllegalStateException(
          "this client has a consumer of group " + options.getGroup() + " already");
    }
    return made;
  }

  /** What administrators ask and change: nodes and topics. */
  public Admin admin() {
    return new Admin(nodes);
  }

  /** The same for consumer groups: their settings, members, lag and offsets. */
  public GroupAdmin groupAdmin() {
    return new GroupAdmin(nodes, this);
  }

  /** Looks for stored messages. */
  public MessageQuery messages() {
    return new MessageQuery(calls, nodes, options.getRequestTimeoutMs());
  }

  ClientOptions options() {
    return options;
  }

  Calls calls() {
    return calls;
  }

  Routes routes() {
    return routes;
  }

  /** What brokers ask of a client. */
  private final class Notices implements RequestFamily {
    @Override
    public List<Route<?>> routes() {
      return List.of(
          Route.on(
              RequestCode.NOTIFY_CONSUMER_IDS_CHANGED,
              Access.OPEN,
              GroupHeaders.IdsChanged.class,
              this::idsChanged));
    }

    private Future<Reply> idsChanged(Exchange from, GroupHeaders.IdsChanged notice) {
      PushConsumer consumer = consumers.get(notice.consumerGroup());
      if (consumer != null) {
        loop.run(consumer::groupChanged);
      }
      return Reply.ok().now();
    }
  }

  /** Tells the brokers soon; several calls before that are one. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  private void heartbeatSoon() {
    if (!heartbeatPlanned && !closed) {
      heartbeatPlanned = true;
      loop.after(
          1,
          () -> {
            heartbeatPlanned = false;
            heartbeat();
          });
    }
  }

  /**
   * Tells all known brokers who we are: masters always, slaves if there is a consumer. Completes when
   * all have answered or failed; failures are logged.
   */
  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<Void> heartbeat() {
    if (closed || (producers.isEmpty() && consumers.isEmpty())) {
      return Future.succeededFuture();
    }
    List<Future<?>> told = new ArrayList<>();
    for (String address : addresses()) {
      told.add(heartbeat(address));
    }
    return PushConsumer.settled(told);
  }

  /** Whether this node answered our last heartbeat and is connected since. */
  @RunsOn(ThreadRole.EVENT_LOOP)
  boolean answers(String address) {
    return watched.contains(address);
  }

  private Set<String> addresses() {
    Set<String> all = new LinkedHashSet<>();
    for (Map<Long, String> broker : routes.brokers().values()) {
      broker.forEach(
          (id, address) -> {
            if (id == 0 || !consumers.isEmpty()) {
              all.add(address);
            }
          });
    }
    return all;
  }

  private Future<Void> heartbeat(String address) {
    Set<ProducerData> producing = new LinkedHashSet<>();
    producers.keySet().forEach(group -> producing.add(new ProducerData(group)));
    Set<ConsumerData> consuming = new LinkedHashSet<>();
    for (PushConsumer each : consumers.values()) {
      if (each.isRunning()) {
        consuming.add(each.membership());
      }
    }
    HeartbeatData data = new HeartbeatData(clientId(), consuming, null, producing, null);
    return calls
        .ok(address, RemotingCommand.request(RequestCode.HEART_BEAT).body(data.toJson()))
        .onSuccess(ignored -> watch(address))
        .onFailure(e -> log.info("heartbeat to {} failed: {}", address, e.toString()));
  }

  /** Tells a broker again when the connection to it was lost and it is back. */
  private void watch(String address) {
    if (watched.add(address)) {
      loop.here(transport.connect(address))
          .onFailure(ignored -> watched.remove(address))
          .onSuccess(
              connection ->
                  loop.here(connection.closed())
                      .onComplete(
                          ignored -> {
                            watched.remove(address);
                            loop.after(RECONNECT_MS, () -> tellAgain(address));
                          }));
    }
  }

  private void tellAgain(String address) {
    if (!closed && addresses().contains(address) && !watched.contains(address)) {
      heartbeat(address).onFailure(e -> loop.after(RECONNECT_MS, () -> tellAgain(address)));
    }
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<Void> leave(Producer producer) {
    return producers.remove(producer.group(), producer)
        ? leave(producer.group(), null)
        : Future.succeededFuture();
  }

  @RunsOn(ThreadRole.EVENT_LOOP)
  Future<Void> leave(PushConsumer consumer) {
    return consumers.remove(consumer.group(), consumer)
        ? leave(null, consumer.group())
        : Future.succeededFuture();
  }

  private Future<Void> leave(@Nullable String producerGroup, @Nullable String consumerGroup) {
    List<Future<?>> told = new ArrayList<>();
    for (String address : watched) {
      told.add(
          calls.ok(
              address,
              RemotingCommand.request(
                  RequestCode.UNREGISTER_CLIENT,
                  new GroupHeaders.Unregister(clientId(), producerGroup, consumerGroup))));
    }
    return PushConsumer.settled(told);
  }

  /** Closes all producers and consumers, leaves their groups, and closes the connections. */
  public Future<Void> close() {
    return loop.call(
        () -> {
          if (closed) {
            return Future.succeededFuture();
          }
          List<Future<?>> members = new ArrayList<>();
          consumers.values().forEach(each -> members.add(each.close()));
          producers.values().forEach(each -> members.add(each.close()));
          return PushConsumer.settled(members)
              .compose(
                  ignored -> {
                    closed = true;
                    timers.forEach(loop::cancel);
                    return transport.close();
                  });
        });
  }
}
