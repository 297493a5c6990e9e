package io.apogeemq.gateway.admin;

import io.apogeemq.client.Message;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.access.GatewayClient;
import io.apogeemq.gateway.http.Problem;
import io.apogeemq.gateway.http.ProblemKind;
import io.apogeemq.protocol.Names;
import io.apogeemq.protocol.body.BrokerData;
import io.apogeemq.protocol.body.ClientConnection;
import io.apogeemq.protocol.body.ConsumeType;
import io.apogeemq.protocol.body.ConsumerConnection;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.apogeemq.protocol.body.TopicConfig;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters to the group that they are of and to no other: to its retry topic, on the broker that
 * has the dead letter. Push consumers read {@code %RETRY%group}; who takes messages by POP gets those of
 * {@code %RETRY%group_topic} with its topic's. Which of them it is tells, in this order:
 *
 * <ol>
 *   <li>the dead letter, if POP had given it out again before it died;
 *   <li>a push consumer that is connected, which also reads the first if it takes its topic by POP;
 *   <li>a POP retry topic that exists;
 *   <li>an offset of the group in the first: push consumers have been there;
 *   <li>else nobody has ever read the first, so messages were taken by POP.
 * </ol>
 *
 * <p>Brokers bury at once what is sent to the retry topic of a group that holds locks of queues (in order),
 * so such a group is refused before. Where it could not be known, the first one that is sent tells: the others
 * wait for it, and once a dead letter was buried, none is sent any more, for each would be there once more.
 * Lives as long as its request.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class GroupRetry implements DeadLetterReplay.Sender {
  /** How long a client may take to say how it consumes. */
  private static final long WAIT_MS = 3_000;

  private static final int QUEUE = 0; // every retry topic has it

  private final Vertx vertx;
  private final GatewayClient client;
  private final String group;
  private final boolean pushing;
  private @Nullable Future<List<String>> topics;

  /** What became of the first that was sent. */
  private @Nullable Future<String> first;

  /** Whether a broker has put one among the dead letters at once. */
  private boolean buried;

  private final Map<String, Future<Boolean>> wasPushed = new HashMap<>();

  /** Brokers of topics of the group; as many as those. */
  private final Map<String, Future<List<String>>> brokers = new HashMap<>();

  private GroupRetry(Vertx vertx, GatewayClient client, String group, boolean pushing) {
    this.vertx = vertx;
    this.client = client;
    this.group = group;
    this.pushing = pushing;
  }

  /** Fails with a conflict if members that are connected consume in order. */
  static Future<GroupRetry> of(Vertx vertx, GatewayClient client, String group) {
    return Brokers.all(client, address -> isOrdered(client, address, group))
        .map(
            all -> {
              if (all.answers().contains(Member.IN_ORDER)) {
                throw inOrder(group);
              }
              return new GroupRetry(vertx, client, group, all.answers().contains(Member.PUSHED));
            });
  }

  /** What the members at a broker are. */
  private enum Member {
    NONE,
    PUSHED,
    IN_ORDER
  }

  private static Future<Member> isOrdered(GatewayClient client, String address, String group) {
    return client
        .inspection()
        .members(address, group)
        .compose(
            members ->
                members.consumeType() == ConsumeType.CONSUME_PASSIVELY
                    ? kind(client, address, group, members)
                    : Future.succeededFuture(Member.NONE))
        .recover(
            e ->
                e instanceof RequestRefused
                    ? Future.succeededFuture(Member.NONE)
                    : Future.failedFuture(e));
  }

  /** As one of them says; clients that can't say it pass for unordered. */
  private static Future<Member> kind(
      GatewayClient client, String address, String group, ConsumerConnection members) {
    String one =
        members.connectionSet().stream().map(ClientConnection::clientId).findFirst().orElse("");
    return client
        .inspection()
        .runningInfo(address, group, one, false, WAIT_MS)
        .map(
            said ->
                "true".equals(said.properties().get(ConsumerRunningInfo.ORDERLY))
                    ? Member.IN_ORDER
                    : Member.PUSHED)
        .otherwise(Member.PUSHED);
  }

  private static Problem inOrder(String group) {
    return new Problem(
        ProblemKind.CONFLICT,
        "The group "
            + group
            + " consumes in order: what is sent to its retry topic, brokers put among its dead letters at"
            + " once.",
        "Replay with \"to\": \"topic\", or when the group has been stopped for a minute.");
  }

  @Override
  public Future<String> send(ReceivedMessage dead) {
    Future<String> before = first;
    if (before == null) {
      first = sendNow(dead);
      return first;
    }
    return before.transform(
        ignored -> buried ? Future.failedFuture(inOrder(group)) : sendNow(dead));
  }

  private Future<String> sendNow(ReceivedMessage dead) {
    return retryTopic(dead)
        .compose(
            topic ->
                DeadLetter.retry(vertx, dead, topic)
                    .compose(message -> send(message, dead.brokerName())))
        .compose(this::notBuried)
        .recover(client::explained);
  }

  private Future<SendResult> send(Message message, String broker) {
    MessageQueue queue = new MessageQueue(message.topic(), broker, QUEUE);
    return client
        .producer()
        .send(message, queue)
        .recover(
            e ->
                e instanceof RequestRefused refused
                        && refused.code() == ResponseCode.TOPIC_NOT_EXIST
                    ? create(message.topic(), broker)
                        .compose(done -> client.producer().send(message, queue))
                    : Future.failedFuture(e));
  }

  /** A retry topic comes into being with the first retry, but not by a send where topics do not. */
  private Future<Void> create(String retryTopic, String broker) {
    return client
        .admin()
        .route(Names.dlqTopic(group))
        .compose(
            route -> {
              String address =
                  route.brokerDatas().stream()
                      .filter(each -> each.brokerName().equals(broker))
                      .map(each -> each.brokerAddrs().getOrDefault(BrokerData.MASTER_ID, ""))
                      .findFirst()
                      .orElse("");
              TopicConfig one = TopicConfig.of(retryTopic, 1, TopicConfig.READ | TopicConfig.WRITE);
              return client.admin().updateTopic(address, one);
            })
        .onSuccess(ignored -> client.changed());
  }

  private Future<String> retryTopic(ReceivedMessage dead) {
    String origin = DeadLetter.origin(dead);
    String pushed = Names.retryTopic(group);
    String popped = pushed + '_' + origin;
    if (origin.isEmpty() || pushing && !DeadLetter.wasPopped(dead)) {
      return Future.succeededFuture(pushed);
    }
    return (DeadLetter.wasPopped(dead) ? Future.succeededFuture(true) : isPopped(dead, origin))
        .compose(
            pops ->
                pops
                    ? onBroker(origin, dead.brokerName()).map(popped)
                    : Future.succeededFuture(pushed));
  }

  private Future<Boolean> isPopped(ReceivedMessage dead, String origin) {
    String retry = Names.retryTopic(group);
    return topics()
        .compose(
            all ->
                all.contains(retry + '_' + origin) || all.contains(retry + '+' + origin)
                    ? Future.succeededFuture(true)
                    : wasPushed(retry, dead.brokerName()).map(pushed -> !pushed));
  }

  private Future<List<String>> topics() {
    Future<List<String>> asked = topics;
    if (asked == null || asked.failed()) {
      asked = client.admin().topics();
      topics = asked;
    }
    return asked;
  }

  private Future<Boolean> wasPushed(String retryTopic, String broker) {
    return once(
        wasPushed,
        broker,
        () ->
            client
                .reader(group)
                .committed(new MessageQueue(retryTopic, broker, QUEUE))
                .map(OptionalLong::isPresent)
                .recover(
                    e ->
                        e instanceof RequestRefused && !Brokers.isDenied(e)
                            ? Future.succeededFuture(false)
                            : Future.failedFuture(e)));
  }

  /** By POP nobody would get it of a broker that has not the topic. */
  private Future<Void> onBroker(String topic, String broker) {
    return once(
            brokers,
            topic,
            () ->
                client
                    .admin()
                    .route(topic)
                    .map(
                        route -> route.brokerDatas().stream().map(BrokerData::brokerName).toList()))
        .map(
            names -> {
              if (!names.contains(broker)) {
                throw new Problem(
                    ProblemKind.CONFLICT,
                    "The topic "
                        + topic
                        + " is not on "
                        + broker
                        + " any more, so nobody would get the message from there.",
                    "Replay with \"to\": \"topic\", or create the topic there.");
              }
              return null;
            });
  }

  /** The first answer that is none of failures is kept. */
  private static <T> Future<T> once(
      Map<String, Future<T>> known, String key, Supplier<Future<T>> ask) {
    Future<T> asked = known.get(key);
    if (asked == null || asked.failed()) {
      asked = ask.get();
      known.put(key, asked);
    }
    return asked;
  }

  /** Looks where the broker has put it; one that does not tell is believed. */
  private Future<String> notBuried(SendResult sent) {
    return client
        .messages()
        .asStored()
        .byOffsetId(sent.offsetMsgId())
        .map(ReceivedMessage::topic)
        .otherwise("")
        .map(
            topic -> {
              if (topic.startsWith(Names.DLQ)) {
                buried = true;
                throw inOrder(group);
              }
              return sent.msgId();
            });
  }
}
