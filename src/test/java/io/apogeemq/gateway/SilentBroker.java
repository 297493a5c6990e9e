package io.apogeemq.gateway;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.RemotingServer;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A name server and broker in one, that has every topic and answers sends only when it is told to. */
final class SilentBroker implements AutoCloseable {
  private final RemotingServer server;
  private final int port;
  private final ConcurrentLinkedQueue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sends = new AtomicInteger();
  private volatile boolean answering;

  SilentBroker(Vertx vertx) {
    RequestFamily family =
        () ->
            List.of(
                Route.on(
                    RequestCode.GET_ROUTEINFO_BY_TOPIC,
                    Access.OPEN,
                    RouteHeaders.GetRoute.class,
                    this::route),
                Route.on(
                    RequestCode.SEND_MESSAGE_V2,
                    Access.OPEN,
                    SendHeaders.Send.class,
                    SendHeaders.Send::read,
                    this::send),
                Route.on(RequestCode.HEART_BEAT, Access.OPEN, (from, none) -> Reply.ok().now()));
    server = new RemotingServer(vertx, "127.0.0.1", 0, "a test port", new Dispatcher(family));
    port = await(server.start());
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** How many sends have come. */
  int sends() {
    return sends.get();
  }

  /** Answers all sends, those that come later too. */
  void answer() {
    answering = true;
    for (@Nullable Runnable each = answers.poll(); each != null; each = answers.poll()) {
      each.run();
    }
  }

  private Future<Reply> route(Exchange from, RouteHeaders.GetRoute ask) {
    BrokerData broker =
        new BrokerData(Map.of(BrokerData.MASTER_ID, address()), "silent", "c", null);
    QueueData queues = new QueueData("silent", 6, 1, 0, 1);
    return Reply.ok()
        .body(new TopicRoute(List.of(broker), Map.of(), null, List.of(queues)).toJson())
        .now();
  }

  private Future<Reply> send(Exchange from, SendHeaders.Send header) {
    sends.incrementAndGet();
    Promise<Reply> answer = Promise.promise();
    Reply stored =
        Reply.of(
            0,
            null,
            new SendHeaders.Reply(
                "7F0000010000000000000000000000AA",
                header.queueId(),
                0,
                null,
                SendHeaders.Reply.DEFAULT_REGION,
                "false",
                null));
    var loop = Vertx.currentContext();
    answers.add(() -> loop.runOnContext(ignored -> answer.tryComplete(stored)));
    if (answering) {
      answer();
    }
    return answer.future();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    answer();
    await(server.stop());
  }
}
