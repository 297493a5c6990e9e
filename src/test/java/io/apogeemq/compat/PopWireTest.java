package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apogeemq.protocol.message.MessageView;
import io.apogeemq.protocol.message.Properties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What POP requests are answered, field by field: the same of ours and of Apache 5.x. */
class PopWireTest {
  private static final int SEND = 310;
  private static final int CREATE_TOPIC = 17;
  private static final int CREATE_GROUP = 200;
  private static final int QUERY_OFFSET = 14;
  private static final int POP = 200050;
  private static final int ACK = 200051;
  private static final int BATCH_ACK = 200151;
  private static final int CHANGE = 200053;

  private final String topic = "PopWire" + System.nanoTime();
  private final String group = "G-" + topic;
  private RawClient client;

  @BeforeEach
  void connect() throws IOException {
    assumeTrue(Vendor.underTest() != Vendor.APACHE49, "POP came with 5.x");
    client = RawClient.connect(Cluster.shared(Shape.ALL_IN_ONE).broker().brokerPort());
    create(topic);
    ok(RawFrame.json(CREATE_GROUP).body("{\"groupName\":\"" + group + "\"}"));
  }

  @AfterEach
  void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }

  private void create(String name) throws IOException {
    ok(
        RawFrame.json(CREATE_TOPIC)
            .with("topic", name)
            .with("defaultTopic", "TBW102")
            .with("readQueueNums", 1)
            .with("writeQueueNums", 1)
            .with("perm", 6)
            .with("topicFilterType", "SINGLE_TAG")
            .with("topicSysFlag", 0)
            .with("order", false));
  }

  private RawClient.Answer ok(RawFrame request) throws IOException {
    RawClient.Answer answer = client.ask(request);
    assertThat(answer.code()).as(answer.remark()).isZero();
    return answer;
  }

  private void send(String... bodies) throws IOException {
    for (String body : bodies) {
      ok(
          RawFrame.json(SEND)
              .with("a", "GP")
              .with("b", topic)
              .with("c", "TBW102")
              .with("d", 1)
              .with("e", 0)
              .with("f", 0)
              .with("g", System.currentTimeMillis())
              .with("h", 0)
              .with("i", "UNIQ_KEY\u0001" + body)
              .with("j", 0)
              .with("k", false)
              .body(body));
    }
  }

  private RawClient.Answer pop(int max, long invisibleMs, long pollMs, boolean order)
      throws IOException {
    return client.ask(
        RawFrame.json(POP)
            .with("consumerGroup", group)
            .with("topic", topic)
            .with("queueId", -1)
            .with("maxMsgNums", max)
            .with("invisibleTime", invisibleMs)
            .with("pollTime", pollMs)
            .with("bornTime", System.currentTimeMillis())
            .with("initMode", 0)
            .with("expType", "TAG")
            .with("exp", "*")
            .with("order", order));
  }

  private RawFrame about(int code, String where, String handle, long offset) {
    return RawFrame.json(code)
        .with("consumerGroup", group)
        .with("topic", where)
        .with("queueId", 0)
        .with("offset", offset)
        .with("extraInfo", handle);
  }

  /** As a client makes it. */
  private static String handle(RawClient.Answer popped, int kind, long offset) {
    return "0 %s %s %s %d broker-a 0 %d"
        .formatted(
            popped.ext("popTime"),
            popped.ext("invisibleTime"),
            popped.ext("reviveQid"),
            kind,
            offset);
  }

  private static List<String> bodies(RawClient.Answer answer) {
    List<String> bodies = new java.util.ArrayList<>();
    MessageView view = new MessageView();
    ByteBuffer bytes = ByteBuffer.wrap(answer.body());
    for (int at = 0; at < bytes.limit(); at += view.size()) {
      assertThat(view.open(bytes, at)).isNull();
      bodies.add(StandardCharsets.UTF_8.decode(view.body()).toString());
    }
    return bodies;
  }

  @Test
  void theAnswerSaysWhereTheMessagesLie() throws IOException {
    send("a", "b", "c");
    RawClient.Answer two = pop(2, 60_000, 0, false);
    assertThat(two.code()).isZero();
    assertThat(bodies(two)).containsExactly("a", "b");
    assertThat(two.ext("startOffsetInfo")).isEqualTo("0 0 0");
    assertThat(two.ext("msgOffsetInfo")).isEqualTo("0 0 0,1");
    assertThat(two.ext("restNum")).isEqualTo("1");
    assertThat(two.ext("invisibleTime")).isEqualTo("60000");
    assertThat(two.header().path("extFields").has("orderCountInfo")).isFalse();
    RawClient.Answer rest = pop(32, 60_000, 0, false);
    assertThat(bodies(rest)).containsExactly("c");
    assertThat(rest.ext("startOffsetInfo")).isEqualTo("0 0 2");
    RawClient.Answer none = pop(32, 60_000, 0, false);
    assertThat(none.code()).isEqualTo(210);
    assertThat(none.ext("msgOffsetInfo")).isEmpty();
  }

  @Test
  void handlesThatFitNothingAreAnsweredAlike() throws IOException {
    send("a");
    RawClient.Answer popped = pop(1, 60_000, 0, false);
    String handle = handle(popped, 0, 0);
    ok(about(ACK, topic, handle, 0));
    ok(about(ACK, topic, handle, 0)); // a second time
    ok(about(ACK, topic, "0 1 2 0 0 broker-a 0 0", 0)); // forged
    assertThat(client.ask(about(ACK, topic, handle, 99)).code()).isEqualTo(208);
    assertThat(client.ask(about(ACK, topic, handle, 0).with("queueId", 7)).code()).isEqualTo(13);
    assertThat(client.ask(about(ACK, "Unknown", handle, 0)).code()).isEqualTo(17);
    assertThat(client.ask(about(ACK, topic, "nonsense", 0)).code()).isEqualTo(1);
    assertThat(client.ask(about(CHANGE, topic, handle, 1).with("invisibleTime", 9)).code())
        .isEqualTo(208);
  }

  @Test
  void whatIsNotAcknowledgedComesBackUnderItsOwnTopicWithAHandle() throws IOException {
    send("a", "b", "c");
    RawClient.Answer popped = pop(3, 1_000, 0, false);
    BitSet bits = new BitSet();
    bits.set(0);
    bits.set(2);
    ok(
        RawFrame.json(BATCH_ACK)
            .body(
                "{\"brokerName\":\"broker-a\",\"acks\":[{\"c\":\"%s\",\"t\":\"%s\",\"r\":\"0\",\"so\":0,\"q\":0,\"rq\":%s,\"pt\":%s,\"it\":1000,\"b\":\"%s\"}]}"
                    .formatted(
                        group,
                        topic,
                        popped.ext("reviveQid"),
                        popped.ext("popTime"),
                        Base64.getEncoder().encodeToString(bits.toByteArray()))));
    RawClient.Answer[] again = new RawClient.Answer[1];
    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(40))
        .until(
            () -> {
              again[0] = pop(32, 60_000, 3_000, false);
              return again[0].code() == 0;
            });
    assertThat(bodies(again[0])).containsExactly("b");
    assertThat(again[0].ext("msgOffsetInfo")).isEqualTo("1 0 0");
    MessageView view = new MessageView();
    assertThat(view.open(ByteBuffer.wrap(again[0].body()), 0)).isNull();
    assertThat(view.topic()).isEqualTo(topic);
    assertThat(view.reconsumeTimes()).isEqualTo(1);
    String handle = Properties.get(view.properties(), "POP_CK");
    assertThat(handle).isEqualTo(handle(again[0], 1, 0));
    assertThat(Properties.get(view.properties(), "1ST_POP_TIME")).isEqualTo(popped.ext("popTime"));
    ok(about(ACK, "%RETRY%" + group + "_" + topic, handle, 0));
  }

  @Test
  void inOrderOneBatchIsOutUntilItIsAcknowledged() throws IOException {
    send("a", "b", "c");
    RawClient.Answer first = pop(2, 60_000, 0, true);
    assertThat(bodies(first)).containsExactly("a", "b");
    assertThat(first.ext("reviveQid")).isEqualTo("999");
    assertThat(first.ext("orderCountInfo")).isEqualTo("0 0 0");
    assertThat(pop(2, 60_000, 0, true).code()).isEqualTo(210);
    assertThat(client.ask(about(ACK, topic, handle(first, 0, 2), 2)).code()).isEqualTo(13);
    RawClient.Answer changed =
        ok(about(CHANGE, topic, handle(first, 0, 1), 1).with("invisibleTime", 1));
    assertThat(changed.ext("popTime")).isEqualTo(first.ext("popTime"));
    ok(about(ACK, topic, handle(first, 0, 0), 0));
    assertThat(offset()).isEqualTo("1");
    RawClient.Answer again = pop(2, 60_000, 2_000, true);
    assertThat(bodies(again)).containsExactly("b", "c");
    assertThat(again.ext("orderCountInfo")).isEqualTo("0 qo0%1 1;0 0 0");
  }

  private String offset() throws IOException {
    return ok(RawFrame.json(QUERY_OFFSET)
            .with("consumerGroup", group)
            .with("topic", topic)
            .with("queueId", 0))
        .ext("offset");
  }
}
