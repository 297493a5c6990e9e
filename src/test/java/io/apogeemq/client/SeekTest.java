package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A consumer that is moved while something else happens to its queue. */
class SeekTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode node = new ScriptedNode(vertx);
  private final ApogeeClient client = ApogeeClient.create(vertx, ClientOptions.of(node.address()));
  private final MessageQueue queue = new MessageQueue("t", "broker-a", 0);
  private final List<String> seen = new CopyOnWriteArrayList<>();

  /** Ends the delivery of message 0. */
  private final Promise<Void> held = Promise.promise();

  @BeforeEach
  void start() {
    node.routes.put("t", on(1, Map.of("broker-a", node)));
    node.messages = List.of("zero", "one", "two", "three");
  }

  @AfterEach
  void stop() {
    held.tryComplete();
    await(client.close());
    node.close();
    await(vertx.close());
  }

  private PushConsumer consumer(boolean orderly) {
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("g").subscribe("t").setOrderly(orderly).setOffsetCommitMs(60_000),
            delivery -> {
              String text = delivery.messages().get(0).text();
              seen.add(text);
              return text.equals("zero") ? held.future() : Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().until(() -> seen.size() == (orderly ? 1 : 4));
    return consumer;
  }

  @Test
  void ofTwoSeeksBehindADeliveryTheLaterCounts() {
    PushConsumer consumer = consumer(true);
    Future<Void> first = consumer.seek(queue, 1);
    Future<Void> second = consumer.seek(queue, 2);
    held.complete();
    await(first);
    await(second);
    Awaitility.await().until(() -> seen.contains("three"));
    assertThat(seen).containsExactly("zero", "two", "three");
    assertThat(node.commits).containsExactly(2L);
  }

  @Test
  void ofTwoSeeksThatAreBothSavedTheLaterCounts() {
    PushConsumer consumer = consumer(false);
    seen.clear();
    Loop loop = client.calls().loop(); // so that no answer comes between the two
    await(loop.call(() -> Future.all(consumer.seek(queue, 3), consumer.seek(queue, 2))));
    Awaitility.await().until(() -> seen.contains("three"));
    assertThat(seen).containsExactlyInAnyOrder("two", "three");
    assertThat(node.commits).endsWith(2L);
  }

  @Test
  void aQueueThatIsLostOnItsWayIsCommittedWhereItWasGoing() {
    PushConsumer consumer = consumer(true);
    Future<Void> moved = consumer.seek(queue, 3);
    Future<Void> closed = consumer.close();
    held.complete();
    await(closed);
    assertThat(moved.isComplete()).isTrue();
    assertThat(node.commits).isNotEmpty().containsOnly(3L);
  }
}
