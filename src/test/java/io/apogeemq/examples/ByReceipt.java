package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.Receipt;
import io.apogeemq.client.ReceiveOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Takes messages for a minute each and acknowledges them by their receipts, from wherever. */
public final class ByReceipt extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    PopConsumer consumer = client.popConsumer("pickers");
    ReceiveOptions options =
        new ReceiveOptions().setMaxMessages(10).setInvisibleMs(60_000).setWaitMs(10_000);
    return client
        .admin()
        .createTopic("parcels", 4)
        .compose(ignored -> client.producer("packers").send(Message.of("parcels", "a book")))
        .compose(ignored -> consumer.receive("parcels", options))
        .compose(
            taken -> {
              PoppedMessage first = taken.get(0);
              vertx.eventBus().publish("seen", first.message().text());
              String receipt = first.receipt().toString(); // goes over any wire
              return consumer.ack(Receipt.parse(receipt));
            });
  }
}
