package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.client.Admin;
import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.GroupProgress;
import io.apogeemq.client.Message;
import io.apogeemq.client.MessageQuery;
import io.apogeemq.client.MessageQueue;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.SendResult;
import io.apogeemq.protocol.remoting.ResponseCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our client looks for messages, moves groups and changes settings, at two brokers. */
class OurAdminTest extends OurClientCase {
  private static final long EVER = Long.MAX_VALUE;

  private final String group = "G-" + topic;
  private Cluster cluster;
  private ApogeeClient client;

  @BeforeEach
  void start() {
    cluster = Cluster.shared(Shape.TWO_BROKERS);
    client = client(cluster);
    await(client.admin().createTopic(topic, 2));
  }

  private List<SendResult> send(String... bodies) {
    Producer producer = client.producer("GP" + System.nanoTime());
    List<SendResult> results = new ArrayList<>();
    for (String each : bodies) {
      Message message = message(topic, each).withKeys("all of-" + each);
      results.add(await(producer.send(message)));
      nextMillisecond(); // so that the order is known between brokers, too
    }
    await(producer.close());
    return results;
  }

  private static void nextMillisecond() {
    long nowMs = System.currentTimeMillis();
    while (System.currentTimeMillis() == nowMs) {
      Thread.onSpinWait();
    }
  }

  private static List<String> bodies(Future<List<ReceivedMessage>> found) {
    return await(found).stream().map(OurClientCase::body).toList();
  }

  @Test
  void messagesAreFoundByEachOfTheirKeysOnBothBrokersOldestFirst() {
    List<SendResult> sent = send("m0", "m1", "m2", "m3", "m4");
    MessageQuery messages = client.messages();
    // Brokers index a message a moment after they stored it.
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> bodies(messages.byKey(topic, "all", 32, 0, EVER)).size() == 5);
    List<ReceivedMessage> all = await(messages.byKey(topic, "all", 32, 0, EVER));
    assertThat(all).extracting(OurClientCase::body).containsExactly("m0", "m1", "m2", "m3", "m4");
    assertThat(all)
        .extracting(ReceivedMessage::offsetMsgId)
        .containsExactlyElementsOf(sent.stream().map(SendResult::offsetMsgId).toList());
    assertThat(bodies(messages.byKey(topic, "of-m3", 32, 0, EVER))).containsExactly("m3");
    long thirdMs = all.get(2).storeTimestampMs();
    assertThat(bodies(messages.byKey(topic, "all", 32, thirdMs, EVER)))
        .contains("m2", "m3", "m4")
        .doesNotContain(
            all.stream()
                .filter(each -> each.storeTimestampMs() < thirdMs)
                .map(OurClientCase::body)
                .toArray(String[]::new));
    assertThat(bodies(messages.byKey(topic, "all", 1, 0, EVER))).hasSize(2); // of each broker one
    assertThat(bodies(messages.byKey(topic, "of", 32, 0, EVER))).isEmpty();
    assertThatThrownBy(() -> bodies(messages.byKey("No" + topic, "all", 32, 0, EVER)))
        .rootCause()
        .isInstanceOfSatisfying(
            RequestRefused.class,
            refused -> assertThat(refused.code()).isEqualTo(ResponseCode.TOPIC_NOT_EXIST));
  }

  @Test
  void messagesAreFoundByTheirIdsAlsoThoseOfABatch() {
    Producer producer = client.producer("GP-" + topic);
    SendResult batch =
        await(producer.sendBatch(List.of(message(topic, "b0"), message(topic, "b1"))));
    List<SendResult> single = send("m0", "m1");
    MessageQuery messages = client.messages();
    String[] ids = batch.msgId().split(",");
    Map<String, String> wanted =
        Map.of(
            ids[0], "b0", ids[1], "b1", single.get(0).msgId(), "m0", single.get(1).msgId(), "m1");
    wanted.forEach(
        (id, body) ->
            Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(
                    () ->
                        assertThat(bodies(messages.byMessageId(topic, id))).containsExactly(body)));
    assertThat(bodies(messages.byMessageId(topic, "7F0000010000000000000000000000AA"))).isEmpty();
    assertThat(body(await(messages.byOffsetId(single.get(0).offsetMsgId())))).isEqualTo("m0");
    assertThatThrownBy(() -> await(messages.byOffsetId("nonsense")))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aGroupIsMovedInOneQueueWhetherItReadsOrNot() {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "4.9 moves the whole topic to its end");
    send("m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7");
    Queue<ReceivedMessage> got = new ConcurrentLinkedQueue<>();
    PushConsumer consumer = reader(got);
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 8);
    ReceivedMessage first = got.element();
    MessageQueue queue = new MessageQueue(topic, first.brokerName(), first.queueId());
    got.clear();
    await(client.groupAdmin().resetTo(group, queue, 1));
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 1);
    assertThat(got).allMatch(each -> each.queueId() == queue.queueId());
    assertThat(got).allMatch(each -> each.queueOffset() == 1);
    Awaitility.await().atMost(PATIENCE).until(() -> progress().lag() == 0);
    await(consumer.close());

    await(client.groupAdmin().resetTo(group, queue, 0));
    if (Vendor.underTest() == Vendor.APOGEE) { // 5.5 shows it when a member asks for it
      assertThat(progress().lag()).isEqualTo(2);
    }
    got.clear();
    reader(got);
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 2);
    Awaitility.await().atMost(PATIENCE).until(() -> progress().lag() == 0);
    assertThat(got).extracting(ReceivedMessage::queueOffset).containsExactly(0L, 1L);
    assertThatThrownBy(
            () -> await(client.groupAdmin().resetTo(group, new MessageQueue(topic, "x", 0), 0)))
        .rootCause()
        .hasMessageContaining("no route gives a master");
  }

  private PushConsumer reader(Queue<ReceivedMessage> got) {
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of(group)
                .subscribe(topic)
                .setFromFirst(true)
                .setMaxInFlight(1)
                .setOffsetCommitMs(200),
            delivery -> {
              got.addAll(delivery.messages());
              return Future.succeededFuture();
            });
    await(consumer.start());
    return consumer;
  }

  private GroupProgress progress() {
    return await(client.groupAdmin().progress(group, topic));
  }

  @Test
  void aSettingIsChangedWhileTheBrokerRuns() {
    Admin admin = client.admin();
    String address = cluster.brokers().get(1).brokerAddr();
    String key = "fileReservedTime";
    String before = await(admin.brokerConfig(address)).get(key);
    await(admin.updateBrokerConfig(address, Map.of(key, "71")));
    assertThat(await(admin.brokerConfig(address))).containsEntry(key, "71");
    await(admin.updateBrokerConfig(address, Map.of(key, before)));
    assertThat(await(admin.brokerConfig(address))).containsEntry(key, before);
  }
}
