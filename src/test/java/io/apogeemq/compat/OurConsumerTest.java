package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.FileOffsetStore;
import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.MessageStream;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.StreamedMessage;
import io.apogeemq.protocol.body.ConsumeFromWhere;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our client consumes in all its ways, from two brokers. */
class OurConsumerTest extends OurClientCase {
  private final String group = "G-" + topic;
  private Cluster cluster;
  private ApogeeClient client;

  @BeforeEach
  void start() {
    cluster = Cluster.shared(Shape.TWO_BROKERS);
    client = client(cluster);
    await(client.admin().createTopic(topic, 2));
  }

  private void send(String... bodies) {
    Producer producer = client.producer("GP" + System.nanoTime());
    for (String each : bodies) {
      await(producer.send(message(topic, each)));
    }
    await(producer.close());
  }

  private ConsumerOptions options() {
    return ConsumerOptions.of(group)
        .subscribe(topic)
        .setStartFrom(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
  }

  private static String[] texts(int count, String prefix) {
    return numbered(count, prefix).toArray(String[]::new);
  }

  @Test
  void inOrderAMessageThatFailsHoldsUpThoseBehindIt() {
    Producer producer = client.producer("GP-" + topic);
    for (int i = 0; i < 5; i++) {
      for (String key : List.of("a", "b")) {
        await(producer.send(message(topic, key + i).orderedBy(key)));
      }
    }
    Map<String, List<String>> seen = new ConcurrentHashMap<>();
    AtomicInteger failures = new AtomicInteger();
    AtomicInteger out = new AtomicInteger();
    PushConsumer consumer =
        client.pushConsumer(
            options().setOrderly(true).setRetryDelayMs(100),
            delivery -> {
              String text = body(delivery.messages().get(0));
              if (text.equals("a2") && failures.incrementAndGet() <= 2) {
                return Future.failedFuture("not now");
              }
              out.incrementAndGet();
              seen.computeIfAbsent(text.substring(0, 1), key -> new ArrayList<>()).add(text);
              return Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().atMost(PATIENCE).until(() -> out.get() == 10);
    assertThat(seen.get("a")).containsExactly("a0", "a1", "a2", "a3", "a4");
    assertThat(seen.get("b")).containsExactly("b0", "b1", "b2", "b3", "b4");
    assertThat(failures).hasValue(3);
  }

  @Test
  void orderedQueuesGoOverToAnotherMemberWithTheirLocks() {
    send(texts(8, "m"));
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    PushConsumer first = ordered(client, bodies);
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 8);
    PushConsumer second = ordered(client(cluster), bodies);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> owned(first).size() == 2 && owned(second).size() == 2);
    assertThat(owned(first)).doesNotContainAnyElementsOf(owned(second));
    await(first.close());
    Awaitility.await().atMost(PATIENCE).until(() -> owned(second).size() == 4);
    send("late0", "late1", "late2", "late3");
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 12);
    assertThat(bodies).doesNotHaveDuplicates();
  }

  private PushConsumer ordered(ApogeeClient of, Queue<String> bodies) {
    PushConsumer consumer =
        of.pushConsumer(
            options().setOrderly(true),
            delivery -> {
              bodies.add(body(delivery.messages().get(0)));
              return Future.succeededFuture();
            });
    await(consumer.start());
    return consumer;
  }

  private List<MessageQueue> owned(PushConsumer consumer) {
    return await(consumer.ownedQueues()).stream()
        .filter(each -> each.topic().equals(topic))
        .toList();
  }

  @Test
  void aBroadcastReachesEveryMemberAndGoesOnFromItsFile(@TempDir Path folder) throws IOException {
    send(texts(4, "m"));
    Path file = folder.resolve("offsets.json");
    Queue<String> one = new ConcurrentLinkedQueue<>();
    Queue<String> two = new ConcurrentLinkedQueue<>();
    PushConsumer first = broadcast(client, one, file);
    PushConsumer second = broadcast(client(cluster), two, folder.resolve("other.json"));
    Awaitility.await().atMost(PATIENCE).until(() -> one.size() == 4 && two.size() == 4);
    await(first.close());
    send("late");
    Awaitility.await().atMost(PATIENCE).until(() -> two.contains("late"));
    await(second.close());
    Queue<String> again = new ConcurrentLinkedQueue<>();
    broadcast(client(cluster), again, file);
    Awaitility.await().atMost(PATIENCE).until(() -> again.contains("late"));
    assertThat(again).containsExactly("late");
  }

  @Test
  void ofABroadcastAMessageThatFailsTooOftenIsDroppedByThatMember() {
    send("bad", "good");
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            options().setBroadcasting(true).setMaxReconsumeTimes(2).setRetryDelayMs(50),
            delivery -> {
              ReceivedMessage message = delivery.messages().get(0);
              seen.add(body(message) + message.reconsumeTimes());
              return body(message).equals("bad")
                  ? Future.failedFuture("bad as ever")
                  : Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().atMost(PATIENCE).until(() -> seen.contains("bad2"));
    send("next");
    Awaitility.await().atMost(PATIENCE).until(() -> seen.contains("next0"));
    assertThat(seen).containsExactlyInAnyOrder("bad0", "bad1", "bad2", "good0", "next0");
    // Each keeps its own account: at the brokers the group is nowhere.
    PullConsumer looking = client.pullConsumer(group);
    for (MessageQueue each : await(looking.queues(topic))) {
      if (Vendor.underTest() == Vendor.APACHE49) {
        assertThat(await(looking.committed(each))).hasValue(0); // it can't say that there is none
      } else {
        assertThat(await(looking.committed(each))).isEmpty();
      }
    }
  }

  @Test
  void whatFailsTooOftenInOrderMakesRoomForThoseBehindIt() {
    Producer producer = client.producer("GP-" + topic);
    for (String each : List.of("m0", "bad", "m1", "m2")) {
      await(producer.send(message(topic, each).orderedBy("one key")));
    }
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            options().setOrderly(true).setMaxReconsumeTimes(1).setRetryDelayMs(50),
            delivery -> {
              String text = body(delivery.messages().get(0));
              seen.add(text);
              return text.equals("bad")
                  ? Future.failedFuture("bad as ever")
                  : Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().atMost(PATIENCE).until(() -> seen.contains("m2"));
    assertThat(seen).containsExactly("m0", "bad", "bad", "m1", "m2");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> await(client.groupAdmin().progress(group, topic)).lag() == 0);
  }

  @Test
  void whileAConsumerIsPausedItKeepsItsQueuesAndDeliversNothing() {
    send(texts(4, "m"));
    for (boolean orderly : List.of(false, true)) {
      Queue<String> bodies = new ConcurrentLinkedQueue<>();
      PushConsumer consumer =
          client.pushConsumer(
              options().setGroup(group + orderly).setOrderly(orderly),
              delivery -> {
                bodies.add(body(delivery.messages().get(0)));
                return Future.succeededFuture();
              });
      await(consumer.pause()); // before the start, so that nothing is delivered at all
      await(consumer.start());
      Awaitility.await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(bodies::isEmpty);
      assertThat(owned(consumer)).hasSize(4);
      await(consumer.resume());
      Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 4);
      await(consumer.close());
    }
  }

  private PushConsumer broadcast(ApogeeClient of, Queue<String> bodies, Path file) {
    PushConsumer consumer =
        of.pushConsumer(
            options()
                .setBroadcasting(true)
                .setOffsetStore(new FileOffsetStore(vertx, file.toString())),
            delivery -> {
              bodies.add(body(delivery.messages().get(0)));
              return Future.succeededFuture();
            });
    await(consumer.start());
    return consumer;
  }

  @Test
  void aMessageThatFailsComesAgainFromTheBrokerAndIsThenGivenUp() {
    send("bad", "good");
    Queue<Integer> times = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            options().setMaxReconsumeTimes(1),
            delivery -> {
              ReceivedMessage message = delivery.messages().get(0);
              if (body(message).equals("good")) {
                return Future.succeededFuture();
              }
              assertThat(message.topic()).isEqualTo(topic);
              times.add(message.reconsumeTimes());
              return Future.failedFuture("bad as ever");
            });
    await(consumer.start());
    PullConsumer dead = client.pullConsumer("Dead-" + topic);
    List<ReceivedMessage> found = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(Failed.class) // the topic comes into being with its message
        .until(
            () -> {
              for (MessageQueue each : await(dead.queues("%DLQ%" + group))) {
                found.addAll(await(dead.pull(each, Filter.ALL, 0, 32, 0)).messages());
              }
              return !found.isEmpty();
            });
    assertThat(body(found.get(0))).isEqualTo("bad");
    assertThat(times).containsExactly(0, 1);
  }

  @Test
  void aMemberSeeksByOffsetAndTimeAndAnAdministratorMovesTheGroup() {
    send(texts(8, "m"));
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            options(),
            delivery -> {
              bodies.add(body(delivery.messages().get(0)));
              return Future.succeededFuture();
            });
    await(consumer.start());
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 8);
    MessageQueue queue = owned(consumer).get(0);
    await(consumer.seek(queue, 1));
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 9);
    await(consumer.seekToTime(topic, 0));
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 17);
    await(consumer.pause());
    await(consumer.seekToBeginning(topic));
    send("late");
    await(consumer.seekToEnd(topic));
    await(consumer.resume());
    send("later");
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.contains("later"));
    assertThat(bodies).hasSize(18).doesNotContain("late");
    assertThat(await(client.groupAdmin().offsetsAt(topic, 0)).values()).containsOnly(0L);
    await(client.groupAdmin().resetTo(group, topic, 0));
    Awaitility.await().atMost(PATIENCE).until(() -> bodies.size() == 28);
    assertThat(bodies).contains("late");
    assertThatThrownBy(() -> await(consumer.seek(new MessageQueue(topic, "broker-z", 0), 0)))
        .rootCause()
        .hasMessageContaining("is not this member's now");
  }

  @Test
  void aStreamGivesNoMoreThanIsFetchedAndAcknowledged() {
    send(texts(10, "m"));
    MessageStream stream = client.stream(options().setAutoAck(false).setMaxInFlight(4));
    Queue<StreamedMessage> out = new ConcurrentLinkedQueue<>();
    Promise<Void> ended = Promise.promise();
    stream.pause();
    stream.handler(out::add).endHandler(ended::complete);
    await(stream.start());
    assertThat(out).isEmpty();
    stream.fetch(2);
    Awaitility.await().atMost(PATIENCE).until(() -> out.size() == 2);
    stream.resume();
    // Four wait for their acknowledgement, so no more come whatever the demand is.
    Awaitility.await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> out.size() == 4);
    Queue<String> bodies = new ConcurrentLinkedQueue<>();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              for (StreamedMessage each = out.poll(); each != null; each = out.poll()) {
                bodies.add(body(each.message()));
                each.ack();
              }
              return bodies.size() == 10;
            });
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(numbered(10, "m"));
    await(stream.close());
    await(ended.future());
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> await(client.groupAdmin().progress(group, topic)).lag() == 0);
  }

  @Test
  void aConditionThatTheBrokerDoesNotTakeFailsTheStart() {
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of(group).subscribe(topic, Filter.sql("price > > 10")),
            delivery -> Future.succeededFuture());
    assertThatThrownBy(() -> await(consumer.start()))
        .rootCause()
        .isInstanceOf(RequestRefused.class);
  }
}
