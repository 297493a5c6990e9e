package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Filter;
import io.apogeemq.client.Message;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.SendResult;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Reads a queue from a time of day on, and keeps the group's offset itself. */
public final class ReadByHand extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    PullConsumer consumer = client.pullConsumer("readers");
    long fromMs = System.currentTimeMillis();
    return client
        .admin()
        .createTopic("pages", 4)
        .compose(ignored -> client.producer("writers").send(Message.of("pages", "page 1")))
        .compose(sent -> read(consumer, sent, fromMs));
  }

  private Future<Void> read(PullConsumer consumer, SendResult sent, long fromMs) {
    return consumer
        .offsetAt(sent.messageQueue(), fromMs)
        .compose(offset -> consumer.pull(sent.messageQueue(), Filter.ALL, offset, 32, 10_000))
        .compose(
            found -> {
              found.messages().forEach(each -> vertx.eventBus().publish("seen", each.text()));
              return consumer.commit(sent.messageQueue(), found.nextOffset());
            });
  }
}
