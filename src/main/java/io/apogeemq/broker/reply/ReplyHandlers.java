package io.apogeemq.broker.reply;

import static io.apogeemq.protocol.remoting.RequestCode.PUSH_REPLY_MESSAGE_TO_CLIENT;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_REPLY_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_REPLY_MESSAGE_V2;

import io.apogeemq.broker.group.ClientTable;
import io.apogeemq.broker.send.AppendOutcome;
import io.apogeemq.broker.send.IntakeConfig;
import io.apogeemq.broker.send.MessageIntake;
import io.apogeemq.broker.send.SendPause;
import io.apogeemq.protocol.header.ReplyHeaders;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.header.SendHeaders.Send;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.remoting.Access;
import io.apogeemq.remoting.Caller;
import io.apogeemq.remoting.Exchange;
import io.apogeemq.remoting.Reply;
import io.apogeemq.remoting.RequestFamily;
import io.apogeemq.remoting.Route;
import io.apogeemq.store.AppendResult;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the sends of answers (324, 325): each is pushed (326) to the client that its properties name,
 * if that is connected here, and stored in the reply topic as well. The sender is told that its answer
 * has arrived; if not, code 1 says why, though the answer may be stored.
 *
 * <p>The waiting client is looked for among the producers, since it sent the question as one. One
 * instance per broker verticle.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class ReplyHandlers implements RequestFamily {
  private static final Logger log = LoggerFactory.getLogger(ReplyHandlers.class);

  /** Whoever sent the answer waits no longer by default. */
  private static final long PUSH_TIMEOUT_MS = 3_000;

  /** Id of the client that waits; set by the client library. */
  private static final String REPLY_TO_CLIENT = "REPLY_TO_CLIENT";

  private static final String PUSH_REPLY_TIME = "PUSH_REPLY_TIME";

  /** The id of an answer that is not stored, as in the original. */
  private static final String NO_ID = "0";

  private final IntakeConfig config;
  private final MessageIntake intake;
  private final SendPause pause;
  private final ClientTable clients;
  private final String replyTopic;
  private final boolean store;
  private final LongSupplier clockMs;

  /**
   * @param replyTopic where the official clients' answers go
   * @param store {@code storeReplyMessageEnable}
   * @param clockMs time of day
   */
  public ReplyHandlers(
      IntakeConfig config,
      MessageIntake intake,
      SendPause pause,
      ClientTable clients,
      String replyTopic,
      boolean store,
      LongSupplier clockMs) {
    this.config = config;
    this.intake = intake;
    this.pause = pause;
    this.clients = clients;
    this.replyTopic = replyTopic;
    this.store = store;
    this.clockMs = clockMs;
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(answers(SEND_REPLY_MESSAGE), answers(SEND_REPLY_MESSAGE_V2));
  }

  private Route<Send> answers(int code) {
    return Route.on(code, Access.OPEN, Send.class, Send::read, this::reply)
        .about("publish to a topic that isn't the reply topic", this::otherTopic);
  }

  /**
   * Whoever was asked may answer, as in the original. What names another topic is a send like any
   * other, since it is stored there.
   */
  private void otherTopic(Caller caller, Send send, RemotingCommand request) {
    if (!send.topic().equals(replyTopic)) {
      caller.mayPublish(send.topic());
    }
  }

  private Future<Reply> reply(Exchange from, Send send) {
    // Checked and on its way to the log first: what is refused is not pushed either.
    Future<SendHeaders.Reply> stored;
    if (!store) {
      stored = Future.succeededFuture(header(NO_ID, send.queueId(), 0));
    } else if (pause.admits(from.connection())) {
      stored = intake.take(from, send, this::header);
    } else {
      throw pause.refusal(config.brokerName());
    }
    if (stored.failed()) {
      return Future.failedFuture(stored.cause());
    }
    Future<@Nullable String> pushed = push(from, send);
    return Future.join(pushed, stored)
        .map(
            done -> {
              String flaw = pushed.result();
              return flaw == null
                  ? Reply.ok(stored.result())
                  : Reply.of(ResponseCode.SYSTEM_ERROR, flaw, stored.result());
            });
  }

  private SendHeaders.Reply header(MessageIntake.Stored stored) {
    AppendResult result = stored.result();
    AppendResult.Appended at =
        result instanceof AppendResult.Appended appended
            ? appended
            : result instanceof AppendResult.Unknown unknown ? unknown.at() : null;
    if (at == null) {
      log.warn("an answer was pushed, but not stored: {}", AppendOutcome.remark(result));
      return header(NO_ID, stored.queueId(), 0);
    }
    return header(
        MessageId.format(config.storeHost(), at.logPosition()), stored.queueId(), at.queueOffset());
  }

  private static SendHeaders.Reply header(String id, int queueId, long queueOffset) {
    return new SendHeaders.Reply(
        id, queueId, queueOffset, null, SendHeaders.Reply.DEFAULT_REGION, "true", null);
  }

  /** Completes, on any thread, with null when the waiting client has the answer, else with the reason. */
  private Future<@Nullable String> push(Exchange from, Send send) {
    Map<String, String> properties =
        Properties.parse(send.properties() == null ? new byte[0] : send.properties());
    String clientId = properties.get(REPLY_TO_CLIENT);
    if (clientId == null) {
      return Future.succeededFuture("reply message properties[REPLY_TO_CLIENT] is null");
    }
    ClientTable.Client waiting = clients.producer(clientId);
    if (waiting == null) {
      return Future.succeededFuture(
          "push reply message fail, channel of <" + clientId + "> not found.");
    }
    long now = clockMs.getAsLong();
    properties.put(PUSH_REPLY_TIME, Long.toString(now));
    RemotingCommand push =
        RemotingCommand.request(
                PUSH_REPLY_MESSAGE_TO_CLIENT,
                new ReplyHeaders.Push(
                    send.producerGroup(),
                    send.topic(),
                    send.defaultTopic(),
                    send.defaultTopicQueueNums(),
                    send.queueId(),
                    send.sysFlag(),
                    send.bornTimestamp(),
                    send.flag(),
                    new String(Properties.encode(properties), StandardCharsets.UTF_8),
                    send.reconsumeTimes(),
                    send.unitMode(),
                    hostPort(from.connection().remoteAddress()),
                    hostPort(config.storeHost()),
                    now))
            .body(from.request().body().retainedDuplicate());
    return waiting
        .connection()
        .request(push, PUSH_TIMEOUT_MS)
        .map(
            answer -> {
              int code = answer.code();
              String remark = answer.remark();
              answer.release();
              return code == ResponseCode.SUCCESS
                  ? null
                  : "push reply message to "
                      + clientId
                      + "fail. It answered "
                      + code
                      + " "
                      + remark;
            })
        .otherwise(
            failure ->
                "push reply message to "
                    + clientId
                    + "fail. "
                    + (failure instanceof TimeoutException
                        ? "It did not answer within " + PUSH_TIMEOUT_MS + " ms."
                        : failure.toString()));
  }

  private static String hostPort(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
