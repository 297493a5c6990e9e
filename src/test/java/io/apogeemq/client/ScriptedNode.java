package io.apogeemq.client;

import io.apogeemq.protocol.body.BatchAckBody;
import io.apogeemq.protocol.body.Body;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerIdList;
import io.apogeemq.protocol.body.HeartbeatData;
import io.apogeemq.protocol.body.LockBatchAnswer;
import io.apogeemq.protocol.body.LockBatchRequest;
import io.apogeemq.protocol.body.QueueData;
import io.apogeemq.protocol.body.TopicRoute;
import io.apogeemq.protocol.header.GroupHeaders;
import io.apogeemq.protocol.header.OffsetHeaders;
import io.apogeemq.protocol.header.PopHeaders;
import io.apogeemq.protocol.header.PullHeaders;
import io.apogeemq.protocol.header.RetryHeaders;
import io.apogeemq.protocol.header.RouteHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.message.MessageDraft;
import io.apogeemq.protocol.message.StoredMessage;
import io.apogeemq.protocol.remoting.LanguageCode;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Connection;
import io.apogeemq.remoting.Dispatcher;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.RemotingServer;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A port that answers as a name server or broker in trouble would: for what a healthy node never
 * does. Real frames over loopback; only the answers are scripted.
 */
public final class ScriptedNode implements AutoCloseable {
  /** A code to answer a send with, which is not a response code: no answer at all. */
  static final int SILENCE = -1;

  private final RemotingServer server;
  private final int port;
  final Map<String, TopicRoute> routes = new ConcurrentHashMap<>();

  /** Topics that were asked for, in order. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Codes for the next sends; when empty they succeed. */
  final ConcurrentLinkedQueue<Integer> sendCodes = new ConcurrentLinkedQueue<>();

  /** Messages of the topic that everybody may pull, from offset 0; then nothing comes any more. */
  volatile List<String> messages = List.of();

  /** Nodes in trouble keep silent. */
  volatile boolean answersRoutes = true;

  volatile boolean answersHeartbeats = true;

  /** Its heartbeats are not accepted, but who is known already stays so. */
  volatile boolean refusesHeartbeats;

  /** Whether pops are told that there is nothing. */
  volatile boolean answersPops = true;

  /** Pops that came. */
  final AtomicInteger pops = new AtomicInteger();

  /** Ids of clients of any group; null: none is online. */
  volatile @Nullable List<String> online;

  /** Members that the last heartbeat named; the only ones that this node knows. */
  private volatile List<String> members = List.of();

  /** Where topics are that {@link #routes} do not name; null: nowhere. */
  private volatile @Nullable TopicRoute elsewhere;

  private volatile boolean holdsSends;

  /** Answers of sends that are held. */
  private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();

  final List<SendHeaders.Send> sends = new CopyOnWriteArrayList<>();
  final List<byte[]> bodies = new CopyOnWriteArrayList<>();

  /** Offsets that were committed by a request of its own, in order. */
  final List<Long> commits = new CopyOnWriteArrayList<>();

  /** Log positions of messages that were handed back; here they are their offsets. */
  final List<Long> handedBack = new CopyOnWriteArrayList<>();

  /** Offsets that were acknowledged alone; {@link #refusedOffset} is not. */
  final List<Long> acks = new CopyOnWriteArrayList<>();

  /** Requests that acknowledged many at once. */
  final List<BatchAckBody> batchAcks = new CopyOnWriteArrayList<>();

  /** An acknowledgement of this offset is refused; many at once as a whole. */
  volatile long refusedOffset = -1;

  /** Groups that gave up a lock. */
  final List<String> unlocked = new CopyOnWriteArrayList<>();

  /** Groups that were left. */
  final List<String> unregistered = new CopyOnWriteArrayList<>();

  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  public ScriptedNode(Vertx vertx) {
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
                Route.on(RequestCode.HEART_BEAT, Access.OPEN, (from, none) -> heartbeat(from)),
                Route.on(
                    RequestCode.GET_CONSUMER_LIST_BY_GROUP,
                    Access.OPEN,
                    (from, none) -> Reply.ok().body(new ConsumerIdList(members).toJson()).now()),
                Route.on(
                    RequestCode.QUERY_CONSUMER_OFFSET,
                    Access.OPEN,
                    (from, none) -> Reply.ok(new OffsetHeaders.QueryReply(0)).now()),
                Route.on(
                    RequestCode.UPDATE_CONSUMER_OFFSET,
                    Access.OPEN,
                    OffsetHeaders.Update.class,
                    (from, commit) -> {
                      commits.add(commit.commitOffset());
                      return Reply.ok().now();
                    }),
                Route.on(
                    RequestCode.CONSUMER_SEND_MSG_BACK,
                    Access.OPEN,
                    RetryHeaders.SendBack.class,
                    (from, back) -> {
                      handedBack.add(back.offset());
                      return Reply.ok().now();
                    }),
                Route.on(
                    RequestCode.PULL_MESSAGE,
                    Access.OPEN,
                    PullHeaders.Pull.class,
                    PullHeaders.Pull::read,
                    this::pull),
                Route.on(RequestCode.ACK_MESSAGE, Access.OPEN, PopHeaders.Ack.class, this::ack),
                Route.on(
                    RequestCode.BATCH_ACK_MESSAGE, Access.OPEN, (from, none) -> ackBatch(from)),
                Route.on(RequestCode.POP_MESSAGE, Access.OPEN, (from, none) -> pop()),
                Route.on(
                    RequestCode.GET_CONSUMER_CONNECTION_LIST,
                    Access.OPEN,
                    (from, none) -> connections()),
                Route.on(RequestCode.LOCK_BATCH_MQ, Access.OPEN, (from, none) -> lock(from)),
                Route.on(RequestCode.UNLOCK_BATCH_MQ, Access.OPEN, (from, none) -> unlock(from)),
                Route.on(
                    RequestCode.UNREGISTER_CLIENT,
                    Access.OPEN,
                    GroupHeaders.Unregister.class,
                    this::unregister));
    server = new RemotingServer(vertx, "127.0.0.1", 0, "a test port", new Dispatcher(family));
    port = await(server.start());
  }

  /** A name server and broker in one, that has every topic and answers no send before {@link #answerSends}. */
  public static ScriptedNode holdingSends(Vertx vertx) {
    ScriptedNode node = new ScriptedNode(vertx);
    node.elsewhere = on(1, Map.of("silent", node));
    node.holdsSends = true;
    return node;
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** How many sends have come. */
  public int sendCount() {
    return sends.size();
  }

  /** Answers all sends that were held, and from now on each as it comes. */
  public void answerSends() {
    holdsSends = false;
    for (Runnable each = held.poll(); each != null; each = held.poll()) {
      each.run();
    }
  }

  /** Of clients that still are connected, among those that asked something. */
  int openConnections() {
    return (int) connections.stream().filter(Connection::isOpen).count();
  }

  private Future<Reply> unregister(Exchange from, GroupHeaders.Unregister ask) {
    String group = ask.producerGroup();
    unregistered.add(group == null ? String.valueOf(ask.consumerGroup()) : group);
    return Reply.ok().now();
  }

  private Future<Reply> heartbeat(Exchange from) {
    connections.add(from.connection());
    if (!answersHeartbeats) {
      return Promise.<Reply>promise().future();
    }
    if (refusesHeartbeats) {
      return Reply.of(ResponseCode.SYSTEM_ERROR, "scripted refusal").now();
    }
    members = List.of(Body.parse(HeartbeatData.class, from.request().body()).clientID());
    return Reply.ok().now();
  }

  private Future<Reply> ack(Exchange from, PopHeaders.Ack ask) {
    if (ask.offset() == refusedOffset) {
      return Reply.of(ResponseCode.NO_MESSAGE, "scripted").now();
    }
    acks.add(ask.offset());
    return Reply.ok().now();
  }

  private Future<Reply> ackBatch(Exchange from) {
    batchAcks.add(Body.parse(BatchAckBody.class, from.request().body()));
    return refusedOffset < 0
        ? Reply.ok().now()
        : Reply.of(ResponseCode.NO_MESSAGE, "scripted").now();
  }

  private Future<Reply> pop() {
    pops.incrementAndGet();
    return answersPops
        ? Reply.of(ResponseCode.POLLING_TIMEOUT, "scripted").now()
        : Promise.<Reply>promise().future();
  }

  private Future<Reply> connections() {
    List<String> ids = online;
    if (ids == null) {
      return Reply.of(ResponseCode.CONSUMER_NOT_ONLINE, "scripted").now();
    }
    Set<ClientConnection> all = new LinkedHashSet<>();
    ids.forEach(each -> all.add(new ClientConnection("127.0.0.1:1", each, LanguageCode.JAVA, 1)));
    return Reply.ok().body(new ConsumerConnection(all, null, null, null, Map.of()).toJson()).now();
  }

  private Future<Reply> lock(Exchange from) {
    LockBatchRequest ask = Body.parse(LockBatchRequest.class, from.request().body());
    return Reply.ok().body(new LockBatchAnswer(ask.mqSet()).toJson()).now();
  }

  private Future<Reply> unlock(Exchange from) {
    LockBatchRequest ask = Body.parse(LockBatchRequest.class, from.request().body());
    unlocked.add(String.valueOf(ask.consumerGroup()));
    return Reply.ok().now();
  }

  private Future<Reply> pull(Exchange from, PullHeaders.Pull ask) {
    int end = messages.size();
    int first = (int) ask.queueOffset();
    if (first >= end) {
      return Promise.<Reply>promise().future();
    }
    int last = Math.min(end, first + ask.maxMsgNums());
    ByteBuf records = Unpooled.buffer();
    InetSocketAddress host = new InetSocketAddress("127.0.0.1", 1);
    for (int i = first; i < last; i++) {
      ByteBuf body = Unpooled.copiedBuffer(messages.get(i), StandardCharsets.UTF_8);
      MessageDraft draft =
          new MessageDraft(
              ask.topic(),
              ask.queueId(),
              0,
              0,
              1,
              host,
              host,
              0,
              0,
              body,
              StoredMessage.crcOf(body),
              ask.topic().getBytes(StandardCharsets.UTF_8),
              new byte[0],
              0);
      int size = (int) StoredMessage.sizeOf(draft);
      ByteBuffer record = ByteBuffer.allocate(size);
      StoredMessage.encode(draft, record, 0, size, i, i, 1);
      records.writeBytes(record.array());
    }
    return Reply.ok(new PullHeaders.Reply(0, last, 0, end)).body(records).now();
  }

  private Future<Reply> route(Exchange from, RouteHeaders.GetRoute ask) {
    connections.add(from.connection());
    asked.add(ask.topic());
    if (!answersRoutes) {
      return Promise.<Reply>promise().future();
    }
    TopicRoute route = routes.getOrDefault(ask.topic(), elsewhere);
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
      return sent(
          Reply.of(
              code == null ? ResponseCode.SUCCESS : code,
              null,
              new SendHeaders.Reply(
                  "7F0000010000000000000000000000AA",
                  header.queueId(),
                  sends.size() - 1,
                  null,
                  SendHeaders.Reply.DEFAULT_REGION,
                  "false",
                  null)));
    }
    return code == SILENCE ? Promise.<Reply>promise().future() : Reply.of(code, "scripted").now();
  }

  private Future<Reply> sent(Reply stored) {
    if (!holdsSends) {
      return stored.now();
    }
    Promise<Reply> answer = Promise.promise();
    Context loop = Vertx.currentContext();
    held.add(() -> loop.runOnContext(ignored -> answer.tryComplete(stored)));
    if (!holdsSends) {
      answerSends(); // which may have been at it just before
    }
    return answer.future();
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

  public static <T> T await(Future<T> future) {
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
    answerSends();
    await(server.stop());
  }
}
