package io.apogeemq.examples;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.nio.charset.StandardCharsets;

/** One side asks by a message, another answers. */
public final class RequestReply extends VerticleBase {
  @Override
  public Future<?> start() {
    ApogeeClient client = ApogeeClient.create(vertx, new ClientOptions(config()));
    Producer producer = client.producer("askers");
    PushConsumer answering =
        client.pushConsumer(
            ConsumerOptions.of("answerers").subscribe("questions").setFromFirst(true),
            delivery -> {
              ReceivedMessage question = delivery.messages().get(0);
              String answer = question.text().toUpperCase();
              return producer.reply(question, answer.getBytes(StandardCharsets.UTF_8));
            });
    return client
        .admin()
        .createTopic("questions", 4)
        .compose(ignored -> answering.start())
        .compose(ignored -> producer.request(Message.of("questions", "loud?"), 10_000))
        .onSuccess(answer -> vertx.eventBus().publish("seen", answer.text()));
  }
}
