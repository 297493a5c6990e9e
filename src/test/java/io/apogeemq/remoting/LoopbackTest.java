package io.apogeemq.remoting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.compat.Ports;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A connection without a socket keeps the promises of one with it. All bodies are counted buffers, and
 * after each test none may be left.
 */
class LoopbackTest {
  private static final int ECHO = 9001;
  private static final int SILENT = 9002;
  private static final int ASK_BACK = 9003;
  private static final int TOLD = 9007;
  private static final int WHERE = 9008;

  record Named(String name) {}

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final ConcurrentLinkedQueue<ByteBuf> bodies = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Connection> caller = new CompletableFuture<>();
  private final BlockingQueue<Integer> told = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<Promise<Reply>> silent = new ConcurrentLinkedQueue<>();

  private final RequestFamily family =
      () ->
          List.of(
              Route.on(
                  ECHO,
                  Access.OPEN,
                  Named.class,
                  (from, named) -> Reply.ok(named).body(body(from.request().bodyBytes())).now()),
              Route.on(
                  TOLD,
                  Access.OPEN,
                  (from, none) -> {
                    told.add(from.request().body().readInt());
                    caller.complete(from.connection());
                    return Reply.ok().now();
                  }),
              Route.on(
                  SILENT,
                  Access.OPEN,
                  (from, none) -> {
                    Promise<Reply> never = Promise.promise();
                    silent.add(never);
                    return never.future();
                  }),
              Route.on(
                  ASK_BACK,
                  Access.OPEN,
                  (from, none) ->
                      from.connection()
                          .request(RemotingCommand.request(WHERE, new Named("asked")), 5_000)
                          .map(answer -> Reply.ok(answer.header(Named.class)))),
              Route.on(
                  WHERE,
                  Access.OPEN,
                  Named.class,
                  (from, named) -> {
                    caller.complete(from.connection());
                    return Reply.ok(new Named(named.name() + " on " + here())).now();
                  }));

  private int port;
  private String address;
  private Loopback loopback;
  private String deployment;

  private static String here() {
    return Thread.currentThread().getName() + " " + Vertx.currentContext();
  }

  private ByteBuf body(byte... bytes) {
    ByteBuf made = ByteBufAllocator.DEFAULT.buffer().writeBytes(bytes);
    bodies.add(made);
    return made;
  }

  private ByteBuf number(int value) {
    ByteBuf made = ByteBufAllocator.DEFAULT.buffer().writeInt(value);
    bodies.add(made);
    return made;
  }

  /** Serves on a port and the loopback, as a broker does on each of its loops. */
  private final class Serving extends VerticleBase {
    @Override
    public Future<?> start() {
      return new RemotingServer(vertx, "127.0.0.1", port, "the test port", new Dispatcher(family))
          .also(loopback)
          .start();
    }
  }

  @BeforeEach
  void start() {
    port = Ports.one();
    address = "127.0.0.1:" + port;
    loopback = new Loopback(Map.of(address, new InetSocketAddress("127.0.0.1", port)));
    deploy(2);
  }

  private void deploy(int instances) {
    deployment =
        await(vertx.deployVerticle(Serving::new, new DeploymentOptions().setInstances(instances)));
  }

  @AfterEach
  void stop() {
    silent.forEach(each -> each.tryComplete(Reply.ok()));
    await(vertx.close());
    assertThat(bodies).allSatisfy(each -> assertThat(each.refCnt()).isZero());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static void fails(Future<?> future, Class<? extends Throwable> with) {
    assertThatThrownBy(() -> await(future)).hasCauseInstanceOf(with);
  }

  /** A client on an event loop, and what happens there is done there. */
  private final class Client {
    private final Context context = vertx.getOrCreateContext();
    private final Transport transport =
        new LoopbackTransport(
            loopback,
            context,
            new Dispatcher(family),
            new TcpTransport(vertx, context, new Dispatcher(family), null));

    private <T> T onLoop(Supplier<Future<T>> action) {
      Promise<T> done = Promise.promise();
      context.runOnContext(ignored -> action.get().onComplete(done));
      return await(done.future());
    }

    private Future<RemotingCommand> request(int code, ByteBuf body) {
      return transport.request(
          address, RemotingCommand.request(code, new Named("é")).body(body), 5_000);
    }
  }

  @Test
  void aBodyAndItsFieldsComeBack() {
    RemotingCommand answer = await(new Client().request(ECHO, body((byte) 7, (byte) 8)));
    assertThat(answer.header(Named.class).name()).isEqualTo("é");
    assertThat(answer.bodyBytes()).containsExactly(7, 8);
    answer.release();
  }

  @Test
  void anUnknownCodeIsAnsweredAsOnASocket() {
    RemotingCommand answer = await(new Client().request(4711, body((byte) 1)));
    assertThat(answer.remark()).isEqualTo(" request type 4711 not supported");
  }

  @Test
  void aClientIsServedOnItsOwnLoopAndNotWithinItsCall() {
    Client client = new Client();
    AtomicBoolean returned = new AtomicBoolean();
    AtomicBoolean early = new AtomicBoolean();
    AtomicReference<String> thread = new AtomicReference<>();
    RemotingCommand answer =
        client.onLoop(
            () -> {
              Future<RemotingCommand> asked = client.request(WHERE, body());
              asked.onComplete(
                  done -> {
                    early.set(!returned.get());
                    thread.set(Thread.currentThread().getName());
                  });
              returned.set(true);
              return asked;
            });
    assertThat(early).isFalse();
    assertThat(answer.header(Named.class).name())
        .startsWith("é on " + thread.get())
        .doesNotContain(client.context.toString()); // the handler's context is its verticle's
  }

  @Test
  void aClientOfALoopWithoutServerIsServedFromAnother() {
    await(vertx.undeploy(deployment));
    deploy(1);
    List<Client> clients = List.of(new Client(), new Client());
    for (Client each : clients) {
      RemotingCommand answer = each.onLoop(() -> each.request(ECHO, body((byte) 1)));
      assertThat(answer.bodyBytes()).containsExactly(1);
      answer.release();
      Connection connection = await(each.transport.connect(address));
      assertThat(connection).isInstanceOf(LoopbackConnection.class);
    }
  }

  @Test
  void theServerAsksOnTheSameConnection() {
    Client client = new Client();
    RemotingCommand answer = client.onLoop(() -> client.request(ASK_BACK, body()));
    assertThat(answer.header(Named.class).name()).startsWith("asked on ");
  }

  @Test
  void bothEndsNameTheAddressThatWasDialled() throws Exception {
    Client client = new Client();
    await(client.request(WHERE, body()));
    Connection there = caller.get(5, TimeUnit.SECONDS);
    Connection here = await(client.transport.connect(address));
    InetSocketAddress dialled = new InetSocketAddress("127.0.0.1", port);
    assertThat(here.remoteAddress()).isEqualTo(dialled);
    assertThat(there.localAddress()).isEqualTo(dialled);
    assertThat(there.remoteAddress().getAddress()).isEqualTo(InetAddress.getByName("127.0.0.1"));
    assertThat(await(client.transport.connect(address))).isSameAs(here);
  }

  @Test
  void oneWayRequestsAreTakenInOrder() throws Exception {
    Client client = new Client();
    for (int i = 0; i < 1_000; i++) {
      client.transport.oneway(address, RemotingCommand.request(TOLD).body(number(i)));
    }
    for (int i = 0; i < 1_000; i++) {
      assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(i);
    }
  }

  @Test
  void otherAddressesAreDialled() {
    Client client = new Client();
    RemotingServer other =
        new RemotingServer(vertx, "127.0.0.1", 0, "another port", new Dispatcher(family));
    String there = "127.0.0.1:" + await(other.start());
    RemotingCommand answer =
        await(
            client.transport.request(
                there, RemotingCommand.request(ECHO, new Named("x")).body(body((byte) 3)), 5_000));
    assertThat(answer.bodyBytes()).containsExactly(3);
    answer.release();
    assertThat(await(client.transport.connect(there))).isInstanceOf(FrameChannel.class);
  }

  @Test
  void whatIsNotAnsweredInTimeFailsAndALateAnswerIsReleased() {
    Client client = new Client();
    fails(
        client.transport.request(address, RemotingCommand.request(SILENT).body(body()), 1),
        TimeoutException.class);
    silent.forEach(each -> each.complete(Reply.ok().body(body((byte) 1))));
    await(client.request(ECHO, body())).release();
  }

  @Test
  void tooManyUnansweredRequestsAreRefused() {
    Client client = new Client();
    AtomicInteger lost = new AtomicInteger();
    for (int i = 0; i < InFlight.MAX; i++) {
      client
          .transport
          .request(address, RemotingCommand.request(SILENT), 60_000)
          .onFailure(e -> lost.incrementAndGet());
    }
    fails(client.request(ECHO, body((byte) 1)), IllegalStateException.class);
    Connection connection = await(client.transport.connect(address));
    connection.close();
    await(connection.closed());
    assertThat(lost).hasValue(InFlight.MAX);
  }

  @Test
  void aPausedServerIsAskedWhenItGoesOn() throws Exception {
    Client client = new Client();
    await(client.request(TOLD, number(1)));
    Connection there = caller.get(5, TimeUnit.SECONDS);
    client.onLoop(
        () -> {
          there.pause();
          return Future.succeededFuture();
        });
    Future<RemotingCommand> second = client.request(TOLD, number(2));
    Future<RemotingCommand> third = client.request(TOLD, number(3));
    fails(
        client.transport.request(address, RemotingCommand.request(TOLD).body(number(4)), 1),
        TimeoutException.class);
    assertThat(told).containsExactly(1);
    there.resume();
    await(Future.all(second, third));
    await(client.request(ECHO, body())).release();
    assertThat(told).containsExactly(1, 2, 3, 4);
  }

  @Test
  void anEndThatLetsTooMuchWaitIsCutOff() throws Exception {
    Client client = new Client();
    await(client.request(TOLD, number(1)));
    Connection there = caller.get(5, TimeUnit.SECONDS);
    Connection here = await(client.transport.connect(address));
    there.pause();
    ByteBuf shared = number(2);
    for (int i = 0; !here.closed().isComplete(); i++) {
      assertThat(i).isLessThan(10 * InFlight.MAX);
      await(client.transport.oneway(address, RemotingCommand.request(TOLD).body(shared.retain())));
    }
    shared.release();
    await(there.closed());
    await(client.request(ECHO, body())).release(); // on a connection of its own
  }

  @Test
  void whatWasSentBeforeTheClientCloses() throws Exception {
    Client client = new Client();
    await(client.request(TOLD, number(1)));
    Connection there = caller.get(5, TimeUnit.SECONDS);
    client.onLoop(
        () -> {
          client.transport.oneway(address, RemotingCommand.request(TOLD).body(number(2)));
          return client.transport.close();
        });
    await(there.closed());
    assertThat(told).containsExactly(1, 2);
    assertThat(there.liveness().isOpen()).isFalse();
    there.send(RemotingCommand.request(TOLD).body(number(3)).oneway());
    fails(
        there.request(RemotingCommand.request(TOLD).body(number(3)), 9),
        ClosedChannelException.class);
    assertThatThrownBy(() -> await(client.request(ECHO, body((byte) 1)))).isNotNull();
    assertThat(told).containsExactly(1, 2);
  }

  @Test
  void aServerThatStopsIsALostConnectionUntilItIsBack() throws Exception {
    Client client = new Client();
    await(client.request(TOLD, number(1)));
    Connection there = caller.get(5, TimeUnit.SECONDS);
    Connection here = await(client.transport.connect(address));
    Future<RemotingCommand> unanswered = client.request(SILENT, body((byte) 1));
    await(client.request(ECHO, body())).release();
    there.pause();
    Future<RemotingCommand> untaken = client.request(TOLD, number(2));
    await(vertx.undeploy(deployment));
    await(here.closed());
    await(there.closed());
    assertThat(here.isOpen() || here.liveness().isOpen()).isFalse();
    assertThat(there.isOpen() || there.liveness().isOpen()).isFalse();
    fails(unanswered, ClosedChannelException.class);
    fails(untaken, ClosedChannelException.class);
    fails(client.request(ECHO, body((byte) 1)), ConnectException.class); // it was dialled
    silent.forEach(each -> each.complete(Reply.ok().body(body((byte) 9)))); // to nobody
    deploy(2);
    await(client.request(ECHO, body())).release();
    assertThat(await(client.transport.connect(address))).isInstanceOf(LoopbackConnection.class);
  }

  /** Two that answer each other at once must not keep the sockets of their loop waiting. */
  @Test
  void socketsOfTheLoopHaveTheirTurn() {
    Client busy = new Client();
    AtomicBoolean enough = new AtomicBoolean();
    AtomicInteger turns = new AtomicInteger();
    List<Future<?>> loops = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Promise<Void> ended = Promise.promise();
      loops.add(ended.future());
      busy.context.runOnContext(ignored -> again(busy, enough, turns, ended));
    }
    Client other = new Client();
    for (Client each : List.of(busy, other)) {
      TcpTransport dialling = new TcpTransport(vertx, each.context, new Dispatcher(family), null);
      for (int i = 0; i < 20; i++) {
        await(dialling.request(address, RemotingCommand.request(ECHO, new Named("x")), 1_000))
            .release();
      }
    }
    enough.set(true);
    await(Future.all(loops));
    assertThat(turns).hasValueGreaterThan(1_000);
  }

  private void again(
      Client client, AtomicBoolean enough, AtomicInteger turns, Promise<Void> ended) {
    if (enough.get()) {
      ended.complete();
      return;
    }
    client
        .transport
        .request(address, RemotingCommand.request(WHERE, new Named("x")), 5_000)
        .onFailure(ended::fail)
        .onSuccess(
            answer -> {
              turns.incrementAndGet();
              again(client, enough, turns, ended);
            });
  }
}
