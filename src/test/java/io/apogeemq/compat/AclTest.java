package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A broker with access control, seen by official clients that sign by {@code AclClientRPCHook}. */
@DisabledIfSystemProperty(
    named = "compat.target",
    matches = "apache55",
    disabledReason = "5.5 has other accounts; see authenticationEnabled")
@ExtendWith(OutputOnFailure.class)
class AclTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final String ACCOUNTS =
      """
      globalWhiteRemoteAddresses: [10.2.2.2] # without any, Apache's never forgets one that a tool sets
      accounts:
        - accessKey: administrator
          secretKey: admin-secret
          admin: true
        - accessKey: publisher
          secretKey: publisher-secret
          topicPerms:
            - AclTopic=PUB
        - accessKey: subscriber
          secretKey: subscriber-secret
          defaultTopicPerm: DENY
          topicPerms:
            - AclTopic=SUB
          groupPerms:
            - AclGroup=SUB
            - AclFailing=SUB
      """;

  private static Cluster cluster;
  private static MqAdmin admin;
  private static ChildProcess older;
  private static Path tools;

  @BeforeAll
  static void startBrokerWithAccounts(@TempDir Path toolHome) throws IOException {
    cluster =
        Cluster.start(
            Map.of("aclEnable", "true", "storeReplyMessageEnable", "false"),
            Map.of("conf/plain_acl.yml", ACCOUNTS));
    tools = toolHome;
    Files.createDirectories(toolHome.resolve("conf"));
    Files.copy(
        Path.of("src/test/compat/home/conf/logback_tools.xml"),
        toolHome.resolve("conf/logback_tools.xml"));
    Files.writeString(
        toolHome.resolve("conf/tools.yml"), "accessKey: administrator\nsecretKey: admin-secret\n");
    admin =
        new MqAdmin(
            Official.V4_9_5, cluster.namesrvAddr(), List.of("-Drocketmq.home.dir=" + toolHome));
    older = producer(Official.V4_9_8);
  }

  @AfterAll
  static void stop() {
    older.close();
    admin.close();
    cluster.close();
  }

  @Test
  void whoHasTheRightsSendsAndReceives() {
    assertThat(sendAs("publisher:publisher-secret", 20)).doesNotContain("FAILED");
    try (ChildProcess newer = producer(Official.V5_5_0);
        ChildProcess consumer =
            Program.start(
                List.of("-Dprobe.account=subscriber:subscriber-secret"),
                Official.V5_5_0,
                cluster.namesrvAddr(),
                "probe.Consume",
                "AclGroup",
                "AclTopic")) {
      assertThat(sendAs(newer, "publisher:publisher-secret", 20)).doesNotContain("FAILED");
      consumer.awaitCount(line -> line.startsWith("GOT "), 40, PATIENCE);
    }
  }

  @Test
  void whoMayConsumeHandsBackWhatFailsAndWhatFailsAgain() {
    assertThat(sendAs("publisher:publisher-secret", 1)).doesNotContain("FAILED");
    try (ChildProcess consumer =
        Program.start(
            List.of("-Dprobe.account=subscriber:subscriber-secret", "-Dprobe.fails=2"),
            Official.V4_9_8,
            cluster.namesrvAddr(),
            "probe.Consume",
            "AclFailing",
            "AclTopic")) {
      consumer.awaitLine("AGAIN 2 broker"::equals, PATIENCE);
      assertThat(consumer.events("AGAIN")).noneMatch(each -> each.contains("itself"));
    }
  }

  /** Answers need no right of their own; here the broker hands them on and keeps none. */
  @Test
  void whoMayConsumeAQuestionMayAnswerIt() {
    sendAs("publisher:publisher-secret", 1);
    try (ChildProcess reply =
        Program.start(
            Official.V4_9_8,
            cluster.namesrvAddr(),
            "probe.Reply",
            "publisher:publisher-secret",
            "subscriber:subscriber-secret",
            "AclTopic",
            "AclGroup")) {
      reply.awaitExit(PATIENCE);
      assertThat(reply.events("ANSWERED")).containsExactly("re question");
      assertThat(reply.events("REPLIED")).containsExactly("0 0");
      assertThat(reply.events("FAILED")).isEmpty();
    }
    assertThat(admin.run("topicStatus", "-t DefaultCluster_REPLY_TOPIC").rows())
        .filteredOn(row -> row.get(0).equals("broker-a"))
        .isNotEmpty()
        .allMatch(row -> row.get(2).equals("0") && row.get(3).equals("0"));
  }

  @Test
  void whoHasNoRightIsToldWhatIsMissing() {
    assertThat(sendAs("nobody", 1)).contains("AclException: No accessKey is configured");
    assertThat(sendAs("nobody-here:publisher-secret", 1))
        .contains("AclException: No acl config for nobody-here");
    assertThat(sendAs("publisher:another-secret", 1))
        .contains("AclException: Check signature failed for accessKey=publisher")
        .doesNotContain("another-secret", "publisher-secret");
    assertThat(sendAs("subscriber:subscriber-secret", 1))
        .contains("AclException: No default permission for topic:AclTopic");
  }

  @Test
  void theToolOfAnAdministratorMakesAndRemovesAccounts() {
    String broker = cluster.broker().brokerAddr();
    assertThat(
            admin
                .run(
                    "updateAclConfig",
                    "-b " + broker,
                    "-a made-by-tool -s secret-of-tool -t AclTopic=PUB,Other=DENY -i DENY")
                .text())
        .contains("create or update plain access config to " + broker + " success");
    assertThat(admin.run("getAccessConfigSubCommand", "-b " + broker).text())
        .contains("made-by-tool", "AclTopic=PUB", "Other=DENY");
    assertThat(sendAs("made-by-tool:secret-of-tool", 1)).contains("ACK SEND_OK");
    assertThat(admin.run("clusterAclConfigVersion", "-b " + broker).text())
        .contains("plain_acl.yml", "get broker's plain access config version success");
    assertThat(admin.run("deleteAclConfig", "-b " + broker, "-a made-by-tool").text())
        .contains("delete plain access config account from " + broker + " success");
    awaitAnswer("made-by-tool:secret-of-tool", "No acl config for made-by-tool");
  }

  @Test
  void theToolSetsTheAddressesThatNeedNoAccount() {
    String broker = cluster.broker().brokerAddr();
    assertThat(admin.run("updateGlobalWhiteAddr", "-b " + broker, "-g 127.0.0.*,10.1.1.1").text())
        .contains("update global white remote addresses to " + broker + " success");
    awaitAnswer("nobody", "ACK SEND_OK");
    admin.run("updateGlobalWhiteAddr", "-b " + broker, "-g 10.1.1.1");
    awaitAnswer("nobody", "No accessKey is configured");
  }

  /** Our own mqadmin finds its account where the original's does, in conf/tools.yml. */
  @Test
  void ourToolSignsToo() {
    sendAs("publisher:publisher-secret", 1);
    System.setProperty("apogeemq.home", tools.toString());
    try {
      assertThat(OurTool.run("topicStatus", "-n", cluster.namesrvAddr(), "-t", "AclTopic"))
          .contains("broker-a");
    } finally {
      System.clearProperty("apogeemq.home");
    }
    assertThat(OurTool.run("topicStatus", "-n", cluster.namesrvAddr(), "-t", "AclTopic"))
        .contains("No accessKey is configured");
  }

  @Test
  void anEditOfTheFileCountsWhileTheBrokerRuns() throws IOException {
    Path extra = cluster.broker().folder().resolve("conf/acl/extra.yml");
    Files.createDirectories(extra.getParent());
    Files.writeString(
        extra,
        "accounts:\n- accessKey: by-hand-1\n  secretKey: secret-by-hand\n  defaultTopicPerm: PUB\n");
    awaitAnswer("by-hand-1:secret-by-hand", "ACK SEND_OK");
  }

  private static ChildProcess producer(Official version) {
    return Program.start(version, cluster.namesrvAddr(), "probe.Produce", "AclProducers");
  }

  private static String sendAs(String account, int count) {
    return sendAs(older, account, count);
  }

  /** What a producer with this account says of its messages to AclTopic. */
  private static String sendAs(ChildProcess producer, String account, int count) {
    run(producer, "as " + account);
    return run(producer, "send AclTopic " + count + " from-" + account.split(":")[0] + "-");
  }

  private static String run(ChildProcess producer, String command) {
    int from = producer.lines().size();
    producer.say(command);
    producer.awaitLine("DONE"::equals, from, PATIENCE);
    return producer.lines().subList(from, producer.lines().size()).toString();
  }

  /** Apache's broker follows its files every few seconds. */
  private static void awaitAnswer(String account, String answer) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(sendAs(account, 1)).contains(answer));
  }
}
