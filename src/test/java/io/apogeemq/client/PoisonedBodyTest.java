package io.apogeemq.client;

import static io.apogeemq.client.ScriptedNode.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.app.TestNode;
import io.apogeemq.gateway.Api;
import io.apogeemq.protocol.message.SysFlags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Messages that say they are compressed and can't be unpacked, between two that are good: whoever consumes
 * in whatever way gets all of them, and sees what is wrong.
 */
class PoisonedBodyTest {
  private static final String TOPIC = "poisoned";
  private static final int COUNT = 6;

  /** Receives, each of which waits for a while if there is nothing. */
  private static final int TRIES = 10;

  private static final byte[] GARBAGE = "no zlib at all".getBytes(StandardCharsets.UTF_8);
  private static final byte[] LONG = "compressed ".repeat(1_000).getBytes(StandardCharsets.UTF_8);
  private static final byte[] BOMB = Zlib.deflated(new byte[Body.MAX_BYTES + 1]);
  private static final byte[] CUT = Arrays.copyOf(Zlib.deflated(LONG), 20);

  private static TestNode node;
  private static Vertx vertx;
  private static ApogeeClient client;

  @BeforeAll
  static void start() {
    node = TestNode.start(Map.of());
    vertx = Vertx.vertx();
    client = ApogeeClient.create(vertx, ClientOptions.of(node.nameServer()));
    await(client.admin().createTopic(TOPIC, 1));
    Producer producer = client.producer(ProducerOptions.of("poisoners"));
    await(producer.send(Message.of(TOPIC, "first")));
    await(producer.inOrder(compressed(GARBAGE, 0), 1, null));
    await(producer.inOrder(compressed(BOMB, Zlib.TYPE), 1, null));
    await(producer.inOrder(compressed(CUT, Zlib.TYPE), 1, null));
    await(producer.inOrder(compressed(GARBAGE, 0x100), 1, null));
    await(producer.send(new Message(TOPIC, 0, Map.of(), LONG)));
  }

  private static Outgoing compressed(byte[] body, int type) {
    Outgoing plain =
        Outgoing.of(Outgoing.Item.of(Message.of(TOPIC, "x"), UniqueIds.ofThisProcess()), 0, 100);
    return new Outgoing(
        TOPIC,
        plain.msgId(),
        body,
        plain.properties(),
        0,
        SysFlags.COMPRESSED | type,
        plain.code());
  }

  @AfterAll
  static void stop() {
    await(client.close());
    await(vertx.close());
    node.close();
  }

  @Test
  void aPullHandsAllOut() {
    PullConsumer consumer = client.pullConsumer("pulls");
    MessageQueue queue = await(consumer.queues(TOPIC)).get(0);
    assertAll(await(consumer.pull(queue, Filter.ALL, 0, 32, 0)).messages());
  }

  @Test
  void aPopHandsAllOut() {
    PopConsumer consumer = client.popConsumer("pops");
    List<ReceivedMessage> all = new ArrayList<>();
    for (int tries = 0; all.size() < COUNT && tries < TRIES; tries++) {
      await(consumer.receive(TOPIC, new ReceiveOptions().setFromFirst(true)))
          .forEach(each -> all.add(each.message()));
    }
    assertAll(all);
  }

  @Test
  void aPushConsumerGetsAllAndWhatItFailsOnIsAmongTheDeadLettersAsItWas() {
    ConcurrentLinkedQueue<ReceivedMessage> seen = new ConcurrentLinkedQueue<>();
    PushConsumer consumer =
        client.pushConsumer(
            ConsumerOptions.of("pushes")
                .subscribe(TOPIC)
                .setFromFirst(true)
                .setMaxReconsumeTimes(0),
            delivery -> {
              ReceivedMessage message = delivery.messages().get(0);
              seen.add(message);
              return message.bodyFlaw() == null
                  ? Future.succeededFuture()
                  : Future.failedFuture(message.bodyFlaw());
            });
    await(consumer.start());
    Awaitility.await().until(() -> seen.size() == COUNT);
    assertAll(
        seen.stream().sorted((a, b) -> Long.compare(a.queueOffset(), b.queueOffset())).toList());
    PullConsumer dead = client.pullConsumer("buriers");
    List<ReceivedMessage> letters = new ArrayList<>();
    Awaitility.await()
        .ignoreExceptions() // the topic is there with its first message
        .until(
            () -> {
              MessageQueue queue = await(dead.queues("%DLQ%pushes")).get(0);
              letters.clear();
              letters.addAll(await(dead.pull(queue, Filter.ALL, 0, 32, 0)).messages());
              return letters.size() == COUNT - 2;
            });
    await(consumer.close());
    assertThat(letters).allMatch(each -> each.bodyFlaw() != null);
    assertThat(letters).anyMatch(each -> Arrays.equals(each.body(), BOMB));
  }

  @Test
  void aReceiveOverHttpAnswersWithAll() {
    Api api = new Api(node.gatewayPort());
    String receive = "/v1/topics/" + TOPIC + "/groups/web/receive";
    List<JsonObject> all = new ArrayList<>();
    for (int tries = 0; all.size() < COUNT && tries < TRIES; tries++) {
      api.post(receive + "?max=32&waitMs=5000&as=base64")
          .json()
          .getJsonArray("messages")
          .forEach(each -> all.add((JsonObject) each));
    }
    assertThat(all).hasSize(COUNT);
    assertThat(all.get(0).getBinary("base64")).isEqualTo("first".getBytes(StandardCharsets.UTF_8));
    assertThat(all.get(1).getBinary("base64")).isEqualTo(GARBAGE);
    assertThat(all.get(1).getString("bodyFlaw")).contains("can't be unpacked");
    assertThat(all.get(5).getBinary("base64")).isEqualTo(LONG);
    assertThat(all.get(5).containsKey("bodyFlaw")).isFalse();

    String raw = "/v1/topics/" + TOPIC + "/groups/raws/receive?as=raw&waitMs=5000";
    assertThat(api.post(raw).body()).isEqualTo("first");
    Api.Reply flawed = api.post(raw);
    assertThat(flawed.body()).isEqualTo("no zlib at all");
    assertThat(flawed.whole().headers().firstValue("x-body-flaw").orElse("")).contains("unpacked");
  }

  @Test
  void allBodiesOfAnAnswerTogetherAreBounded() {
    byte[] body = Zlib.deflated(LONG);
    int flags = SysFlags.COMPRESSED;
    assertThat(Body.of(flags, body, LONG.length).bytes()).isEqualTo(LONG);
    assertThat(Body.of(flags, body, LONG.length - 1).bytes()).isEqualTo(body);
    assertThat(Body.of(flags, body, -1).flaw()).contains("larger than 0 bytes");
  }

  private static void assertAll(List<ReceivedMessage> all) {
    assertThat(all).hasSize(COUNT);
    assertThat(all.get(0).text()).isEqualTo("first");
    assertThat(all.get(5).body()).isEqualTo(LONG);
    assertThat(List.of(all.get(0), all.get(5))).allMatch(each -> each.bodyFlaw() == null);
    assertFlawed(all.get(1), GARBAGE, "incorrect header");
    assertFlawed(all.get(2), BOMB, "larger than");
    assertFlawed(all.get(3), CUT, "ends too early");
    assertFlawed(all.get(4), GARBAGE, "LZ4");
  }

  private static void assertFlawed(ReceivedMessage message, byte[] stored, String flaw) {
    assertThat(message.body()).isEqualTo(stored);
    assertThat(message.bodyFlaw()).contains(flaw);
    assertThat(message.sysFlag() & SysFlags.COMPRESSED).isNotZero();
  }
}
