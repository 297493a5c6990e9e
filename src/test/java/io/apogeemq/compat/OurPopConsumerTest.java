package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.Filter;
import io.apogeemq.client.Message;
import io.apogeemq.client.PopConsumer;
import io.apogeemq.client.PoppedMessage;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PullConsumer;
import io.apogeemq.client.PullResult;
import io.apogeemq.client.Receipt;
import io.apogeemq.client.ReceiveOptions;
import io.apogeemq.client.ReceivedMessage;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client takes messages by receipt, from two brokers. */
class OurPopConsumerTest extends OurClientCase {
  private final ReceiveOptions usual = new ReceiveOptions().setInvisibleMs(60_000);
  private Cluster cluster;
  private ApogeeClient client;
  private PopConsumer consumer;

  @BeforeEach
  void start() {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "POP came with 5.x");
    cluster = Cluster.shared(Shape.TWO_BROKERS);
    client = client(cluster);
    await(client.admin().createTopic(topic, 2));
    consumer = client.popConsumer("G-" + topic);
  }

  private void send(int count) {
    Producer producer = client.producer("GP-" + topic);
    for (int i = 0; i < count; i++) {
      await(producer.send(message(topic, "m" + i)));
    }
  }

  /** Takes until so many came; none comes twice while it is invisible. */
  private List<PoppedMessage> take(PopConsumer from, int count, ReceiveOptions options) {
    List<PoppedMessage> all = new ArrayList<>();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> {
              all.addAll(await(from.receive(topic, options.setWaitMs(3_000))));
              return all.size() >= count;
            });
    assertThat(all).hasSize(count);
    return all;
  }

  private static Set<String> bodies(List<PoppedMessage> messages) {
    Set<String> all = new HashSet<>();
    messages.forEach(each -> all.add(body(each.message())));
    return all;
  }

  @Test
  void messagesOfAllBrokersAreTakenAndAcknowledgedFromAnotherClient() {
    send(12);
    List<PoppedMessage> taken = take(consumer, 12, usual);
    assertThat(bodies(taken)).containsExactlyInAnyOrderElementsOf(numbered(12, "m"));
    assertThat(taken.stream().map(each -> each.receipt().brokerName()).distinct())
        .containsExactlyInAnyOrder("broker-a", "broker-b");
    PopConsumer elsewhere = client(cluster).popConsumer("G-" + topic);
    await(elsewhere.ack(Receipt.parse(taken.get(0).receipt().toString())));
    await(elsewhere.ackAll(taken.stream().map(PoppedMessage::receipt).toList()));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> await(client.groupAdmin().progress("G-" + topic, topic)).lag() == 0);
  }

  @Test
  void aMessageThatComesWhileSomebodyWaitsIsGivenToHim() {
    Future<List<PoppedMessage>> waiting =
        consumer.receive(topic, new ReceiveOptions().setWaitMs(15_000));
    Future<List<PoppedMessage>> vain =
        client.popConsumer("Other-" + topic).receive(topic, new ReceiveOptions().setWaitMs(1_000));
    assertThat(await(vain)).isEmpty();
    send(1);
    assertThat(bodies(await(waiting))).containsExactly("m0");
  }

  @Test
  void whatIsNotAcknowledgedInTimeComesAgain() {
    send(2);
    List<PoppedMessage> taken = take(consumer, 2, usual);
    await(consumer.ack(taken.get(0).receipt()));
    Receipt shorter = await(consumer.changeInvisibleTime(taken.get(1).receipt(), 1_000));
    assertThat(shorter).isNotEqualTo(taken.get(1).receipt());
    PoppedMessage again = take(consumer, 1, usual).get(0);
    assertThat(body(again.message())).isEqualTo(body(taken.get(1).message()));
    assertThat(again.message().topic()).isEqualTo(topic);
    assertThat(again.message().reconsumeTimes()).isEqualTo(1);
    await(consumer.ack(again.receipt()));
    await(consumer.ackAll(List.of(again.receipt())));
  }

  @Test
  void onlyTheWantedTagsAreTaken() {
    Producer producer = client.producer("GP-" + topic);
    for (String tag : List.of("TagA", "TagB", "TagA")) {
      await(producer.send(Message.of(topic, tag, tag.getBytes(StandardCharsets.UTF_8))));
    }
    List<PoppedMessage> taken =
        take(consumer, 2, new ReceiveOptions().setWanted(Filter.tags("TagA")));
    assertThat(bodies(taken)).containsExactly("TagA");
    await(consumer.ackAll(taken.stream().map(PoppedMessage::receipt).toList()));
  }

  @Test
  void inOrderAQueueGivesItsNextMessageWhenTheOneBeforeIsAcknowledged() {
    Producer producer = client.producer("GP-" + topic);
    for (int i = 0; i < 3; i++) {
      await(producer.send(message(topic, "m" + i).orderedBy("one key")));
    }
    ReceiveOptions one = new ReceiveOptions().setOrdered(true).setMaxMessages(1);
    PoppedMessage first = take(consumer, 1, one.setAttemptId("first")).get(0);
    assertThat(body(first.message())).isEqualTo("m0");
    // The answer was lost: the same attempt is given the same message.
    PoppedMessage again = take(consumer, 1, one.setAttemptId("first")).get(0);
    assertThat(body(again.message())).isEqualTo("m0");
    ReceiveOptions hurried = one.setAttemptId("second").setWaitMs(500);
    assertThat(await(client(cluster).popConsumer("G-" + topic).receive(topic, hurried))).isEmpty();
    await(consumer.ack(again.receipt()));
    PoppedMessage second = take(consumer, 1, one.setAttemptId("third")).get(0);
    assertThat(body(second.message())).isEqualTo("m1");
    await(consumer.changeInvisibleTime(second.receipt(), 500));
    PoppedMessage failed = take(consumer, 1, one.setAttemptId("fourth")).get(0);
    assertThat(body(failed.message())).isEqualTo("m1");
    await(consumer.ackAll(List.of(failed.receipt())));
    PoppedMessage third = take(consumer, 1, one.setAttemptId("fifth")).get(0);
    assertThat(body(third.message())).isEqualTo("m2");
    await(consumer.ack(third.receipt()));
  }

  @Test
  void aMessageThatIsGivenUpLiesInTheDeadLetterTopic() {
    send(1);
    PoppedMessage taken = take(consumer, 1, usual).get(0);
    await(consumer.deadLetter(taken.receipt(), taken.message().messageId()));
    PullConsumer dead = client.pullConsumer("Dead-" + topic);
    List<ReceivedMessage> found = new ArrayList<>();
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(Failed.class) // its route becomes known a moment later
        .until(
            () -> {
              for (var queue : await(dead.queues("%DLQ%G-" + topic))) {
                PullResult result = await(dead.pull(queue, Filter.ALL, 0, 32, 0));
                found.addAll(result.messages());
              }
              return !found.isEmpty();
            });
    assertThat(body(found.get(0))).isEqualTo("m0");
  }

  @Test
  void aReceiptThatIsNoneIsRefusedWithItsText() {
    assertThatThrownBy(() -> Receipt.parse("nonsense"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'nonsense'");
    assertThat(await(consumer.receive(topic, new ReceiveOptions()))).isEmpty();
  }
}
