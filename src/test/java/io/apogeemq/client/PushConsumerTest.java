package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A push consumer and a broker whose answers are scripted. */
class PushConsumerTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode nameServer = new ScriptedNode(vertx);
  private final ScriptedNode broker = new ScriptedNode(vertx);
  private final ScriptedNode silent = new ScriptedNode(vertx);
  private final ApogeeClient client =
      ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));

  @AfterEach
  void stop() {
    await(client.close());
    for (ScriptedNode each : List.of(nameServer, broker, silent)) {
      each.close();
    }
    await(vertx.close());
  }

  @Test
  void manyBatchesForAListenerThatIsDoneAtOnceNeedNoDeepStack() {
    int count = 5_000;
    broker.messages = IntStream.range(0, count).mapToObj(Integer::toString).toList();
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    ConcurrentLinkedQueue<Integer> depths = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            pullingAtMost(count),
            delivery -> {
              depths.add(StackWalker.getInstance().walk(frames -> (int) frames.count()));
              return Future.succeededFuture();
            });
    await(consumer.start());

    Awaitility.await().until(() -> depths.size() == count);
    assertThat(Collections.max(depths)).isLessThan(300);
  }

  @Test
  void aBrokerThatDoesNotAnswerDoesNotHoldTheStart() {
    silent.answersHeartbeats = false;
    nameServer.routes.put("other", on(1, Map.of("broker-b", silent)));
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    await(client.pullConsumer("g").queues("other"));
    PushConsumer consumer =
        client.pushConsumer(pullingAtMost(1), delivery -> Future.succeededFuture());
    long startNs = System.nanoTime();
    await(consumer.start());

    assertThat((System.nanoTime() - startNs) / 1_000_000).isLessThan(4_000);
    assertThat(await(consumer.ownedQueues())).hasSize(1);
  }

  @Test
  void aConsumerInOrderClosesWhileAMessageWaitsToComeAgain() {
    broker.messages = List.of("bad", "good");
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            pullingAtMost(32).setOrderly(true).setRetryDelayMs(60_000),
            delivery -> {
              seen.add(delivery.messages().get(0).text());
              return Future.failedFuture("bad");
            });
    await(consumer.start());
    Awaitility.await().until(() -> !seen.isEmpty());
    await(consumer.close());
    assertThat(seen).containsExactly("bad");
  }

  @Test
  void whoeverReadsInOrderClosesAlthoughAMessageIsNeverAcknowledged() {
    broker.messages = List.of("good", "kept");
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    ConcurrentLinkedQueue<String> out = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            pullingAtMost(32).setOrderly(true),
            delivery -> {
              String text = delivery.messages().get(0).text();
              out.add("g " + text);
              return text.equals("good") ? Future.succeededFuture() : Promise.promise().future();
            });
    MessageStream stream =
        client.stream(ConsumerOptions.of("s").subscribe("t").setOrderly(true).setAutoAck(false));
    stream.handler(each -> out.add("s " + each.message().text()));
    await(consumer.start());
    await(stream.start());
    Awaitility.await().until(() -> out.containsAll(List.of("g good", "g kept", "s good")));
    broker.commits.clear();
    await(Future.all(consumer.close(), stream.close()));
    assertThat(broker.unregistered).contains("g", "s");
    assertThat(broker.commits).containsExactlyInAnyOrder(1L, 0L);
    assertThat(broker.unlocked).isEmpty(); // nobody may overtake them
  }

  @Test
  void aListenerThatNeverEndsIsGivenUpAndItsQueueGoesOn() {
    broker.messages = List.of("lost", "good");
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    Promise<Void> late = Promise.promise();
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            pullingAtMost(32).setMaxInFlight(1).setConsumeTimeoutMs(100).setOffsetCommitMs(50),
            delivery -> {
              String text = delivery.messages().get(0).text();
              seen.add(text);
              return text.equals("lost") ? late.future() : Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().until(() -> broker.commits.contains(2L));
    assertThat(seen).containsExactly("lost", "good");
    assertThat(broker.handedBack).containsExactly(0L);
    late.complete(); // nobody waits for it any more
    int before = broker.commits.size();
    Awaitility.await().until(() -> broker.commits.size() > before);
    assertThat(broker.commits.get(before)).isEqualTo(2);
  }

  @Test
  void aCommitIsRepeatedForABrokerThatMayHaveLostIt() {
    broker.messages = List.of("one");
    nameServer.routes.put("t", on(1, Map.of("broker-a", broker)));
    PushConsumer consumer =
        client.pushConsumer(
            pullingAtMost(32).setOffsetCommitMs(50), delivery -> Future.succeededFuture());
    await(consumer.start());
    Awaitility.await().until(() -> broker.commits.stream().filter(each -> each == 1).count() >= 3);
  }

  private static ConsumerOptions pullingAtMost(int messages) {
    return ConsumerOptions.of("g").subscribe("t").setPullBatchSize(messages);
  }
}
