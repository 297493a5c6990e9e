package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.PushConsumer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Each member of the group gets every message: to drop cached entries everywhere, for example. */
public final class ToEverybody extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("caches")
                .subscribe("evictions")
                .setBroadcasting(
                    true) // .setOffsetStore(new FileOffsetStore(vertx, "offsets.json"))
                .setFromFirst(true),
            delivery -> {
              delivery.messages().forEach(each -> vertx.eventBus().publish("seen", each.text()));
              return Future.succeededFuture();
            });
    return client
        .admin()
        .createTopic("evictions", 4)
        .compose(ignored -> consumer.start())
        .compose(ignored -> client.producer("writers").send(Message.of("evictions", "user 7")));
  }
}
