package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.Filter;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.SendResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our client with what brokers do only if they are configured so: SQL92, taking back. */
class OurConfiguredBrokerTest extends OurClientCase {
  private static final boolean IS_4 = Vendor.underTest() == Vendor.APACHE49;

  private static Cluster cluster;

  @BeforeAll
  static void startCluster() {
    Map<String, String> settings = new HashMap<>();
    settings.put("enablePropertyFilter", "true");
    if (!IS_4) {
      settings.put("timerWheelEnable", "true");
      settings.put("recallMessageEnable", "true");
    }
    cluster = Cluster.start(Shape.ALL_IN_ONE, settings);
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
  }

  private ApogeeClient client() {
    ApogeeClient made = client(cluster);
    await(made.admin().createTopic(topic, 1));
    return made;
  }

  /** Starts a group that begins at the first message; what it gets comes here. */
  private Queue<ReceivedMessage> reader(ApogeeClient client, Filter wanted) {
    Queue<ReceivedMessage> got = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("G-" + topic).subscribe(topic, wanted).setFromFirst(true),
            delivery -> {
              got.addAll(delivery.messages());
              return Future.succeededFuture();
            });
    await(consumer.start());
    return got;
  }

  private static List<String> bodies(Iterable<ReceivedMessage> messages) {
    List<String> all = new ArrayList<>();
    messages.forEach(each -> all.add(body(each)));
    return all;
  }

  @Test
  void whatIsForLaterComesThenAndWhatWasTakenBackNever() {
    ApogeeClient client = client();
    Queue<ReceivedMessage> got = reader(client, Filter.ALL);
    Producer producer = client.producer("GP-" + topic);
    long sentMs = System.currentTimeMillis();
    Instant time = Instant.ofEpochMilli(sentMs + 2_300);
    SendResult at = await(producer.send(message(topic, "at").deliverAt(time)));
    if (IS_4) {
      Awaitility.await().atMost(Duration.ofSeconds(2)).until(() -> !got.isEmpty());
      assertThat(at.recallHandle()).isNull();
      return;
    }
    SendResult dropped =
        await(producer.send(message(topic, "dropped").deliverAfter(Duration.ofSeconds(4))));
    await(producer.send(message(topic, "last").deliverAfter(Duration.ofSeconds(5))));
    assertThat(await(producer.recall(topic, dropped.recallHandle()))).isEqualTo(dropped.msgId());
    assertThatThrownBy(() -> await(producer.recall(topic, "nonsense")))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'nonsense'");
    Awaitility.await().atMost(PATIENCE).until(() -> bodies(got).contains("last"));
    assertThat(bodies(got)).containsExactly("at", "last");
    assertThat(got.element().storeTimestampMs()).isBetween(sentMs + 2_300, sentMs + 6_000);
    assertThatThrownBy(() -> await(producer.recall(topic, at.recallHandle())))
        .rootCause()
        .isInstanceOf(RequestRefused.class);
  }

  @Test
  void aConditionSelectsForEveryKindOfConsumer() {
    ApogeeClient client = client();
    Producer producer = client.producer("GP-" + topic);
    for (int i = 0; i < 12; i++) {
      await(
          producer.send(
              message(topic, "m" + i)
                  .with("price", Integer.toString(i))
                  .with("region", i % 2 == 0 ? "eu" : "us")));
    }
    Filter wanted = Filter.sql("price >= 6 AND region = 'eu'");
    Queue<ReceivedMessage> got = reader(client, wanted);
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 3);
    await(producer.send(message(topic, "us").with("price", "7").with("region", "us")));
    await(producer.send(message(topic, "late").with("price", "7").with("region", "eu")));
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 4);
    assertThat(bodies(got)).containsExactlyInAnyOrder("m6", "m8", "m10", "late");

    PullConsumer puller = client.pullConsumer("GPull-" + topic);
    MessageQueue queue = await(puller.queues(topic)).get(0);
    List<ReceivedMessage> pulled = new ArrayList<>();
    for (long at = 0; at < 14; ) {
      var result = await(puller.pull(queue, wanted, at, 32, 0));
      pulled.addAll(result.messages());
      assertThat(result.nextOffset()).isGreaterThan(at);
      at = result.nextOffset();
    }
    assertThat(bodies(pulled)).containsExactly("m6", "m8", "m10", "late");
    if (!IS_4) {
      List<PoppedMessage> popped = new ArrayList<>();
      ReceiveOptions options = new ReceiveOptions().setWanted(wanted).setWaitMs(1_000);
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> {
                popped.addAll(await(client.popConsumer("GPop-" + topic).receive(topic, options)));
                return popped.size() >= 4;
              });
      assertThat(popped.stream().map(each -> body(each.message())))
          .containsExactlyInAnyOrder("m6", "m8", "m10", "late");
    }
  }

  /** The original finds no fault with it until a member joins, and gives a pull everything. */
  @Test
  void aPullWithAConditionThatIsNoneIsRefused() {
    ApogeeClient client = client();
    await(client.producer("GP-" + topic).send(message(topic, "any")));
    PullConsumer puller = client.pullConsumer("GPull-" + topic);
    MessageQueue queue = await(puller.queues(topic)).get(0);
    Future<PullResult> pull = puller.pull(queue, Filter.sql("price > > 1"), 0, 32, 0);
    if (Vendor.underTest() == Vendor.APOGEE) {
      assertThatThrownBy(() -> await(pull)).rootCause().hasMessageContaining("CODE: 23");
    } else {
      assertThat(bodies(await(pull).messages())).containsExactly("any");
    }
  }
}
