package io.apogeemq.client;

import io.apogeemq.protocol.header.ReplyHeaders;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions that are messages, and their answers. Whoever consumes the question sends the answer to
 * the reply topic of a cluster, and a broker there hands it to the client that asks, which it must know
 * as a producer. So before it asks, this client makes itself known to the brokers of all reply topics.
 *
 * <p>The questions that wait are bounded by the producers' limits of pending sends.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Requests {
  private static final Logger log = LoggerFactory.getLogger(Requests.class);

  private static final String CORRELATION_ID = "CORRELATION_ID";
  private static final String REPLY_TO_CLIENT = "REPLY_TO_CLIENT";
  private static final String TTL = "TTL";
  private static final String CLUSTER = "CLUSTER";
  private static final String MESSAGE_TYPE = "MSG_TYPE";
  private static final String REPLY = "reply";
  private static final String REPLY_TOPIC_END = "_REPLY_TOPIC";

  private final String clientId;
  private final Membership members;
  private final Loop loop;
  private final Routes routes;
  private final Nodes nodes;
  private final Map<String, Promise<ReceivedMessage>> waiting = new HashMap<>();

  /** Asked for once; null before, and after it failed. */
  private @Nullable Future<List<String>> replyTopics;

  Requests(String clientId, Membership members, Loop loop, Routes routes, Nodes nodes) {
    this.clientId = clientId;
    this.members = members;
    this.loop = loop;
    this.routes = routes;
    this.nodes = nodes;
  }

  Future<ReceivedMessage> request(Producer producer, Message message, long timeoutMs) {
    String correlationId = UUID.randomUUID().toString();
    Message question =
        message
            .with(CORRELATION_ID, correlationId)
            .with(REPLY_TO_CLIENT, clientId)
            .with(TTL, Long.toString(timeoutMs));
    return loop.call(() -> ask(producer, question, correlationId, timeoutMs));
  }

  private Future<ReceivedMessage> ask(
      Producer producer, Message question, String correlationId, long timeoutMs) {
    int limit = producer.options().getMaxPendingSends();
    if (waiting.size() >= limit) {
      return Future.failedFuture(new TooManyPending("requests", limit));
    }
    Promise<ReceivedMessage> answer = Promise.promise();
    waiting.put(correlationId, answer);
    long timer =
        loop.after(
            timeoutMs,
            () ->
                answer.tryFail(
                    new TimeoutException(
                        "no reply to a request of topic "
                            + question.topic()
                            + " within "
                            + timeoutMs
                            + " ms")));
    routes
        .toPublish(question.topic(), producer.options().getNewTopicQueues())
        .compose(ignored -> knownToReplyTopics(producer.group()))
        .compose(ignored -> producer.send(question))
        .onFailure(answer::tryFail);
    return answer
        .future()
        .onComplete(
            ignored -> {
              loop.cancel(timer);
              waiting.remove(correlationId);
            });
  }

  /** The client is closed: nobody answers any more. */
  void close() {
    for (Promise<ReceivedMessage> each : List.copyOf(waiting.values())) {
      each.tryFail(new ClosedChannelException());
    }
  }

  /** Completes when all brokers that may get an answer to us have heard of us, or failed to. */
  private Future<Void> knownToReplyTopics(String producerGroup) {
    Future<List<String>> topics = replyTopics;
    if (topics == null) {
      topics =
          nodes
              .clusterInfo()
              .map(
                  info ->
                      info.clusterAddrTable().keySet().stream()
                          .map(each -> each + REPLY_TOPIC_END)
                          .toList());
      replyTopics = topics;
      topics.onFailure(ignored -> replyTopics = null);
    }
    return topics.compose(
        all -> {
          List<Future<?>> known = new ArrayList<>();
          all.forEach(each -> known.add(routes.of(each)));
          return ApogeeClient.settled(known).compose(ignored -> members.introduced(producerGroup));
        });
  }

  Future<SendResult> reply(Producer producer, ReceivedMessage request, byte[] body) {
    Map<String, String> asked = request.properties();
    String correlationId = asked.get(CORRELATION_ID);
    String clientId = asked.get(REPLY_TO_CLIENT);
    String cluster = asked.get(CLUSTER);
    if (correlationId == null || clientId == null || cluster == null) {
      return Future.failedFuture(
          new IllegalArgumentException(
              "message "
                  + request.messageId()
                  + " is no request: it has no "
                  + CORRELATION_ID
                  + ", "
                  + REPLY_TO_CLIENT
                  + " or "
                  + CLUSTER));
    }
    Message answer =
        Message.of(cluster + REPLY_TOPIC_END, body)
            .with(CORRELATION_ID, correlationId)
            .with(REPLY_TO_CLIENT, clientId)
            .with(TTL, asked.getOrDefault(TTL, "3000"))
            .with(MESSAGE_TYPE, REPLY);
    return producer.sendReply(answer, request.brokerName());
  }

  /** A broker hands us an answer; on the connection's loop. */
  Future<Reply> answered(Exchange from, ReplyHeaders.Push header) {
    ReceivedMessage message = message(header, from.request().bodyBytes());
    String correlationId = message.properties().get(CORRELATION_ID);
    loop.run(
        () -> {
          Promise<ReceivedMessage> answer =
              correlationId == null ? null : waiting.get(correlationId);
          if (answer == null) {
            log.info("a reply came for a request that waits no longer: {}", correlationId);
          } else {
            answer.tryComplete(message);
          }
        });
    return Reply.ok().now();
  }

  private static ReceivedMessage message(ReplyHeaders.Push header, byte[] stored) {
    String properties = header.properties();
    Body body = Body.of(header.sysFlag(), stored, Body.MAX_BYTES);
    return new ReceivedMessage(
        "",
        header.topic(),
        header.queueId(),
        -1,
        0,
        header.flag(),
        header.sysFlag(),
        header.bornTimestamp(),
        address(header.bornHost()),
        header.storeTimestamp(),
        address(header.storeHost()),
        "",
        -1,
        0,
        header.reconsumeTimes(),
        0,
        Properties.parse(
            properties == null ? new byte[0] : properties.getBytes(StandardCharsets.UTF_8)),
        body.bytes(),
        body.flaw());
  }

  /** {@code ip:port}; without a look-up if it is a name. */
  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(text.startsWith("/") ? 1 : 0, Math.max(colon, 0));
    byte[] ip = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      return ip == null
          ? InetSocketAddress.createUnresolved(host, port)
          : new InetSocketAddress(InetAddress.getByAddress(ip), port);
    } catch (UnknownHostException | IllegalArgumentException e) {
      return InetSocketAddress.createUnresolved(host, 0);
    }
  }
}
