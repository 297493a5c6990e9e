package io.apogeemq.client;

import io.apogeemq.protocol.Names;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Loopback;
import io.apogeemq.remoting.LoopbackTransport;
import io.apogeemq.remoting.SignedTransport;
import io.apogeemq.remoting.TcpTransport;
import io.apogeemq.remoting.Transport;
import io.apogeemq.remoting.tls.ClientTls;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A client of a cluster: the root of producers, consumers and admin calls, which share its
 * connections, its routes and its name towards the brokers.
 *
 * <p>It lives on one event loop: that of the caller if there is one, else one of its own. All methods
 * may be called from any thread. Futures complete, and listeners are called, on the context of the
 * caller; on the client's loop if he has none. Brokers hear of its producers and
 * consumers at once when they start, every 30 s, and as soon as a broker that was lost is back.
 *
 * <p>A client that a verticle made is closed when that is undeployed, by Vert.x as its own clients are;
 * any other when Vert.x closes. {@link #close} does it before.
 */
public final class ApogeeClient {
  /** In the names of clients that were given none. */
  private static final AtomicLong NEXT_NAME = new AtomicLong(System.nanoTime());

  private final ClientOptions options;
  private final String clientId;
  private final Loop loop;
  private final Transport transport;
  private final Calls calls;
  private final Routes routes;
  private final Nodes nodes;
  private final Requests requests;
  private final Membership members;
  private final UniqueIds ids = UniqueIds.ofThisProcess();

  /** Called by Vert.x; a broker that does not answer fails no undeployment. */
  private final Closeable closeHook = done -> close().onComplete(ignored -> done.succeed());

  /** Belongs to the loop. Null until somebody closes the client. */
  private @Nullable Future<Void> closing;

  /**
   * A client over any transport.
   *
   * @param transport makes it from the event loop that it should live on, and the dispatcher that
   *     answers what brokers ask the client
   */
  public ApogeeClient(
      Vertx vertx, ClientOptions options, BiFunction<Context, Dispatcher, Transport> transport) {
    this.options = new ClientOptions(options);
    options.check();
    if (options.getInstanceName() == null) {
      this.options.setInstanceName(
          ProcessHandle.current().pid() + "#" + NEXT_NAME.getAndIncrement());
    }
    if (options.getMetrics() != ClientMetrics.NONE) {
      this.options.setMetrics(new GuardedMetrics(options.getMetrics()));
    }
    clientId = LocalAddress.get().getHostAddress() + "@" + this.options.getInstanceName();
    loop = new Loop(vertx);
    BrokerNotices notices = new BrokerNotices(loop, this::members, this::requests);
    ToolQuestions questions = new ToolQuestions(loop, this::members);
    Transport plain =
        loop.closedByNobody(
            () -> transport.apply(loop.context(), new Dispatcher(notices, questions)));
    this.transport =
        options.getCredentials() == null
            ? plain
            : new SignedTransport(plain, options.getCredentials());
    calls = new Calls(loop, this.transport, this.options);
    routes = new Routes(calls, System::currentTimeMillis, () -> members().heartbeatSoon());
    nodes = new Nodes(calls, routes);
    members = new Membership(clientId, loop, this.transport, calls, routes);
    requests = new Requests(clientId, members, loop, routes, nodes);
    loop.addCloseHook(closeHook);
    loop.run(
        () -> {
          loop.every(options.getRouteRefreshMs(), routes::refreshAll);
          loop.every(options.getHeartbeatMs(), members::heartbeat);
        });
  }

  /**
   * A client over TCP, with TLS if the options or Java's {@code -Dtls.enable=true} say so; to a node of
   * this process without a socket if the options name it.
   *
   * @throws IllegalArgumentException if no name server is given or the settings of TLS can't be used
   */
  public static ApogeeClient create(Vertx vertx, ClientOptions options) {
    ClientTls tls = TlsChoice.of(vertx, options);
    Loopback node = options.getLoopback();
    return new ApogeeClient(
        vertx,
        options,
        (context, requests) -> {
          Transport tcp = new TcpTransport(vertx, context, requests, tls);
          return node == null ? tcp : new LoopbackTransport(node, context, requests, tcp);
        });
  }

  /** The id under which brokers know this client: address and instance name, as in the original. */
  public String clientId() {
    return clientId;
  }

  /** A producer of this group with the usual settings; a client has one of each group. */
  public Producer producer(String group) {
    return producer(ProducerOptions.of(group));
  }

  /** A producer; a client has one of each group. */
  public Producer producer(ProducerOptions options) {
    checkGroup(options.getGroup());
    Producer made = new Producer(options, this, ids);
    members.add(made);
    return made;
  }

  /**
   * A producer whose messages are delivered only if a transaction of the application commits.
   *
   * @param checker tells brokers how a transaction ended; called on the caller's context
   */
  public TransactionProducer transactionProducer(
      ProducerOptions options, TransactionChecker checker) {
    TransactionProducer made = new TransactionProducer(producer(options), checker, this);
    members.add(made);
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
    members.add(made);
    return made;
  }

  /** A consumer group's messages as a stream; it must be started. A client has one of each group. */
  public MessageStream stream(ConsumerOptions options) {
    return new MessageStream(options, this);
  }

  /** What administrators ask and change: nodes and topics. */
  public Admin admin() {
    return new Admin(nodes);
  }

  /** The same for consumer groups: their settings, members, lag and offsets. */
  public GroupAdmin groupAdmin() {
    return new GroupAdmin(nodes, this);
  }

  /** Looks into brokers, and through them into clients. */
  public Inspection inspection() {
    return new Inspection(nodes);
  }

  /** Looks for stored messages. */
  public MessageQuery messages() {
    return new MessageQuery(calls, nodes, options.getRequestTimeoutMs());
  }

  /** What brokers have accepted and not yet delivered. */
  public PendingMessages pending() {
    return new PendingMessages(nodes);
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

  Membership members() {
    return members;
  }

  Requests requests() {
    return requests;
  }

  /** Completes when all have, well or not. */
  static Future<Void> settled(List<Future<?>> all) {
    return Future.join(all).otherwiseEmpty().mapEmpty();
  }

  /**
   * Closes all producers and consumers, leaves their groups, and closes the connections. Undeploying
   * the verticle that made the client does the same, after its {@code stop}. Never fails: who can't be
   * told, notices by himself.
   */
  public Future<Void> close() {
    return loop.call(
        () -> {
          Future<Void> present = closing;
          if (present == null) {
            present = leave();
            closing = present;
          }
          return present;
        });
  }

  private Future<Void> leave() {
    long mostMs = PushConsumer.CLOSE_WAIT_MS + 2 * options.getRequestTimeoutMs();
    return loop.within(mostMs, members.close(), TimeoutException::new)
        .transform(ignored -> loop.here(transport.close()))
        .transform(
            ignored -> {
              requests.close();
              loop.cancelAll();
              loop.removeCloseHook(closeHook);
              return Future.succeededFuture();
            });
  }
}
