package io.apogeemq.browser;

import io.apogeemq.app.TestNode;
import io.apogeemq.client.Admin;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.Producer;
import io.apogeemq.client.SendResult;
import io.apogeemq.config.Key;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node with its console, and our client at its other side for what the pages shall show. {@link #shared} is one for
 * all tests, which use topics and groups of their own.
 */
final class TestConsole implements AutoCloseable {
  private static @Nullable TestConsole shared;

  private final TestNode node;
  private final Vertx vertx = Vertx.vertx();
  private final ApogeeClient client;
  private final Producer producer;

  private TestConsole(TestNode node) {
    this.node = node;
    this.client = ApogeeClient.create(vertx, ClientOptions.of(node.nameServer()));
    this.producer = client.producer("browser-tests");
  }

  static synchronized TestConsole shared() {
    TestConsole started = shared;
    if (started == null) {
      started = start(Map.of(), Map.of());
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      shared = started;
    }
    return started;
  }

  /** One with settings and files of its own, as {@link TestNode#start}. */
  static TestConsole start(Map<Key<?>, String> keys, Map<String, String> files) {
    return new TestConsole(TestNode.start(keys, files));
  }

  String origin() {
    return "http://127.0.0.1:" + node.gatewayPort();
  }

  ApogeeClient client() {
    return client;
  }

  /** Creates a topic that exists when this returns. */
  void createTopic(String topic, int queues) {
    Admin admin = client.admin();
    await(admin.createTopic(topic, queues));
  }

  SendResult send(Message message) {
    return await(producer.send(message));
  }

  /** Sends texts, one message each. */
  void send(String topic, String... texts) {
    for (String text : texts) {
      send(Message.of(topic, text));
    }
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    await(client.close());
    await(vertx.close());
    node.close();
  }
}
