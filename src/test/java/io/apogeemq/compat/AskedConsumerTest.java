package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apogeemq.client.ApogeeClient;
import io.apogeemq.client.ConsumerOptions;
import io.apogeemq.client.GroupAdmin;
import io.apogeemq.client.Producer;
import io.apogeemq.client.PushConsumer;
import io.apogeemq.client.ReceivedMessage;
import io.apogeemq.client.RequestRefused;
import io.apogeemq.client.SendResult;
import io.apogeemq.protocol.body.ConsumeDirectlyResult;
import io.apogeemq.protocol.body.ConsumerRunningInfo;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our consumers answer what tools ask them by way of their broker: the official mqadmin, and ours. */
class AskedConsumerTest extends OurClientCase {
  private static Cluster cluster;
  private static MqAdmin admin;

  private final String group = "G-" + topic;
  private final Queue<ReceivedMessage> got = new ConcurrentLinkedQueue<>();
  private ApogeeClient client;
  private List<SendResult> sent;

  @BeforeAll
  static void startTool() {
    cluster = Cluster.shared(Shape.TWO_PROCESSES);
    admin = new MqAdmin(Official.V4_9_8, cluster.namesrvAddr());
  }

  @AfterAll
  static void endTool() {
    admin.close();
  }

  @BeforeEach
  void aMemberThatHasReadAll() {
    client = client(cluster);
    await(client.admin().createTopic(topic, 4));
    sent = new ArrayList<>();
    Producer producer = client.producer("GP-" + topic);
    for (int i = 0; i < 8; i++) {
      sent.add(await(producer.send(message(topic, "m" + i))));
    }
    join(client, topic);
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 8);
  }

  private PushConsumer join(ApogeeClient of, String subscribed) {
    PushConsumer consumer =
        of.pushConsumer(
            ConsumerOptions.of(group)
                .subscribe(subscribed)
                .setFromFirst(true)
                .setOffsetCommitMs(500),
            delivery -> {
              got.addAll(delivery.messages());
              boolean failing = delivery.slot() == 0 && body(got.element()).equals("m3");
              return failing ? Future.failedFuture("never again") : Future.succeededFuture();
            });
    await(consumer.start());
    return consumer;
  }

  @Test
  void theToolShowsSettingsQueuesFiguresAndThreads() {
    String shown = admin.run("consumerStatus", "-g", group, "-i", client.clientId(), "-s").text();
    assertThat(shown)
        .containsPattern("PROP_CONSUME_TYPE +: CONSUME_PASSIVELY")
        .containsPattern("PROP_CLIENT_VERSION +: V4_9_5")
        .containsPattern("PROP_CONSUMEORDERLY +: false")
        .containsPattern("PROP_NAMESERVER_ADDR +: " + cluster.namesrvAddr())
        .containsPattern("001 Topic: %RETRY%" + group)
        .containsPattern("002 Topic: " + topic)
        .containsPattern(topic + " +broker-a +3 +2 ")
        .containsPattern(topic + " +\\d+\\.\\d+ +0\\.13 +\\d+\\.\\d+ +0\\.13 +0\\.00 +0")
        .contains("#Consumer jstack#", "STATE: RUNNABLE", "vert.x-eventloop-thread");
    assertThat(admin.run("consumerStatus", "-g", group).text())
        .contains(client.clientId(), "Same subscription in the same group of consumer")
        .doesNotContain("can't consume");
  }

  @Test
  void aMemberIsAskedByOurAdministratorToo() {
    GroupAdmin groups = client(cluster).groupAdmin();
    ConsumerRunningInfo plain = await(groups.runningInfo(group, client.clientId(), false));
    assertThat(plain.jstack()).isNull();
    assertThat(plain.mqTable().keySet())
        .filteredOn(each -> each.topic().equals(topic))
        .hasSize(4)
        .allSatisfy(
            queue -> {
              ConsumerRunningInfo.ProcessQueueInfo each = plain.mqTable().get(queue);
              assertThat(each.commitOffset()).isEqualTo(2);
              assertThat(each.cachedMsgCount()).isZero();
              assertThat(each.droped()).isFalse();
              assertThat(each.lastPullTimestamp()).isPositive();
            });
    assertThat(plain.statusTable().get(topic).consumeOKTPS()).isEqualTo(8 / 60.0);
    assertThat(await(groups.runningInfo(group, client.clientId(), true)).jstack())
        .contains("STATE: ");
    assertThatThrownBy(() -> await(groups.runningInfo(group, "nobody@1", false)))
        .rootCause()
        .isInstanceOf(RequestRefused.class)
        .hasMessageContaining("not online");
  }

  @Test
  void aMessageIsConsumedOnceMoreAndItsOutcomeTold() {
    String member = client.clientId();
    got.clear();
    assertThat(
            admin
                .run("queryMsgById", "-i", sent.get(5).offsetMsgId(), "-g", group, "-d", member)
                .text())
        .contains("consumeResult=CR_SUCCESS", "order=false");
    assertThat(got).hasSize(1);
    assertThat(body(got.element())).isEqualTo("m5");
    assertThat(got.element().brokerName()).isEqualTo("broker-a");
    assertThat(got.element().messageId()).isEqualTo(sent.get(5).msgId());

    got.clear();
    GroupAdmin groups = client(cluster).groupAdmin();
    ConsumeDirectlyResult failed =
        await(groups.consumeDirectly(group, member, topic, sent.get(3).offsetMsgId()));
    assertThat(failed.consumeResult()).isEqualTo(ConsumeDirectlyResult.Outcome.CR_THROW_EXCEPTION);
    assertThat(failed.remark()).contains("never again");
    assertThat(await(client.groupAdmin().progress(group, topic)).lag()).isZero();
    assertThatThrownBy(() -> await(groups.consumeDirectly(group, member, topic, "nonsense")))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theGroupIsMovedByTheToolAndItsMembersSayWhereTheyAre() {
    got.clear();
    assertThat(admin.run("resetOffsetByTime", "-g", group, "-t", topic, "-s 1 -f true").text())
        .doesNotContain("Exception");
    Awaitility.await().atMost(PATIENCE).until(() -> got.size() == 8);
    try (ChildProcess asking =
        Program.start(Official.V4_9_8, cluster.namesrvAddr(), "probe.Members")) {
      asking.say("where " + group + " " + topic);
      asking.awaitLine("ASKED"::equals, PATIENCE);
      assertThat(asking.lines())
          .contains("AT " + client.clientId() + " 0 2", "AT " + client.clientId() + " 3 2");
    }
  }

  @Test
  void membersThatWantSomethingElseAreShown() {
    join(client(cluster), topic + "-other");
    String shown = admin.run("consumerStatus", "-g", group).text();
    assertThat(shown).contains(client.clientId());
    // Tools compare only members that have run for two minutes.
    assertThat(shown.lines().filter(line -> line.contains("V4_9_5"))).hasSize(2);
  }
}
