package io.apogeemq.compat;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.ReceivedMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the tests of our own client have in common: a Vert.x, clients that are closed, a topic's name. */
@ExtendWith(OutputOnFailure.class)
abstract class OurClientCase {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final Vertx vertx = Vertx.vertx();
  final String topic = getClass().getSimpleName() + System.nanoTime();
  private final List<ApogeeClient> clients = new ArrayList<>();

  @AfterEach
  void stop() {
    clients.forEach(each -> await(each.close()));
    await(vertx.close());
  }

  ApogeeClient client(Cluster cluster) {
    return client(ClientOptions.of(cluster.namesrvAddr()));
  }

  ApogeeClient client(ClientOptions options) {
    ApogeeClient made = ApogeeClient.create(vertx, options);
    clients.add(made);
    return made;
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(40, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new Failed(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /** What a future failed with. */
  static final class Failed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Failed(Throwable cause) {
      super(cause);
    }
  }

  static Message message(String topic, String body) {
    return Message.of(topic, null, body.getBytes(StandardCharsets.UTF_8));
  }

  static String body(ReceivedMessage message) {
    return new String(message.body(), StandardCharsets.UTF_8);
  }

  static List<String> numbered(int count, String prefix) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }
}
