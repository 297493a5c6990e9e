package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Steps of one order are consumed one after the other; those of different orders side by side. */
public final class InOrder extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    Producer producer = client.producer("shops");
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("shipping").subscribe("orders").setOrderly(true).setFromFirst(true),
            delivery -> {
              delivery.messages().forEach(each -> vertx.eventBus().publish("seen", each.text()));
              return Future.succeededFuture();
            });
    return client
        .admin()
        .createTopic("orders", 4)
        .compose(ignored -> consumer.start())
        .onSuccess(
            ignored -> {
              for (String step : new String[] {"created", "paid", "shipped"}) {
                producer.send(Message.of("orders", step).orderedBy("order-1"));
              }
            });
  }
}
