package io.apogeemq.broker.send;

import static io.apogeemq.protocol.remoting.RequestCode.CONSUMER_SEND_MSG_BACK;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_BATCH_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_MESSAGE_V2;

import io.apogeemq.broker.send.MessageIntake.Stored;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.header.SendHeaders.Send;
import io.apogeemq.protocol.message.MessageId;
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
import java.util.List;

/**
 * Answers the send requests: one message (10 with long field names, 310 with short ones) and a batch
 * (320). One instance per broker verticle.
 *
 * <p>While the store is congested the sender's connection is not read from; what waits longer than
 * the bound is refused so that its client tries elsewhere ({@link SendPause}).
 */
@RunsOn(ThreadRole.EVENT_LOOP)
public final class SendHandlers implements RequestFamily {
  private final IntakeConfig config;
  private final MessageIntake intake;
  private final SendPause pause;
  private final MessageId.Formatter ids;

  public SendHandlers(IntakeConfig config, MessageIntake intake, SendPause pause) {
    this.config = config;
    this.intake = intake;
    this.pause = pause;
    ids = new MessageId.Formatter(config.storeHost());
  }

  @Override
  public List<Route<?>> routes() {
    return List.of(
        Route.on(SEND_MESSAGE, Access.PUB, Send.class, Send::read, this::send).topic(Send::topic),
        Route.on(SEND_MESSAGE_V2, Access.PUB, Send.class, Send::read, this::send)
            .topic(Send::topic),
        Route.on(SEND_BATCH_MESSAGE, Access.PUB, Send.class, Send::readBatch, this::send)
            .topic(Send::topic),
        Route.on(CONSUMER_SEND_MSG_BACK, Access.SUB, (from, none) -> notYet("send-back"))
            .about("group", SendHandlers::group));
  }

  private static void group(Caller caller, Route.NoFields none, RemotingCommand request) {
    String group = request.ext().get("group");
    if (group != null) {
      caller.mayJoin(group);
    }
  }

  private static Future<Reply> notYet(String what) {
    return Reply.of(
            ResponseCode.REQUEST_CODE_NOT_SUPPORTED, "this version does not serve " + what + " yet")
        .now();
  }

  private Future<Reply> send(Exchange from, Send send) {
    if (!pause.admits(from.connection())) {
      return Reply.of(
              ResponseCode.SERVICE_NOT_AVAILABLE,
              "the disk of broker["
                  + config.brokerName()
                  + "] has kept messages waiting for over "
                  + pause.maxPauseMs()
                  + " ms; nothing was stored, try again or elsewhere")
          .now();
    }
    return intake.take(from, send, this::answer);
  }

  /** The mapping from outcome to response code, in this one place. */
  private Reply answer(Stored stored) {
    AppendResult result = stored.result();
    if (result instanceof AppendResult.Appended at) {
      return Reply.ok(header(at, stored));
    }
    if (result instanceof AppendResult.Unknown unknown) {
      int code =
          switch (unknown.reason()) {
            case FLUSH_TIMEOUT, FLUSH_FAILED -> ResponseCode.FLUSH_DISK_TIMEOUT;
            // An error to the client: what it sends again may then be there twice, but not lost.
            case DISK_FULL -> ResponseCode.SERVICE_NOT_AVAILABLE;
            case REPLICA_MISSING -> ResponseCode.SLAVE_NOT_AVAILABLE;
            case REPLICA_TIMEOUT -> ResponseCode.FLUSH_SLAVE_TIMEOUT;
          };
      return Reply.of(
          code,
          unknown.reason() == AppendResult.Doubt.DISK_FULL
              ? "the disk is 100 % full; the message is stored when there is room, unless the broker ends"
                  + " before: sent again it may be there twice"
              : "the message is in the log, but "
                  + unknown.reason()
                  + ": it may survive a crash or not",
          header(unknown.at(), stored));
    }
    AppendResult.Refused refused = (AppendResult.Refused) result;
    int code =
        switch (refused.reason()) {
          case BUSY, DISK_FULL, READ_ONLY, CLOSING -> ResponseCode.SERVICE_NOT_AVAILABLE;
          case TOO_LARGE -> ResponseCode.MESSAGE_ILLEGAL;
        };
    return Reply.of(code, refused.detail());
  }

  private SendHeaders.Reply header(AppendResult.Appended at, Stored stored) {
    return new SendHeaders.Reply(
        messageIds(at),
        stored.queueId(),
        at.queueOffset(),
        stored.uniqueKey(),
        SendHeaders.Reply.DEFAULT_REGION,
        "true");
  }

  private String messageIds(AppendResult.Appended at) {
    return at.logPositions() == null ? ids.format(at.logPosition()) : ids.format(at.logPositions());
  }
}
