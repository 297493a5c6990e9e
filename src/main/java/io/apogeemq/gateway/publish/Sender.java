package io.apogeemq.gateway.publish;

import io.apogeemq.client.SendResult;
import io.apogeemq.gateway.access.GatewayClient;
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

  Future<SendResult> send(GatewayClient client, Outgoing outgoing) {
    Future<SendResult> result =
        outgoing.isTimed()
            ? client.timers().compose(ignored -> once(client, outgoing))
            : once(client, outgoing);
    return result.onComplete(done -> metrics.published(done.succeeded()));
  }

  private Future<SendResult> once(GatewayClient client, Outgoing outgoing) {
    String key = outgoing.idempotencyKey();
    return key == null
        ? client.producer().send(outgoing.message())
        : sent.once(
            outgoing.message().topic(), key, () -> client.producer().send(outgoing.message()));
  }
}
