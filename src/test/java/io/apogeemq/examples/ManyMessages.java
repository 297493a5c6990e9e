package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageSink;
import io.apogeemq.client.Producer;
import io.apogeemq.client.ProducerOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Sends many messages: by hand in one batch, and piece by piece, put together by the producer. */
public final class ManyMessages extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    Producer producer = client.producer(ProducerOptions.of("meters").setLingerMs(5));
    List<Message> batch =
        List.of(Message.of("readings", "first"), Message.of("readings", "second"));
    return client
        .admin()
        .createTopic("readings", 4)
        .compose(ignored -> producer.sendBatch(batch))
        .compose(ignored -> written(producer))
        .onSuccess(ignored -> vertx.eventBus().publish("seen", "all stored"));
  }

  /** A sink is a WriteStream: it says when it is full, so it can end a pipe. */
  private static Future<Void> written(Producer producer) {
    MessageSink sink = producer.sink();
    for (int i = 0; i < 100; i++) {
      sink.write(Message.of("readings", "reading " + i));
    }
    return sink.end();
  }
}
