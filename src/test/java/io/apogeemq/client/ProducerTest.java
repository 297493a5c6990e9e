package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static io.apogeemq.client.ScriptedNode.on;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.protocol.header.SendHeaders;
import io.apogeemq.protocol.message.BatchBody;
import io.apogeemq.protocol.message.Properties;
import io.apogeemq.protocol.remoting.MalformedRequest;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A producer and brokers that refuse, stay silent, or are gone. */
class ProducerTest {
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedNode nameServer = new ScriptedNode(vertx);
  private final ScriptedNode a = new ScriptedNode(vertx);
  private final ScriptedNode b = new ScriptedNode(vertx);
  private ApogeeClient client;
  private Producer producer;

  private static final Message HELLO = Message.of("t", "TagA", "hello".getBytes());

  @BeforeEach
  void start() {
    client = ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));
    producer = client.producer("g");
    nameServer.routes.put("t", on(4, Map.of("broker-a", a, "broker-b", b)));
  }

  @AfterEach
  void stop() {
    await(client.close());
    for (ScriptedNode each : List.of(nameServer, a, b)) {
      each.close();
    }
    await(vertx.close());
  }

  @Test
  void messagesGoRoundAllQueuesOfAllBrokers() {
    List<String> queues = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      MessageQueue queue = await(producer.send(HELLO)).messageQueue();
      queues.add(queue.brokerName() + queue.queueId());
    }
    assertThat(queues.subList(0, 8)).doesNotHaveDuplicates();
    assertThat(queues.subList(8, 16)).isEqualTo(queues.subList(0, 8));
  }

  @Test
  void aRefusedSendIsTriedOnTheOtherBrokerUnderTheSameId() {
    a.sendCodes.add(ResponseCode.SYSTEM_BUSY);
    b.sendCodes.add(ResponseCode.SYSTEM_BUSY);
    SendResult result = await(producer.send(HELLO));
    assertThat(result.sendStatus()).isEqualTo(SendStatus.SEND_OK);
    assertThat(a.sends.size() + b.sends.size()).isEqualTo(3);
    assertThat(a.sends).isNotEmpty();
    assertThat(b.sends).isNotEmpty();
    for (ScriptedNode node : List.of(a, b)) {
      for (SendHeaders.Send each : node.sends) {
        assertThat(Properties.parse(each.properties()))
            .containsEntry("UNIQ_KEY", result.msgId())
            .containsEntry("TAGS", "TagA");
      }
    }
  }

  @Test
  void threeTriesAreAll() {
    for (ScriptedNode node : List.of(a, b)) {
      for (int i = 0; i < 5; i++) {
        node.sendCodes.add(ResponseCode.SERVICE_NOT_AVAILABLE);
      }
    }
    assertThatThrownBy(() -> await(producer.send(HELLO)))
        .rootCause()
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("CODE: 14");
    assertThat(a.sends.size() + b.sends.size()).isEqualTo(3);
  }

  @Test
  void anIllegalMessageIsNotTriedAgain() {
    a.sendCodes.add(ResponseCode.MESSAGE_ILLEGAL);
    b.sendCodes.add(ResponseCode.MESSAGE_ILLEGAL);
    assertThatThrownBy(() -> await(producer.send(HELLO)))
        .rootCause()
        .hasMessageContaining("CODE: 13");
    assertThat(a.sends.size() + b.sends.size()).isEqualTo(1);
  }

  @Test
  void aBrokerThatIsGoneCostsATryAndItsRouteIsAskedForAgain() {
    await(producer.send(HELLO));
    a.close();
    int before = nameServer.asked.size();
    Awaitility.await() // a route is not asked for twice within 200 ms
        .pollDelay(Duration.ofMillis(250))
        .untilAsserted(
            () -> {
              assertThat(await(producer.send(HELLO)).messageQueue().brokerName())
                  .isEqualTo("broker-b");
              assertThat(nameServer.asked.size()).isGreaterThan(before);
            });
  }

  @Test
  void silenceEndsTheSendWhenItsTimeIsOver() {
    a.sendCodes.add(ScriptedNode.SILENCE);
    b.sendCodes.add(ScriptedNode.SILENCE);
    Producer impatient = client.producer(ProducerOptions.of("impatient").setSendTimeoutMs(700));
    long startNs = System.nanoTime();
    assertThatThrownBy(() -> await(impatient.send(HELLO)))
        .rootCause()
        .isInstanceOf(TimeoutException.class);
    assertThat((System.nanoTime() - startNs) / 1_000_000).isBetween(600L, 8_000L);
  }

  @Test
  void aSilentNameServerDoesNotMakeASendLongerThanItMayTake() {
    nameServer.answersRoutes = false;
    Producer impatient = client.producer(ProducerOptions.of("impatient").setSendTimeoutMs(700));
    long startNs = System.nanoTime();
    assertThatThrownBy(() -> await(impatient.send(HELLO)))
        .rootCause()
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("700 ms");
    assertThat((System.nanoTime() - startNs) / 1_000_000).isBetween(600L, 4_500L);
  }

  @Test
  void aMessageThatIsStoredButNotForcedIsAResultAndNoFailure() {
    a.sendCodes.add(ResponseCode.FLUSH_DISK_TIMEOUT);
    b.sendCodes.add(ResponseCode.FLUSH_DISK_TIMEOUT);
    assertThat(await(producer.send(HELLO)).sendStatus()).isEqualTo(SendStatus.FLUSH_DISK_TIMEOUT);
  }

  @Test
  void anUnknownTopicGoesWhereTheTemplateIsWithFourQueues() {
    nameServer.routes.put("TBW102", on(8, Map.of("broker-a", a)));
    Message fresh = Message.of("fresh", null, new byte[1]);
    List<Integer> queues = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      queues.add(await(producer.send(fresh)).messageQueue().queueId());
    }
    assertThat(queues).containsOnly(0, 1, 2, 3);
    assertThat(a.sends.get(0).defaultTopic()).isEqualTo("TBW102");
    assertThat(a.sends.get(0).defaultTopicQueueNums()).isEqualTo(4);
    assertThat(nameServer.asked).containsSequence("fresh", "TBW102");
  }

  @Test
  void anUnknownTopicWithoutTemplateIsRefusedAtOnce() {
    assertThatThrownBy(() -> await(producer.send(Message.of("fresh", null, new byte[1]))))
        .rootCause()
        .hasMessageContaining("no route for fresh");
  }

  @Test
  void aBatchIsOneRequestWithAllBodiesAndIds() {
    SendResult result =
        await(
            producer.sendBatch(
                List.of(
                    Message.of("t", "A", "one".getBytes()),
                    Message.of("t", "B", "two".getBytes()))));
    ScriptedNode node = a.sends.isEmpty() ? b : a;
    assertThat(node.sends).hasSize(1);
    assertThat(node.sends.get(0).batch()).isTrue();
    List<BatchBody.Item> items =
        BatchBody.decode(Unpooled.wrappedBuffer(node.bodies.get(0)), 10, 1000);
    assertThat(items).hasSize(2);
    assertThat(items.get(1).body().toString(StandardCharsets.UTF_8)).isEqualTo("two");
    assertThat(Properties.get(items.get(1).properties(), "TAGS")).isEqualTo("B");
    assertThat(result.msgId().split(",")).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void messagesOfOneKeyGoToItsQueueInABatchTooAndInATransaction() {
    Message keyed = HELLO.orderedBy("k");
    MessageQueue queue = await(producer.send(keyed)).messageQueue();
    TransactionProducer transactions =
        client.transactionProducer(
            ProducerOptions.of("gt"), half -> Future.succeededFuture(TransactionOutcome.UNKNOWN));
    for (int i = 0; i < 3; i++) {
      assertThat(await(producer.sendBatch(List.of(keyed, keyed))).messageQueue()).isEqualTo(queue);
      await(transactions.send(keyed, sent -> null));
      await(producer.sendOneway(keyed));
    }
    Awaitility.await().until(() -> a.sends.size() + b.sends.size() == 10);
    ScriptedNode node = a.sends.isEmpty() ? b : a;
    assertThat(node.sends).hasSize(10).allMatch(each -> each.queueId() == queue.queueId());
    assertThatThrownBy(() -> await(producer.sendBatch(List.of(keyed, HELLO))))
        .rootCause()
        .hasMessageContaining("one ordering key");
  }

  @Test
  void whatNoFrameCanHoldFailsAloneAndItsConnectionLives() {
    String text = "x".repeat(40_000);
    assertThatThrownBy(() -> await(producer.send(HELLO.with("long", text))))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32767");
    String escaped = "\u0003".repeat(12_000); // six bytes each in JSON
    assertThatThrownBy(() -> await(producer.send(HELLO.with("long", escaped))))
        .rootCause()
        .isInstanceOf(MalformedRequest.class)
        .hasMessageContaining("65536");
    for (int i = 0; i < 8; i++) {
      await(producer.send(HELLO));
    }
    assertThat(a.openConnections() + b.openConnections()).isEqualTo(2);
  }

  @Test
  void oneBadMessageAmongThoseThatLingerFailsAlone() {
    nameServer.routes.put("t", on(4, Map.of("broker-a", a)));
    Producer lingering = client.producer(ProducerOptions.of("gl").setLingerMs(50));
    // That of the batch, and that of one message of it.
    a.sendCodes.addAll(List.of(ResponseCode.MESSAGE_ILLEGAL, ResponseCode.MESSAGE_ILLEGAL));
    List<Future<SendResult>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(lingering.send(HELLO));
    }
    Future<SendResult> large = lingering.send(HELLO.with("long", "x".repeat(40_000)));
    assertThatThrownBy(() -> await(large)).rootCause().hasMessageContaining("32767");
    int refused = 0;
    for (Future<SendResult> each : all) {
      try {
        assertThat(await(each).sendStatus()).isEqualTo(SendStatus.SEND_OK);
      } catch (ScriptedNode.Failed e) {
        refused++;
      }
    }
    assertThat(refused).isEqualTo(1);
    assertThat(a.sends).hasSize(4);
  }

  @Test
  void aBatchOfTwoTopicsIsRefused() {
    assertThatThrownBy(
            () -> await(producer.sendBatch(List.of(HELLO, Message.of("other", null, new byte[1])))))
        .rootCause()
        .hasMessageContaining("one topic");
  }

  @Test
  void aOnewayMessageArrivesWithoutAnAnswer() {
    await(producer.sendOneway(HELLO));
    Awaitility.await().until(() -> a.sends.size() + b.sends.size() == 1);
  }

  @Test
  void moreSendsThanTheLimitFailAtOnce() {
    ApogeeClient small = ApogeeClient.create(vertx, ClientOptions.of(nameServer.address()));
    Producer sender =
        small.producer(
            ProducerOptions.of("g").setSendTimeoutMs(500).setRetries(0).setMaxPendingSends(2));
    for (ScriptedNode node : List.of(a, b)) {
      for (int i = 0; i < 3; i++) {
        node.sendCodes.add(ScriptedNode.SILENCE);
      }
    }
    Future<SendResult> first = sender.send(HELLO);
    Future<SendResult> second = sender.send(HELLO);
    assertThatThrownBy(() -> await(sender.send(HELLO)))
        .rootCause()
        .isInstanceOfSatisfying(
            TooManyPending.class, refused -> assertThat(refused.limit()).isEqualTo(2))
        .hasMessageContaining("already 2 sends");
    assertThatThrownBy(() -> await(first)).rootCause().isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> await(second)).rootCause().isInstanceOf(TimeoutException.class);
    a.sendCodes.clear();
    b.sendCodes.clear();
    assertThat(await(sender.send(HELLO)).sendStatus()).isEqualTo(SendStatus.SEND_OK);
    await(small.close());
  }

  @Test
  void aClosedProducerSendsNothing() {
    await(producer.close());
    assertThatThrownBy(() -> await(producer.send(HELLO)))
        .rootCause()
        .hasMessageContaining("closed");
    assertThat(client.producer("g")).isNotSameAs(producer);
  }
}
