package io.apogeemq.gateway.publish;

import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.http.Call;
import io.apogeemq.gateway.message.Outgoing;
import io.apogeemq.gateway.metrics.Metrics;
import io.vertx.core.Future;

/** Sends one message, and only once if it has an idempotency key. Its order key is the client's to keep. */
final class Sender {
  private final SentOnce sent;
  private final Metrics metrics;

  Sender(SentOnce sent, Metrics metrics) {
    this.sent = sent;
    this.metrics = metrics;
  }

  Future<SendResult> send(Call call, Outgoing outgoing) {
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
    return sent.once(
        message.properties().get(Outgoing.UNIQUE_KEY),
        key,
        outgoing.fingerprint(),
        () -> producer.send(message));
  }
}
