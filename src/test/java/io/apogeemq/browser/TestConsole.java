package io.apogeemq.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.client.Admin;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageListener;
import io.apogeemq.client.Producer;
import io.apogeemq.client.SendResult;
import io.apogeemq.compat.Cluster;
import io.apogeemq.compat.GatewayProcess;
import io.apogeemq.compat.Shape;
import io.apogeemq.compat.Vendor;
import io.apogeemq.config.Key;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node with its console, and our client at its other side for what the pages shall show. {@link #shared} is one for
 * all tests, which use topics and groups of their own; with {@code -Dcompat.target=apache49} or {@code apache55} it is a
 * gateway in front of Apache's servers.
 */
final class TestConsole implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static @Nullable TestConsole shared;

  private final int port;
  private final String nameServer;
  private final Runnable stop;
  private final Vertx vertx = Vertx.vertx();
  private final ApogeeClient client;
  private final Producer producer;

  /** @param stop ends what listens on the port */
  private TestConsole(int port, String nameServer, Runnable stop) {
    this.port = port;
    this.nameServer = nameServer;
    this.stop = stop;
    this.client = ApogeeClient.create(vertx, ClientOptions.of(nameServer));
    this.producer = client.producer("browser-tests");
  }

  static synchronized TestConsole shared() {
    TestConsole started = shared;
    if (started == null) {
      started =
          Vendor.underTest() == Vendor.APOGEE
              ? start(Map.of(), Map.of())
              : before(Cluster.shared(Shape.TWO_PROCESSES).namesrvAddr());
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      shared = started;
    }
    return started;
  }

  /** One with settings and files of its own, as {@link TestNode#start}. */
  static TestConsole start(Map<Key<?>, String> keys, Map<String, String> files) {
    TestNode node = TestNode.start(keys, files);
    return new TestConsole(node.gatewayPort(), node.nameServer(), node::close);
  }

  /** One in front of servers that run already. */
  private static TestConsole before(String nameServer) {
    GatewayProcess gateway = GatewayProcess.start(nameServer);
    return new TestConsole(gateway.port(), nameServer, gateway::close);
  }

  String origin() {
    return "http://127.0.0.1:" + port;
  }

  /** Where its name server listens. */
  String nameServer() {
    return nameServer;
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

  /** Starts a consumer of a topic from its first message; it ends with this. */
  void consume(String group, String topic, MessageListener listener) {
    ConsumerOptions options = ConsumerOptions.of(group).subscribe(topic).setFromFirst(true);
    await(client.pushConsumer(options, listener).start());
  }

  /** Gives up so many messages of a topic for a group: they become its dead letters. */
  void giveUp(String group, String topic, int count) {
    JsonArray receipts = new JsonArray();
    while (receipts.size() < count) {
      String receive =
          "/v1/topics/%s/groups/%s/receive?waitMs=10000&max=%d"
              .formatted(topic, group, Math.min(32, count - receipts.size()));
      JsonArray messages = post(receive, new JsonObject()).getJsonArray("messages");
      assertThat(messages).as("messages of %s for %s", topic, group).isNotEmpty();
      messages.forEach(each -> receipts.add(((JsonObject) each).getString("receipt")));
    }
    JsonObject given =
        post("/v1/groups/" + group + "/dead-letter", new JsonObject().put("receipts", receipts));
    assertThat(given.encode()).doesNotContain("problem");
  }

  JsonObject post(String path, JsonObject body) {
    return answer("POST", path, BodyPublishers.ofString(body.encode()));
  }

  JsonObject get(String path) {
    return answer("GET", path, BodyPublishers.noBody());
  }

  /** What the gateway answers, which must be good news. */
  private JsonObject answer(String method, String path, BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(origin() + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(method, body)
            .build();
    HttpResponse<String> answer =
        HTTP.sendAsync(request, BodyHandlers.ofString()).orTimeout(30, TimeUnit.SECONDS).join();
    assertThat(answer.statusCode())
        .as("%s %s: %s", method, path, answer.body())
        .isBetween(200, 207);
    return answer.body().isEmpty() ? new JsonObject() : new JsonObject(answer.body());
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    await(client.close());
    await(vertx.close());
    stop.run();
  }
}
