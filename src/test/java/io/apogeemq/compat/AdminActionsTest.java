package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.compat.MqAdmin.Output;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What people do with messages, offsets and consumers by the official mqadmin. */
@ParameterizedClass(name = "mqadmin {0}")
@MethodSource("tools")
@ExtendWith(OutputOnFailure.class)
class AdminActionsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int SENT = 40;

  private static Cluster cluster;
  private static MqAdmin admin;
  private static ChildProcess producer;
  private static ChildProcess members;
  private static String topic;
  private static String group;
  private static String clientId;

  private final Official version;

  AdminActionsTest(Official version) {
    this.version = version;
  }

  /** One of those of {@link MqAdminTest}, or with {@code -Dcompat.matrix=full} all. */
  static Stream<Official> tools() {
    boolean all = "full".equals(System.getProperty("compat.matrix"));
    return MqAdminTest.tools().limit(all ? Official.values().length : 1);
  }

  @BeforeParameterizedClassInvocation
  static void aGroupThatHasReadAll(Official version) {
    cluster = Cluster.shared(Shape.TWO_PROCESSES);
    topic = "Actions" + System.nanoTime();
    group = "G-" + topic;
    admin = new MqAdmin(version, cluster.namesrvAddr());
    producer = Program.start(version, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic);
    send(SENT, "m", 1);
    members = Program.start(version, cluster.namesrvAddr(), "probe.Members");
    clientId = join("reader", group);
    members.awaitCount(line -> line.startsWith("GOT reader "), SENT, PATIENCE);
  }

  @AfterParameterizedClassInvocation
  static void endPrograms() {
    admin.close();
    producer.close();
    members.close();
  }

  private static void send(int count, String prefix, int commands) {
    producer.say("send " + topic + " " + count + " " + prefix);
    producer.awaitCount("DONE"::equals, commands, PATIENCE);
    assertThat(producer.events("FAILED")).isEmpty();
  }

  private static String join(String name, String joined) {
    members.say("join " + name + " " + joined + " " + topic + " *");
    return members.awaitLine(line -> line.startsWith("JOINED " + name), PATIENCE).split(" ")[2];
  }

  @Test
  void consumerStatusTellsWhatTheClientSays() {
    String one = admin.run("consumerStatus", "-g", group, "-i", clientId, "-s").text();
    assertThat(one)
        .contains("#Consumer Properties#", "#Consumer Subscription#", topic, "#Consumer jstack#")
        .contains("java.lang.Thread");
    assertThat(admin.run("consumerStatus", "-g", group).text())
        .contains(clientId, "Same subscription in the same group of consumer");
  }

  @Test
  void theMembersSayWhereTheyAre() {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              int before = members.lines().size();
              members.say("where " + group + " " + topic);
              members.awaitLine("ASKED"::equals, before, PATIENCE);
              assertThat(members.lines().stream().skip(before))
                  .contains("AT " + clientId + " 0 10", "AT " + clientId + " 3 10");
            });
  }

  @Test
  void aMessageIsFoundByItsKeyItsUniqueKeyAndItsId() {
    List<String> row = byKey("m17");
    // This command works once in a process of the tool.
    assertThat(admin.run("queryMsgByUniqueKey", "-t", topic, "-i", row.get(0)).text())
        .containsPattern("Topic: +" + topic)
        .containsPattern("Keys: +\\[m17]")
        .containsPattern("Queue ID: +" + row.get(1));
    assertThat(admin.run("queryMsgById", "-i", offsetId(row), topicOf5()).text())
        .containsPattern("Keys: +\\[m17]")
        .contains("UNIQ_KEY=" + row.get(0))
        .contains(group); // who has read it
    assertThat(admin.run("queryMsgByKey", "-t", topic, "-k", "nobody").text()).contains("208");
  }

  @Test
  void aMessageIsConsumedOnceMoreWhenToolsSaySo() {
    String id = offsetId(byKey("m5"));
    int before = members.lines().size();
    assertThat(admin.run("queryMsgById", "-i", id, topicOf5(), "-g", group, "-d", clientId).text())
        .contains("consumeResult=CR_SUCCESS");
    members.awaitLine(
        line -> line.startsWith("GOT reader ") && line.endsWith(" m5"), before, PATIENCE);
  }

  /** Unique key, queue and offset of the one message with a key. */
  private static List<String> byKey(String key) {
    List<List<String>> rows = admin.run("queryMsgByKey", "-t", topic, "-k", key).rows();
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static String offsetId(List<String> row) {
    Output message =
        admin.run("queryMsgByOffset", "-b broker-a -t", topic, "-i", row.get(1), "-o", row.get(2));
    Matcher id = Pattern.compile("OffsetID: +([0-9A-F]{32})").matcher(message.text());
    assertThat(id.find()).as(message.text()).isTrue();
    return id.group(1);
  }

  /** 5.x asks for the topic, too. */
  private String topicOf5() {
    return version == Official.V5_5_0 ? "-t " + topic : "";
  }

  @Test
  void cleaningUpIsSaidToHaveWorked() {
    String broker = cluster.broker().brokerAddr();
    for (String command : List.of("cleanExpiredCQ", "cleanUnusedTopic", "deleteExpiredCommitLog")) {
      assertThat(admin.run(command, "-b", broker).text()).as(command).contains("success");
    }
  }

  @Test
  void queryCqShowsTheEntriesOfAQueue() {
    String said =
        admin
            .run("queryCq", "-t", topic, "-q 1 -i 2 -c 3", "-b", cluster.broker().brokerAddr())
            .text();
    assertThat(said).contains("max: 10, min: 0", "physicOffset").contains("idx: 2", "idx: 4");
    assertThat(said).doesNotContain("idx: 5");
  }

  @Test
  void aGroupsOffsetsAreCopiedToAnother() throws IOException {
    admin.run("updateSubGroup", "-c DefaultCluster -g GCopy-" + topic);
    awaitCommitted(group, "10 10 10 10");
    assertThat(
            admin
                .run(
                    "cloneGroupOffset", "-s", group, "-d", "GCopy-" + topic, "-t", topic, "-o true")
                .text())
        .contains("clone group offset success");
    try (RawClient asking = RawClient.connect(cluster.broker().brokerPort())) {
      for (int queue = 0; queue < 4; queue++) {
        RawFrame offset =
            RawFrame.json(14)
                .with("consumerGroup", "GCopy-" + topic)
                .with("topic", topic)
                .with("queueId", queue);
        assertThat(asking.ask(offset).ext("offset")).isEqualTo("10");
      }
    }
  }

  @Test
  void anOfflineGroupIsMovedBackToATimeAndForwardToTheEnd() {
    String moved = "GMoved-" + topic;
    join("mover", moved);
    members.awaitCount(line -> line.startsWith("GOT mover "), SENT, PATIENCE);
    leave("mover");
    awaitCommitted(moved, "10 10 10 10");

    reset(moved, "1");
    awaitCommitted(moved, "0 0 0 0");
    int before = members.lines().size();
    join("again", moved);
    members.awaitCount(line -> line.startsWith("GOT again "), SENT, PATIENCE);
    leave("again");
    assertThat(got("again", before)).hasSize(SENT).doesNotHaveDuplicates();

    reset(moved, "1");
    awaitCommitted(moved, "0 0 0 0");
    reset(moved, "-1");
    awaitCommitted(moved, "10 10 10 10");
  }

  private static void leave(String name) {
    members.say("leave " + name);
    members.awaitLine(("LEFT " + name)::equals, PATIENCE);
  }

  private static List<String> got(String name, int from) {
    return members.lines().stream()
        .skip(from)
        .filter(line -> line.startsWith("GOT " + name + " "))
        .map(line -> line.split(" ")[4])
        .toList();
  }

  /** Says it and shows the new offsets; the answer of 4.9 servers to an offline group has none. */
  private static void reset(String moved, String time) {
    Output said = admin.run("resetOffsetByTime", "-g", moved, "-t", topic, "-s", time, "-f true");
    assertThat(said.text()).doesNotContain("Exception");
  }

  /** The committed offsets of the queues in their order. */
  private static void awaitCommitted(String of, String offsets) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<List<String>> rows =
                  admin.run("consumerProgress", "-g", of).rows().stream()
                      .filter(row -> row.get(0).equals(topic))
                      .toList();
              assertThat(
                      IntStream.range(0, rows.size())
                          .mapToObj(i -> rows.get(i).get(rows.get(i).indexOf("broker-a") + 3)))
                  .containsExactly(offsets.split(" "));
            });
  }
}
