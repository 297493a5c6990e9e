package io.apogeemq.client;

import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.remoting.ExtFields;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One message or batch on its way to a queue, over all its tries. A try that failed in a way that
 * another broker may not repeat is followed by one there, until retries or time are used up. Each may take
 * its share of the time to connect, so that a host that is gone leaves some for another; but all that is
 * left to be answered, for what is under way may be stored.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class Sending {
  /** Refusals that another try may not meet: the original's list, with the two that 5.x added. */
  private static final Set<Integer> RETRYABLE =
      Set.of(
          ResponseCode.SYSTEM_ERROR,
          ResponseCode.SYSTEM_BUSY,
          ResponseCode.SERVICE_NOT_AVAILABLE,
          ResponseCode.NO_PERMISSION,
          ResponseCode.TOPIC_NOT_EXIST,
          ResponseCode.NO_BUYER_ID,
          ResponseCode.NOT_IN_CURRENT_UNIT,
          ResponseCode.GO_AWAY);

  /** A time-out below this is not worth another try. */
  private static final long MIN_TRY_MS = 1;

  /** However many tries there may be: what a host far away takes, with TLS. */
  private static final long MIN_CONNECT_MS = 500;

  /** Before the second try at a broker that could not be reached; before the third twice as long. */
  private static final long PAUSE_MS = 250;

  /** Which queue a try goes to. */
  interface Choice {
    /**
     * @param failedBroker the broker of the try before, null for the first
     * @return null if there is no queue at all
     */
    @Nullable MessageQueue of(PublishQueues queues, @Nullable String failedBroker);
  }

  private final Outgoing outgoing;
  private final Choice choice;
  private final ProducerOptions options;
  private final Calls calls;
  private final Routes routes;
  private final SilentBrokers silent;
  private final long startMs = System.currentTimeMillis();
  private final long deadlineNs;
  private int tries;
  private @Nullable String lastBroker;

  /** Whether that could not be reached, or did not answer. */
  private boolean wasSilent;

  Sending(
      Outgoing outgoing,
      Choice choice,
      ProducerOptions options,
      Calls calls,
      Routes routes,
      SilentBrokers silent) {
    this.outgoing = outgoing;
    this.choice = choice;
    this.options = options;
    this.calls = calls;
    this.routes = routes;
    this.silent = silent;
    deadlineNs = System.nanoTime() + options.getSendTimeoutMs() * 1_000_000;
  }

  /** Sends until it is stored, or fails with the last try's reason. */
  Future<SendResult> start() {
    tries++;
    return queue().compose(this::sendTo).recover(this::again);
  }

  /** Sends once without an answer; completes when it was handed to the socket. */
  Future<Void> startOneway() {
    return queue()
        .compose(
            queue -> {
              silent.asking(queue.brokerName());
              String address = routes.master(queue.brokerName());
              return address == null
                  ? Future.failedFuture(noAddress(queue))
                  : calls
                      .onewayOrFail(address, command(queue))
                      .onSuccess(ignored -> silent.answered(queue.brokerName()))
                      .onFailure(ignored -> silent.failed(queue.brokerName()));
            });
  }

  /** Name servers that are silent don't make a send longer than it may take. */
  private Future<MessageQueue> queue() {
    return calls
        .loop()
        .within(
            leftMs(),
            routes
                .toPublish(outgoing.topic(), options.getNewTopicQueues())
                .map(
                    queues -> {
                      MessageQueue queue = choice.of(queues, lastBroker);
                      if (queue == null) {
                        throw new RequestRefused(
                            ResponseCode.TOPIC_NOT_EXIST,
                            "topic " + outgoing.topic() + " has no queue that may be written to");
                      }
                      return queue;
                    }),
            this::timedOut);
  }

  private long leftMs() {
    return (deadlineNs - System.nanoTime()) / 1_000_000;
  }

  private TimeoutException timedOut() {
    return new TimeoutException("no answer to a send within " + options.getSendTimeoutMs() + " ms");
  }

  private static ConnectException noAddress(MessageQueue queue) {
    return new ConnectException("no route gives an address for " + queue);
  }

  private Future<SendResult> sendTo(MessageQueue queue) {
    boolean soonAgain = wasSilent && queue.brokerName().equals(lastBroker);
    lastBroker = queue.brokerName();
    wasSilent = false;
    if (!soonAgain) {
      return ask(queue);
    }
    Promise<Void> pause = Promise.promise();
    long pauseMs = Math.min(PAUSE_MS * (tries - 1), leftMs());
    calls.loop().after(pauseMs, pause::complete);
    return pause.future().compose(ignored -> ask(queue));
  }

  private Future<SendResult> ask(MessageQueue queue) {
    silent.asking(queue.brokerName());
    String address = routes.master(queue.brokerName());
    if (address == null) {
      return Future.failedFuture(noAddress(queue));
    }
    long triesLeft = options.getRetries() + 2L - tries;
    long shareMs = Math.max(MIN_CONNECT_MS, leftMs() / triesLeft);
    return calls
        .connected(address, Math.max(MIN_TRY_MS, Math.min(shareMs, leftMs())))
        .compose(
            ignored -> {
              long leftMs = leftMs();
              return leftMs < MIN_TRY_MS
                  ? Future.failedFuture(timedOut())
                  : calls.any(address, command(queue), leftMs, response -> result(queue, response));
            });
  }

  private Future<SendResult> again(Throwable failure) {
    boolean last =
        tries > options.getRetries()
            || deadlineNs - System.nanoTime() < MIN_TRY_MS * 1_000_000
            || failure instanceof MalformedRequest
            || failure instanceof RequestRefused refused && !RETRYABLE.contains(refused.code());
    if (lastBroker != null) { // a broker was asked, so its route may be old
      wasSilent = failure instanceof IOException || failure instanceof TimeoutException;
      if (wasSilent) {
        silent.failed(lastBroker);
      }
      if (Routes.isUnknownTopic(failure)) {
        routes.forget(outgoing.topic());
      } else if (!(failure instanceof RequestRefused)) {
        routes.refresh(outgoing.topic());
      }
    } else if (!last && Routes.isUnknownTopic(failure)) {
      return Future.failedFuture(failure); // no name server knows a place for it
    }
    return last ? Future.failedFuture(failure) : start();
  }

  private RemotingCommand command(MessageQueue queue) {
    RemotingCommand command = RemotingCommand.request(outgoing.code());
    new SendHeaders.Send(
            options.getGroup(),
            outgoing.topic(),
            Routes.TEMPLATE_TOPIC,
            options.getNewTopicQueues(),
            queue.queueId(),
            outgoing.sysFlag(),
            startMs,
            outgoing.flag(),
            outgoing.properties(),
            0,
            false,
            null,
            outgoing.batch())
        .writeV2(command.ext());
    return command.body(Unpooled.wrappedBuffer(outgoing.body()));
  }

  private SendResult result(MessageQueue asked, RemotingCommand response) {
    silent.answered(asked.brokerName());
    SendStatus status = SendStatus.of(response.code());
    if (status == null) {
      throw new RequestRefused(response.code(), response.remark());
    }
    // Read field by field: region and trace switch are there only in answers of newer brokers.
    ExtFields fields = response.ext();
    return new SendResult(
        status,
        outgoing.msgId(),
        field("msgId", fields),
        new MessageQueue(
            outgoing.topic(), asked.brokerName(), Integer.parseInt(field("queueId", fields))),
        Long.parseLong(field("queueOffset", fields)),
        fields.get("transactionId"),
        fields.get("recallHandle"));
  }

  private static String field(String name, ExtFields fields) {
    String value = fields.get(name);
    if (value == null) {
      throw new MalformedRequest("the answer to a send has no field " + name);
    }
    return value;
  }
}
