package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Sends messages that are delivered after a while. */
public final class Later extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    Producer producer = client.producer("alarms");
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("sleepers").subscribe("alarms").setFromFirst(true),
            delivery -> {
              delivery.messages().forEach(each -> vertx.eventBus().publish("seen", each.text()));
              return Future.succeededFuture();
            });
    return client
        .admin()
        .createTopic("alarms", 4)
        .compose(ignored -> consumer.start())
        // Level 1 is a second, and every version knows it. To the millisecond, from 5.x on:
        // message.deliverAfter(Duration.ofMinutes(5)) or message.deliverAt(instant)
        .compose(ignored -> producer.send(Message.of("alarms", "wake up").withDelayLevel(1)));
  }
}
