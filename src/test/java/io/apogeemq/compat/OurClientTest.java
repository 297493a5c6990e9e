package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.cli.Quickstart;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ClientOptions;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Filter;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageListener;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.SendResult;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Our own client, in this process, against servers in theirs. */
@ExtendWith(OutputOnFailure.class)
class OurClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  // By the broker's notice, long before the 20 s after which a client looks by itself.
  private static final Duration REBALANCED = Duration.ofSeconds(10);

  private final Vertx vertx = Vertx.vertx();
  private final List<ApogeeClient> clients = new ArrayList<>();
  private final String topic = "Ours" + System.nanoTime();

  @AfterEach
  void stop() {
    clients.forEach(each -> await(each.close()));
    await(vertx.close());
  }

  private ApogeeClient client(Cluster cluster) {
    ApogeeClient made = ApogeeClient.create(vertx, ClientOptions.of(cluster.namesrvAddr()));
    clients.add(made);
    return made;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(40, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  private static Message message(String topic, String tag, String body) {
    return Message.of(topic, tag, body.getBytes(StandardCharsets.UTF_8));
  }

  private List<SendResult> send(ApogeeClient from, int count, String prefix) {
    Producer producer = from.producer("GP-" + topic + prefix);
    List<SendResult> results = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      results.add(await(producer.send(message(topic, "TagA", prefix + i))));
    }
    return results;
  }

  private static String body(ReceivedMessage message) {
    return new String(message.body(), StandardCharsets.UTF_8);
  }

  private static List<String> numbered(int count, String prefix) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
  }

  private static MessageListener into(Queue<String> bodies) {
    return delivery -> {
      delivery.messages().forEach(each -> bodies.add(body(each)));
      return Future.succeededFuture();
    };
  }

  private ConsumerOptions group(String name) {
    return ConsumerOptions.of(name + "-" + topic)
        .subscribe(topic, "*")
        .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
  }

  private PushConsumer member(ApogeeClient of, String group, Queue<String> bodies) {
    PushConsumer consumer = of.pushConsumer(group(group), into(bodies));
    await(consumer.start());
    return consumer;
  }

  private long owned(PushConsumer consumer) {
    return await(consumer.ownedQueues()).stream()
        .filter(each -> each.topic().equals(topic))
        .count();
  }

  @Test
  void theQuickstartSendsAThousandMessagesEvenlyAndGetsThemAll() {
    try (Cluster cluster = Cluster.start(Shape.TWO_BROKERS, Map.of())) {
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      Quickstart.Outcome outcome =
          Quickstart.run(
              cluster.namesrvAddr(), new PrintStream(printed, true, StandardCharsets.UTF_8));
      assertThat(outcome.sent()).isEqualTo(1000);
      assertThat(outcome.missing()).isZero();
      // A broker's notice that comes while the consumer starts once made it read each queue twice.
      assertThat(outcome.repeated()).isZero();
      assertThat(outcome.exitStatus()).isZero();
      List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
      Map<String, Long> perQueue =
          lines.stream()
              .filter(line -> line.startsWith("SendResult [sendStatus=SEND_OK, "))
              .collect(
                  Collectors.groupingBy(
                      line -> line.replaceFirst(".*(brokerName=.*)\\], .*", "$1"),
                      Collectors.counting()));
      assertThat(perQueue)
          .hasSize(8)
          .allSatisfy((queue, sends) -> assertThat(sends).isEqualTo(125));
      assertThat(lines)
          .filteredOn(
              line ->
                  line.matches(
                      "ConsumeMessageThread_please_rename_unique_group_name_4_\\d+ "
                          + "Receive New Messages: \\[MessageExt \\[brokerName=.*}]] "))
          .hasSize(1000);
    }
  }

  @Test
  void membersShareTheQueuesAndRebalanceWhenOneJoinsOrLeaves() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient first = client(cluster);
    ApogeeClient second = client(cluster);
    send(first, 8, "m");
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    PushConsumer one = member(first, "G", bodies);
    Awaitility.await().atMost(REBALANCED).until(() -> owned(one) == 4);
    PushConsumer two = member(second, "G", bodies);
    Awaitility.await().atMost(REBALANCED).until(() -> owned(one) == 2 && owned(two) == 2);
    await(two.close());
    Awaitility.await().atMost(REBALANCED).until(() -> owned(one) == 4);
    assertThat(bodies).containsAll(numbered(8, "m"));
  }

  @Test
  void aConsumerThatIsNotStartedTakesNoQueues() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient other = client(cluster);
    other.pushConsumer(group("G"), into(new ConcurrentLinkedQueue<>()));
    send(other, 4, "m"); // tells the brokers of this client
    PushConsumer one = member(client(cluster), "G", new ConcurrentLinkedQueue<>());
    assertThat(owned(one)).isEqualTo(4);
  }

  @Test
  void ourMemberSharesAGroupWithAnOfficialOne() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient ours = client(cluster);
    send(ours, 8, "m");
    PushConsumer one = member(ours, "G", new ConcurrentLinkedQueue<>());
    Awaitility.await().atMost(REBALANCED).until(() -> owned(one) == 4);
    try (ChildProcess theirs =
        Program.start(
            Official.V4_9_5, cluster.namesrvAddr(), "probe.Consume", "G-" + topic, topic)) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(owned(one)).isEqualTo(2);
                List<String> said = theirs.events("OWNS");
                assertThat(said).isNotEmpty();
                assertThat(said.get(said.size() - 1).split(",")).hasSize(2);
              });
      theirs.kill();
    }
    Awaitility.await().atMost(REBALANCED).until(() -> owned(one) == 4);
  }

  @Test
  void aRestartedConsumerGoesOnWhereItStopped() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient sender = client(cluster);
    send(sender, 40, "before");
    Queue<String> early = new ConcurrentLinkedQueue<>();
    PushConsumer first = member(client(cluster), "G", early);
    Awaitility.await().atMost(PATIENCE).until(() -> early.size() == 40);
    await(first.close());
    send(sender, 20, "after");
    Queue<String> late = new ConcurrentLinkedQueue<>();
    member(client(cluster), "G", late);
    Awaitility.await().atMost(PATIENCE).until(() -> late.size() == 20);
    assertThat(late).containsExactlyInAnyOrderElementsOf(numbered(20, "after"));
  }

  @Test
  void aMessageArrivesWhileTheConsumerWaitsForIt() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient client = client(cluster);
    send(client, 4, "first");
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    member(client, "G", bodies);
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 4);
    long startNs = System.nanoTime();
    send(client, 4, "second");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> bodies.size() == 8);
    assertThat(System.nanoTime() - startNs).isLessThan(5_000_000_000L);
  }

  @Test
  void aFailedDeliveryComesAgainAndTheOffsetWaitsForIt() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient client = client(cluster);
    List<SendResult> sent = send(client, 12, "m");
    Queue<Integer> attempts = new ConcurrentLinkedQueue<>();
    AtomicInteger others = new AtomicInteger();
    PushConsumer consumer =
        client.pushConsumer(
            group("G").setRetryingHere(true).setRetryDelayMs(300),
            delivery -> {
              ReceivedMessage each = delivery.messages().get(0);
              if (!body(each).equals("m0")) {
                others.incrementAndGet();
                return Future.succeededFuture();
              }
              attempts.add(each.reconsumeTimes());
              return attempts.size() < 3
                  ? Future.failedFuture("not now")
                  : Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().atMost(PATIENCE).until(() -> attempts.size() == 3 && others.get() == 11);
    assertThat(attempts).containsExactly(0, 1, 2);
    await(consumer.close());
    PullConsumer looking = client(cluster).pullConsumer("G-" + topic);
    assertThat(await(looking.committed(sent.get(0).messageQueue()))).isEqualTo(OptionalLong.of(3));
  }

  @Test
  void aGroupWhoseOffsetLiesBehindTheEndGoesOnThere() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient client = client(cluster);
    send(client, 4, "before");
    PushConsumer founding = member(client, "G", new ConcurrentLinkedQueue<>());
    await(founding.close()); // 5.x commits nothing for a group that it has never seen
    PullConsumer committing = client.pullConsumer("G-" + topic);
    for (MessageQueue each : await(committing.queues(topic))) {
      await(committing.commit(each, 1000));
    }
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    member(client, "G", bodies);
    send(client, 4, "after");
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 4);
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(numbered(4, "after"));
  }

  @Test
  void onlyTheWantedTagsArrive() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient client = client(cluster);
    Producer producer = client.producer("GP-" + topic);
    for (String tag : List.of("TagA", "TagB", "TagC", "TagB")) {
      await(producer.send(message(topic, tag, "of " + tag)));
    }
    await(producer.send(message(topic, null, "untagged")));
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("G-" + topic)
                .subscribe(topic, "TagA || TagB")
                .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET),
            into(bodies));
    await(consumer.start());
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() >= 3);
    await(consumer.close());
    assertThat(bodies).containsExactlyInAnyOrder("of TagA", "of TagB", "of TagB");
  }

  @Test
  void aQueueIsReadOnDemandAndItsEndsAreKnown() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient client = client(cluster);
    List<SendResult> sent = send(client, 12, "m");
    PullConsumer puller = client.pullConsumer("GPull-" + topic);
    List<MessageQueue> queues = await(puller.queues(topic));
    assertThat(queues).hasSize(4).isSorted();
    MessageQueue queue = sent.get(0).messageQueue();
    assertThat(await(puller.minOffset(queue))).isZero();
    assertThat(await(puller.maxOffset(queue))).isEqualTo(3);
    assertThat(await(puller.offsetAt(queue, 0))).isZero();

    PullResult found = await(puller.pull(queue, Filter.ALL, 1, 32, 0));
    assertThat(found.status()).isEqualTo(PullResult.Status.FOUND);
    assertThat(found.nextOffset()).isEqualTo(3);
    assertThat(found.messages()).hasSize(2);
    ReceivedMessage first = found.messages().get(0);
    assertThat(first.queueOffset()).isEqualTo(1);
    assertThat(first.tag()).isEqualTo("TagA");
    assertThat(first.messageId()).isEqualTo(sent.get(4).msgId());
    assertThat(first.offsetMsgId()).isEqualTo(sent.get(4).offsetMsgId());
    assertThat(first.properties())
        .containsEntry("MIN_OFFSET", "0")
        .containsEntry("MAX_OFFSET", "3");

    PullResult none = await(puller.pull(queue, Filter.ALL, 3, 32, 0));
    assertThat(none.status()).isEqualTo(PullResult.Status.NO_NEW_MSG);
    PullResult beyond = await(puller.pull(queue, Filter.ALL, 1000, 32, 0));
    assertThat(beyond.status()).isEqualTo(PullResult.Status.OFFSET_ILLEGAL);
    assertThat(beyond.nextOffset()).isEqualTo(3);

    await(puller.commit(queue, 2));
    assertThat(await(puller.committed(queue))).isEqualTo(OptionalLong.of(2));
  }

  @Test
  void aBatchLiesInOneQueueInItsOrder() {
    Cluster cluster = Cluster.shared(Shape.TWO_PROCESSES);
    ApogeeClient client = client(cluster);
    List<Message> batch =
        numbered(5, "b").stream().map(body -> message(topic, "TagA", body)).toList();
    SendResult result = await(client.producer("GP-" + topic).sendBatch(batch));
    assertThat(result.msgId().split(",")).hasSize(5);
    assertThat(result.offsetMsgId().split(",")).hasSize(5);
    PullResult found =
        await(
            client
                .pullConsumer("GPull-" + topic)
                .pull(result.messageQueue(), Filter.ALL, 0, 32, 0));
    assertThat(found.messages().stream().map(OurClientTest::body))
        .containsExactly("b0", "b1", "b2", "b3", "b4");
    assertThat(found.messages().stream().map(ReceivedMessage::messageId))
        .containsExactly(result.msgId().split(","));
  }

  @Test
  void aConsumerGoesOnWhenItsBrokerWasKilledAndIsBack() {
    try (Cluster cluster = Cluster.start(Shape.TWO_PROCESSES, Map.of())) {
      ApogeeClient client = client(cluster);
      Queue<String> bodies = new ConcurrentLinkedQueue<>();
      send(client, 8, "before");
      member(client, "G", bodies);
      Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() >= 8);
      cluster.broker().kill();
      cluster.broker().start();
      Producer producer = client.producer("GAfter-" + topic);
      Awaitility.await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(AssertionError.class)
          .until(() -> await(producer.send(message(topic, "TagA", "after"))).queueOffset() >= 0);
      Awaitility.await().atMost(PATIENCE).until(() -> bodies.contains("after"));
    }
  }
}
