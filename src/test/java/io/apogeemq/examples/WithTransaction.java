package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.ProducerOptions;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.TransactionOutcome;
import io.apogeemq.client.TransactionProducer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Tells others of a booking if, and only if, the booking was made. */
public final class WithTransaction extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    TransactionProducer producer =
        client.transactionProducer(ProducerOptions.of("bookers"), this::wasBooked);
    Message message = Message.of("bookings", "seat 12").withKeys("booking-1");
    return client
        .admin()
        .createTopic("bookings", 4)
        .compose(ignored -> producer.send(message, half -> book("booking-1")))
        .onSuccess(result -> vertx.eventBus().publish("seen", result.outcome().toString()));
  }

  /** Here an application writes to its database. */
  private Future<TransactionOutcome> book(String id) {
    return Future.succeededFuture(TransactionOutcome.COMMIT);
  }

  /** The broker asks when it heard nothing: the answer comes from the database. */
  private Future<TransactionOutcome> wasBooked(ReceivedMessage half) {
    return Future.succeededFuture(
        "booking-1".equals(half.keys()) ? TransactionOutcome.COMMIT : TransactionOutcome.ROLLBACK);
  }
}
