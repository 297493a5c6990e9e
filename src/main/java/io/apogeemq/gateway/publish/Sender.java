package io.apogeemq.gateway.publish;

import io.apogeemq.client.Producer;
import io.apogeemq.client.SendResult;
import io.apogeemq.config.Credentials;
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
    Credentials account = call.account();
    return sent.once(
        new SentOnce.Name(
            account == null ? null : account.accessKey(), outgoing.message().topic(), key),
        outgoing.fingerprint(),
        () -> producer.send(outgoing.as(account)));
  }
}
