package io.apogeemq.client;

import io.apogeemq.protocol.header.RetryHeaders;
import io.apogeemq.protocol.remoting.RemotingCommand;
import io.apogeemq.protocol.remoting.RequestCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of messages that a listener failed on:
 *
 * <ul>
 *   <li>Usually the broker takes them back. It delivers them again after a delay that grows, to any
 *       member, and to the dead-letter topic when it was too often.
 *   <li>In order, or if the options say so, they stay here and are tried again, and go to the
 *       dead-letter topic when it was too often.
 *   <li>Of a broadcast nobody takes them back: when it was too often they are dropped.
 * </ul>
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class FailedMessages {
  private static final Logger log = LoggerFactory.getLogger(FailedMessages.class);

  private static final int BROKER_CHOOSES_DELAY = 0;
  private static final int NEVER_AGAIN = -1;

  private final ConsumerOptions options;
  private final Calls calls;
  private final Routes routes;
  private final Runnable onTakenBack;

  /**
   * @param onTakenBack called when a broker took a message back: the retry topic exists now
   */
  FailedMessages(ConsumerOptions options, Calls calls, Routes routes, Runnable onTakenBack) {
    this.options = options;
    this.calls = calls;
    this.routes = routes;
    this.onTakenBack = onTakenBack;
  }

  /** True: the message was taken care of; false: it has to be tried again here. Never fails. */
  Future<Boolean> take(ReceivedMessage message) {
    boolean here = options.isOrderly() || options.isBroadcasting() || options.isRetryingHere();
    if (!here) {
      return handBack(message, BROKER_CHOOSES_DELAY);
    }
    if (message.reconsumeTimes() < options.effectiveMaxReconsumeTimes()) {
      return Future.succeededFuture(false);
    }
    if (options.isBroadcasting()) {
      log.warn(
          "{} of topic {} is dropped: it failed {} times",
          message.messageId(),
          message.topic(),
          message.reconsumeTimes() + 1);
      return Future.succeededFuture(true);
    }
    return handBack(message, NEVER_AGAIN);
  }

  private Future<Boolean> handBack(ReceivedMessage message, int delayLevel) {
    String address = routes.master(message.brokerName());
    if (address == null) {
      return Future.succeededFuture(false);
    }
    return calls
        .ok(
            address,
            RemotingCommand.request(
                RequestCode.CONSUMER_SEND_MSG_BACK,
                new RetryHeaders.SendBack(
                    message.logPosition(),
                    options.getGroup(),
                    delayLevel,
                    message.messageId(),
                    message.topic(),
                    false,
                    options.effectiveMaxReconsumeTimes(),
                    message.brokerName())))
        .map(
            ignored -> {
              onTakenBack.run();
              return true;
            })
        .otherwise(
            e -> {
              log.warn(
                  "{} did not take {} back, it is tried again here: {}",
                  message.brokerName(),
                  message.messageId(),
                  e.toString());
              return false;
            });
  }
}
