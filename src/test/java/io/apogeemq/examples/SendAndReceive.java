package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Delivery;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Creates a topic, consumes it, and sends a message. */
public final class SendAndReceive extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    Producer producer = client.producer("greeters");
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("greeted").subscribe("greetings", "en || de").setFromFirst(true),
            this::greeted);
    return client
        .admin()
        .createTopic("greetings", 4)
        .compose(ignored -> consumer.start())
        .compose(
            ignored -> producer.send(Message.of("greetings", "hello").withTag("en").withKeys("1")));
  }

  /** The messages are acknowledged when the future succeeds; if it fails they come again. */
  private Future<?> greeted(Delivery delivery) {
    delivery.messages().forEach(each -> vertx.eventBus().publish("seen", each.text()));
    return Future.succeededFuture();
  }
}
