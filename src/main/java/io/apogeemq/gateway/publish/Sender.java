package io.apogeemq.gateway.publish;

import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.message.Outgoing;
import io.apogeemq.gateway.metrics.Metrics;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages, and only once if they have an idempotency key. The request's own key is that of its one
 * message; the messages of a request of many have keys made of it and their numbers. Order keys are the
 * client's to keep.
 */
final class Sender {
  private final SentOnce sentOnce;
  private final Metrics metrics;

  Sender(SentOnce sentOnce, Metrics metrics) {
    this.sentOnce = sentOnce;
    this.metrics = metrics;
  }

  /** The only message of a request. */
  Future<SendResult> send(Call call, Outgoing outgoing) {
    return sent(call, outgoing.under(requestKey(call)));
  }

  /**
   * One message of many.
   *
   * @param number from 1 on
   */
  Future<SendResult> send(Call call, Outgoing outgoing, long number) {
    String key = requestKey(call);
    return sent(call, key == null ? outgoing : outgoing.under(key + '#' + number));
  }

  private static @Nullable String requestKey(Call call) {
    return call.textOrNull("Idempotency-Key");
  }

  private Future<SendResult> sent(Call call, Outgoing outgoing) {
    Future<SendResult> result =
        outgoing.isTimed()
            ? call.client().timers().compose(ignored -> once(call, outgoing))
            : once(call, outgoing);
    return result.onComplete(done -> metrics.published(done.succeeded()));
  }

  private Future<SendResult> once(Call call, Outgoing outgoing) {
    String key = outgoing.idempotencyKey();
    Producer producer = call.client().producer();
    if (key == null) {
      return producer.send(outgoing.message());
    }
    Message message = outgoing.as(call.account());
    return sentOnce.once(
        message.properties().get(Outgoing.UNIQUE_KEY),
        key,
        outgoing.fingerprint(),
        () -> producer.send(message));
  }
}
