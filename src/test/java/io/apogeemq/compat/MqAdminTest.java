package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.apogeemq.compat.MqAdmin.Output;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The official mqadmin against a cluster in which one group has read 100 of 120 messages and left,
 * another is connected and has read all, and their producer is still there.
 */
@ParameterizedClass(name = "mqadmin {0}")
@MethodSource("tools")
@ExtendWith(OutputOnFailure.class)
class MqAdminTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Cluster cluster;
  private static MqAdmin admin;
  private static ChildProcess producer;
  private static ChildProcess consumer;
  private static String topic;

  private final Official version;

  MqAdminTest(Official version) {
    this.version = version;
  }

  /**
   * Both generations; Apache's own tools fail at the other's broker: 5.x asks a 4.9 one for what it
   * does not have (code 351), 4.9 misses a 5.x one's figure under its old name (getTransferedTps).
   */
  static Stream<Official> tools() {
    return switch (Vendor.underTest()) {
      case APOGEE -> Stream.of(Official.V4_9_8, Official.V5_5_0);
      case APACHE49 -> Stream.of(Official.V4_9_8);
      case APACHE55 -> Stream.of(Official.V5_5_0);
    };
  }

  @BeforeParameterizedClassInvocation
  static void aTopicWithTwoGroups(Official version) {
    cluster = Cluster.shared(Shape.TWO_PROCESSES);
    topic = "AdminTopic" + version.versionName();
    admin = new MqAdmin(version, cluster.namesrvAddr());
    producer = Program.start(version, cluster.namesrvAddr(), "probe.Produce", "GP-" + topic);
    producer.say("send " + topic + " 100 first");
    producer.awaitLine("DONE"::equals, PATIENCE);
    assertThat(producer.events("FAILED")).isEmpty();
    try (ChildProcess leaving =
        Program.start(version, cluster.namesrvAddr(), "probe.Consume", "GLeft-" + topic, topic)) {
      leaving.awaitCount(line -> line.startsWith("GOT "), 100, PATIENCE);
      leaving.say("stop");
      leaving.awaitExit(PATIENCE);
    }
    producer.say("send " + topic + " 20 second");
    producer.awaitCount("DONE"::equals, 2, PATIENCE);
    consumer =
        Program.start(version, cluster.namesrvAddr(), "probe.Consume", "GHere-" + topic, topic);
    consumer.awaitCount(line -> line.startsWith("GOT "), 120, PATIENCE);
  }

  @AfterParameterizedClassInvocation
  static void endPrograms() {
    admin.close();
    producer.close();
    consumer.close();
  }

  @Test
  void clusterListShowsTheBrokerWithItsFigures() {
    Output output = admin.run("clusterList");
    assertThat(output.lines().get(0))
        .contains("#Cluster Name", "#Broker Name", "#BID", "#Addr", "#Version", "#InTPS(LOAD)");
    assertThat(output.rows()).hasSize(1);
    assertThat(output.rows().get(0))
        .startsWith("DefaultCluster", "broker-a", "0", cluster.broker().brokerAddr());
    assertThat(output.rows().get(0).get(4)).matches("V\\d_\\d+_\\d+");
    assertThat(output.rows().get(0).get(5)).matches("\\d+\\.\\d\\d\\(\\d+,\\d+ms\\)");
  }

  @Test
  void clusterListCountsTodaysMessages() {
    List<String> row = admin.run("clusterList", "-m").rows().get(0);
    assertThat(row).startsWith("DefaultCluster", "broker-a");
    assertThat(Long.parseLong(row.get(4))).as("messages put today").isGreaterThanOrEqualTo(120);
    assertThat(Long.parseLong(row.get(5))).as("messages got today").isGreaterThanOrEqualTo(220);
  }

  @Test
  void topicListNamesTheTopicAndTheSystemTopics() {
    assertThat(admin.run("topicList").lines())
        .contains(topic, "TBW102", "SELF_TEST_TOPIC", "DefaultCluster", "broker-a")
        .contains("%RETRY%GHere-" + topic);
  }

  @Test
  void topicListOfClustersNamesTheGroups() {
    assertThat(admin.run("topicList", "-c").rows())
        .contains(
            List.of("DefaultCluster", topic, "GHere-" + topic),
            List.of("DefaultCluster", topic, "GLeft-" + topic));
  }

  @Test
  void topicRouteShowsQueuesAndPermission() {
    String json = admin.run("topicRoute", "-t", topic).text().replaceAll("\\s", "");
    assertThat(json)
        .contains("0:\"" + cluster.broker().brokerAddr() + "\"")
        .contains("\"brokerName\":\"broker-a\"", "\"cluster\":\"DefaultCluster\"")
        .contains("\"perm\":6", "\"readQueueNums\":4", "\"writeQueueNums\":4");
  }

  @Test
  void topicStatusShowsEveryQueuesEnds() {
    List<List<String>> rows = admin.run("topicStatus", "-t", topic).rows();
    IntStream.range(0, 4)
        .forEach(
            queue -> assertThat(rows.get(queue)).startsWith("broker-a", "" + queue, "0", "30"));
    assertThat(rows.get(0).get(4)).matches("\\d{4}-\\d\\d-\\d\\d");
  }

  @Test
  void consumerProgressShowsHowFarAGroupLags() {
    // The first 100 lie evenly on the queues, and so do the 20 that the group has not seen.
    Output output = admin.run("consumerProgress", "-g", "GLeft-" + topic);
    assertThat(output.rows().stream().filter(row -> row.get(0).equals(topic)))
        .hasSize(4)
        .allSatisfy(
            row -> {
              int broker = row.indexOf("broker-a");
              assertThat(row.subList(broker + 2, broker + 5)).containsExactly("30", "25", "5");
            });
    assertThat(output.text()).containsPattern("Diff Total: +20");
  }

  @Test
  void consumerProgressListsTheGroups() {
    List<List<String>> rows = admin.run("consumerProgress").rows();
    List<String> here =
        rows.stream().filter(row -> row.get(0).equals("GHere-" + topic)).findFirst().orElseThrow();
    assertThat(here.get(1)).as("members").isEqualTo("1");
    assertThat(here).contains(version.versionName(), "PUSH", "CLUSTERING");
    List<String> left =
        rows.stream().filter(row -> row.get(0).equals("GLeft-" + topic)).findFirst().orElseThrow();
    assertThat(left.get(1)).as("members").isEqualTo("0");
    assertThat(left.get(left.size() - 1)).as("lag").isEqualTo("20");
  }

  @Test
  void consumerConnectionShowsTheMemberAndWhatItReads() {
    Output output = admin.run("consumerConnection", "-g", "GHere-" + topic);
    assertThat(output.rows().get(0).get(0)).contains("@");
    assertThat(output.rows().get(0).get(1)).startsWith("127.0.0.1:");
    assertThat(output.rows().get(0)).contains("JAVA", version.versionName());
    assertThat(output.text())
        .containsPattern(topic + "\\s+\\*")
        .contains("ConsumeType: CONSUME_PASSIVELY", "MessageModel: CLUSTERING")
        .contains("ConsumeFromWhere: CONSUME_FROM_FIRST_OFFSET");
  }

  @Test
  void producerConnectionShowsTheProducer() {
    Output output = admin.run("producerConnection", "-g", "GP-" + topic, "-t", topic);
    assertThat(output.text()).contains("JAVA", "127.0.0.1:", version.versionName());
  }

  @Test
  void brokerStatusShowsTheRunningBroker() {
    List<String> lines = admin.run("brokerStatus", "-b", cluster.broker().brokerAddr()).lines();
    assertThat(figure(lines, "bootTimestamp")).matches("\\d{13}");
    assertThat(figure(lines, "brokerVersionDesc")).startsWith("V");
    assertThat(Long.parseLong(figure(lines, "msgPutTotalTodayNow"))).isGreaterThanOrEqualTo(120);
    assertThat(Long.parseLong(figure(lines, "commitLogMaxOffset"))).isGreaterThan(120 * 100);
    assertThat(figure(lines, "runtime")).contains("days", "seconds");
  }

  private static String figure(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.matches(name + "\\s*[:=].*"))
        .map(line -> line.replaceFirst("[^:=]*[:=]\\s*", "").trim())
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in\n" + String.join("\n", lines)));
  }

  @Test
  void getBrokerConfigShowsWhatTheBrokerWasGiven() {
    List<String> lines = admin.run("getBrokerConfig", "-b", cluster.broker().brokerAddr()).lines();
    assertThat(figure(lines, "brokerName")).isEqualTo("broker-a");
    assertThat(figure(lines, "listenPort")).isEqualTo("" + cluster.broker().brokerPort());
    assertThat(figure(lines, "namesrvAddr")).isEqualTo(cluster.namesrvAddr());
    assertThat(figure(lines, "autoCreateTopicEnable")).isEqualTo("true");
    assertThat(figure(lines, "flushDiskType")).isEqualTo("ASYNC_FLUSH");
  }

  @Test
  void aTopicIsCreatedChangedAndDeleted() {
    String made = topic + "-made";
    Output created = admin.run("updateTopic", "-c", "DefaultCluster", "-t", made, "-r 8 -w 8");
    assertThat(created.text())
        .contains("create topic to " + cluster.broker().brokerAddr() + " success.")
        .contains("topicName=" + made, "readQueueNums=8", "writeQueueNums=8", "perm=RW-");
    assertThat(admin.run("topicStatus", "-t", made).rows().stream().filter(MqAdminTest::isQueue))
        .hasSize(8);

    admin.run("updateTopic", "-b", cluster.broker().brokerAddr(), "-t", made, "-r 2 -w 2 -p 4");
    assertThat(admin.run("topicRoute", "-t", made).text().replaceAll("\\s", ""))
        .contains("\"perm\":4", "\"readQueueNums\":2", "\"writeQueueNums\":2");

    assertThat(admin.run("deleteTopic", "-c", "DefaultCluster", "-t", made).text())
        .contains("delete topic [" + made + "] from cluster [DefaultCluster] success.")
        .contains("delete topic [" + made + "] from NameServer success.");
    assertThat(admin.run("topicList").lines()).doesNotContain(made);
    assertThat(admin.run("topicRoute", "-t", made).text()).contains("CODE: 17");
  }

  private static boolean isQueue(List<String> row) {
    return row.get(0).equals("broker-a");
  }

  @Test
  void aGroupIsCreatedWithItsRetrySettings() {
    String group = "GMade-" + topic;
    Output created = admin.run("updateSubGroup", "-c", "DefaultCluster", "-g", group, "-r 5 -q 2");
    assertThat(created.text())
        .contains("create subscription group to " + cluster.broker().brokerAddr() + " success.")
        .contains("groupName=" + group, "retryQueueNums=2", "retryMaxTimes=5");
  }

  @Test
  void printMsgPrintsEveryBody() {
    String text = admin.run("printMsg", "-t", topic, "-d", "true").text();
    assertThat(text).contains("minOffset=0, maxOffset=30");
    assertThat(IntStream.range(0, 100).mapToObj(i -> "BODY: first" + i)).allMatch(text::contains);
    assertThat(IntStream.range(0, 20).mapToObj(i -> "BODY: second" + i)).allMatch(text::contains);
  }

  @Test
  void queryMsgByOffsetShowsTheMessageAndWhoHasReadIt() {
    // A group counts as having consumed a message once its offset is committed, some seconds later.
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              Output output = admin.run("queryMsgByOffset", "-t", topic, "-b broker-a -i 1 -o 3");
              assertThat(output.text())
                  .containsPattern("Topic: +" + topic)
                  .containsPattern("Tags: +\\[TagA]")
                  .containsPattern("Keys: +\\[first\\d+]")
                  .containsPattern("Queue ID: +1")
                  .containsPattern("Queue Offset: +3")
                  .containsPattern("Reconsume Times: +0")
                  .contains("CLUSTER=DefaultCluster", "MIN_OFFSET=0", "MAX_OFFSET=30")
                  .contains("consumerGroup=GHere-" + topic + ", trackType=CONSUMED");
            });
  }
}
