package io.apogeemq.client;

import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A port that answers as a name server or broker in trouble would: for what a healthy node never
 * does. Real frames over loopback; only the answers are scripted.
 */
final class ScriptedNode implements AutoCloseable {
  /** A code to answer a send with, which is not a response code: no answer at all. */
  static final int SILENCE = -1;

  private final RemotingServer server;
  private final int port;
  final Map<String, TopicRoute> routes = new ConcurrentHashMap<>();

  /** Topics that were asked for, in order. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Codes for the next sends; when empty they succeed. */
  final ConcurrentLinkedQueue<Integer> sendCodes = new ConcurrentLinkedQueue<>();

  /** Requests without an answer; they keep their buffers until the end. */
  private final List<Promise<Reply>> silent = new CopyOnWriteArrayList<>();

  final List<SendHeaders.Send> sends = new CopyOnWriteArrayList<>();
  final List<byte[]> bodies = new CopyOnWriteArrayList<>();

  ScriptedNode(Vertx vertx) {
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
                Route.on(
                    RequestCode.SEND_BATCH_MESSAGE,
                    Access.OPEN,
                    SendHeaders.Send.class,
                    SendHeaders.Send::read,
                    this::send),
                Route.on(RequestCode.HEART_BEAT, Access.OPEN, (from, none) -> Reply.ok().now()),
                Route.on(
                    RequestCode.UNREGISTER_CLIENT, Access.OPEN, (from, none) -> Reply.ok().now()));
    server = new RemotingServer(vertx, "127.0.0.1", 0, "a test port", new Dispatcher(family));
    port = await(server.start());
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  private Future<Reply> route(Exchange from, RouteHeaders.GetRoute ask) {
    asked.add(ask.topic());
    TopicRoute route = routes.get(ask.topic());
    return route == null
        ? Reply.of(ResponseCode.TOPIC_NOT_EXIST, "no route for " + ask.topic()).now()
        : Reply.ok().body(route.toJson()).now();
  }

  private Future<Reply> send(Exchange from, SendHeaders.Send header) {
    sends.add(header);
    RemotingCommand request = from.request();
    bodies.add(request.bodyBytes());
    Integer code = sendCodes.poll();
    if (code == null || code == ResponseCode.FLUSH_DISK_TIMEOUT) {
      return Reply.of(
              code == null ? ResponseCode.SUCCESS : code,
              null,
              new SendHeaders.Reply(
                  "7F0000010000000000000000000000AA",
                  header.queueId(),
                  sends.size() - 1,
                  null,
                  SendHeaders.Reply.DEFAULT_REGION,
                  "false"))
          .now();
    }
    return code == SILENCE ? Promise.<Reply>promise().future() : Reply.of(code, "scripted").now();
  }

  /** A topic on these brokers, each with so many queues. */
  static TopicRoute on(int queues, Map<String, ScriptedNode> brokers) {
    List<BrokerData> data = new ArrayList<>();
    List<QueueData> places = new ArrayList<>();
    brokers.forEach(
        (name, node) -> {
          data.add(new BrokerData(Map.of(BrokerData.MASTER_ID, node.address()), name, "c", null));
          places.add(new QueueData(name, 6, queues, 0, queues));
        });
    return new TopicRoute(data, Map.of(), null, places);
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new Failed(e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** What a future failed with. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(Throwable cause) {
      super(cause);
    }
  }

  @Override
  public void close() {
    silent.forEach(each -> each.tryComplete(Reply.ok()));
    await(server.stop());
  }
}
