package io.apogeemq.client;

import io.apogeemq.protocol.body.ConsumeDirectlyResult;
import io.apogeemq.protocol.body.ConsumeDirectlyResult.Outcome;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.apogeemq.thread.RunsOn;
import io.apogeemq.thread.ThreadRole;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/**
 * Gives the listener single messages that a tool has it consume, beside those of its queues: no offset
 * moves, and what fails does not come again.
 */
@RunsOn(ThreadRole.EVENT_LOOP)
final class DirectConsumption {
  /** Of {@link Delivery}: none of the places of messages under way. */
  private static final int NO_SLOT = 0;

  private final Listening listening;
  private final ConsumerOptions options;
  private int out;

  DirectConsumption(Listening listening, ConsumerOptions options) {
    this.listening = listening;
    this.options = options;
  }

  /** Completes with how it went; fails if as many are out as may be in delivery. */
  Future<ConsumeDirectlyResult> consume(ReceivedMessage message) {
    if (out >= options.getMaxInFlight()) {
      return Future.failedFuture(
          new RequestRefused(
              ResponseCode.SYSTEM_BUSY, out + " messages are consumed by request already"));
    }
    out++;
    long startNs = System.nanoTime();
    Promise<ConsumeDirectlyResult> result = Promise.promise();
    MessageQueue queue = new MessageQueue(message.topic(), message.brokerName(), message.queueId());
    listening.give(
        new Delivery(queue, NO_SLOT, List.of(message)),
        failure -> {
          out--;
          result.complete(
              new ConsumeDirectlyResult(
                  true,
                  failure == null ? Outcome.CR_SUCCESS : Outcome.CR_THROW_EXCEPTION,
                  options.isOrderly(),
                  failure == null ? null : failure.toString(),
                  (System.nanoTime() - startNs) / 1_000_000));
        });
    return result.future();
  }
}
