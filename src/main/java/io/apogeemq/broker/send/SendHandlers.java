package io.apogeemq.broker.send;

import static io.apogeemq.protocol.remoting.RequestCode.SEND_BATCH_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_MESSAGE;
import static io.apogeemq.protocol.remoting.RequestCode.SEND_MESSAGE_V2;

import io.apogeemq.broker.send.MessageIntake.Stored;
import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.header.SendHeaders.Send;
import io.apogeemq.protocol.message.MessageId;
import io.apogeemq.remoting.Access;
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
            .topic(Send::topic));
  }

  private Future<Reply> send(Exchange from, Send send) {
    if (!pause.admits(from.connection())) {
      throw pause.refusal(config.brokerName());
    }
    return intake.take(from, send, this::answer);
  }

  private Reply answer(Stored stored) {
    AppendResult result = stored.result();
    if (result instanceof AppendResult.Appended at) {
      return Reply.ok(header(at, stored));
    }
    int code = AppendOutcome.code(result);
    String remark = AppendOutcome.remark(result);
    return result instanceof AppendResult.Unknown unknown
        ? Reply.of(code, remark, header(unknown.at(), stored))
        : Reply.of(code, remark);
  }

  private SendHeaders.Reply header(AppendResult.Appended at, Stored stored) {
    return new SendHeaders.Reply(
        messageIds(at),
        stored.queueId(),
        at.queueOffset(),
        stored.uniqueKey(),
        SendHeaders.Reply.DEFAULT_REGION,
        "true",
        stored.recallHandle());
  }

  private String messageIds(AppendResult.Appended at) {
    return at.logPositions() == null ? ids.format(at.logPosition()) : ids.format(at.logPositions());
  }
}
