package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageStream;
import io.apogeemq.client.StreamedMessage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;

/** Reads a topic as a ReadStream and acknowledges each message by hand, when its work is done. */
public final class ReadAsStream extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    MessageStream stream =
        client.stream(
            ConsumerOptions.of("workers")
                .subscribe("jobs")
                .setFromFirst(true)
                .setAutoAck(false)
                .setMaxInFlight(10)); // so many may wait for their acknowledgement
    stream.handler(
        job ->
            work(job)
                .onSuccess(ignored -> job.ack())
                .onFailure(job::retry)); // it comes again later, and at last to %DLQ%workers
    return client
        .admin()
        .createTopic("jobs", 4)
        .compose(ignored -> stream.start())
        .compose(ignored -> client.producer("bosses").send(Message.of("jobs", "dig")));
  }

  /** Work that blocks a thread runs on a worker. */
  private Future<?> work(StreamedMessage job) {
    return vertx.executeBlocking(
        () -> vertx.eventBus().publish("seen", job.message().text() + " done"));
  }
}
