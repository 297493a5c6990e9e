package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Transactions of published producers: decided at once, asked for, left to others, and never decided. */
@ParameterizedClass(name = "client {0}")
@MethodSource("clients")
@ExtendWith(OutputOnFailure.class)
class TransactionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GROUP = "GP-transact";
  private static final String BROKER = "broker-a";
  private static final int CHECKS = 3;
  private static final int COMMITTED = 8;

  private static Cluster cluster;
  private static ChildProcess producer;

  private final Official client;
  private final String topic = "Tx" + System.nanoTime();

  TransactionTest(Official client) {
    this.client = client;
  }

  static Stream<Official> clients() {
    return "full".equals(System.getProperty("compat.matrix"))
        ? Stream.of(Official.values())
        : Stream.of(Official.V4_9_8);
  }

  @BeforeParameterizedClassInvocation
  static void start(Official client) {
    cluster =
        Cluster.start(
            Shape.TWO_PROCESSES,
            Map.of(
                "transactionTimeOut",
                "1000",
                "transactionCheckInterval",
                "1000",
                "transactionCheckMax",
                "" + CHECKS,
                // 5.x writes its marks together; late ones make it ask for what is decided.
                "transactionOpBatchInterval",
                "50"));
    producer = producer(client);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    producer.close();
    cluster.close();
  }

  private static ChildProcess producer(Official client) {
    ChildProcess started = Program.start(client, cluster.namesrvAddr(), "probe.Transact", GROUP);
    started.awaitLine("STARTED"::equals, PATIENCE);
    return started;
  }

  /** A message as a consumer gets it. */
  private record Message(
      String key, int queue, long offset, int sysFlag, long prepared, String tag, String words) {
    static Message of(String line) {
      String[] words = line.split(" ");
      return new Message(
          words[0],
          Integer.parseInt(words[1]),
          Long.parseLong(words[2]),
          Integer.parseInt(words[3]),
          Long.parseLong(words[4]),
          words[5],
          words[6]);
    }
  }

  /** Gives a command and waits for its end; the lines that begin with a word and came meanwhile. */
  private static List<String> tell(ChildProcess told, String command, String word) {
    int from = told.lines().size();
    told.say(command);
    String end =
        told.awaitLine(line -> line.equals("DONE") || line.startsWith("FAILED"), from, PATIENCE);
    assertThat(end).as(command).isEqualTo("DONE");
    List<String> lines = told.lines();
    return lines.subList(from, lines.size()).stream()
        .filter(line -> line.startsWith(word + " "))
        .map(line -> line.substring(word.length() + 1))
        .toList();
  }

  private static String[] send(ChildProcess by, String topic, String key, String outcome) {
    return tell(by, "send " + topic + " " + key + " " + outcome, "SENT").get(0).split(" ");
  }

  private List<Message> visible() {
    return tell(producer, "read " + topic, "MSG").stream().map(Message::of).toList();
  }

  private List<String> visibleKeys() {
    return visible().stream().map(Message::key).toList();
  }

  private void awaitVisible(String... keys) {
    Awaitility.await("visible: " + List.of(keys))
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> assertThat(visibleKeys()).containsExactlyInAnyOrder(keys));
  }

  private static List<String[]> checks(ChildProcess of, String key) {
    return of.events("CHECK").stream()
        .map(line -> line.split(" "))
        .filter(words -> words[0].equals(key))
        .toList();
  }

  private static void awaitCheck(ChildProcess of, String key) {
    of.awaitLine(line -> line.startsWith("CHECK " + key + " "), PATIENCE);
  }

  @Test
  void aCommittedMessageIsSeenAndARolledBackOneNever() {
    String[] committed = send(producer, topic, "c", "COMMIT_MESSAGE");
    String[] rolledBack = send(producer, topic, "r", "ROLLBACK_MESSAGE");
    String[] open = send(producer, topic, "o", "UNKNOW");
    assertThat(List.of(committed[1], rolledBack[1], open[1])).containsOnly("SEND_OK");
    // What the client is told is the place in the half queue.
    long first = Long.parseLong(committed[3]);
    assertThat(rolledBack[3]).isEqualTo("" + (first + 1));
    assertThat(open[3]).isEqualTo("" + (first + 2));

    awaitVisible("c");
    Message seen = visible().get(0);
    assertThat(seen.queue()).isEqualTo(Integer.parseInt(committed[2]));
    assertThat(seen.sysFlag()).isEqualTo(COMMITTED);
    assertThat(seen.prepared()).isEqualTo(Long.parseLong(committed[5].substring(16), 16));
    assertThat(seen.tag()).isEqualTo("TagT");
    assertThat(seen.words()).contains("mine=a_b", "PGROUP=" + GROUP, "TRAN_MSG=true");
    tell(producer, "end o ROLLBACK_MESSAGE", "");
  }

  @Test
  void anUndecidedOneIsAskedForWithItsRealTopicAndCommittedByTheAnswer() {
    tell(producer, "verdict u COMMIT_MESSAGE", "");
    String[] sent = send(producer, topic, "u", "UNKNOW");
    awaitCheck(producer, "u");
    awaitVisible("u");

    String[] check = checks(producer, "u").get(0);
    assertThat(check[1]).as("the first question").isEqualTo("1");
    assertThat(check[2]).isEqualTo(topic);
    assertThat(check[3]).isEqualTo(sent[2]);
    assertThat(check[10]).contains("mine=a_b", "REAL_TOPIC=" + topic);
    assertThat(visible().get(0).prepared())
        .as("the place that the question named")
        .isEqualTo(Long.parseLong(check[5]));
  }

  @Test
  void whatIsNeverDecidedIsAskedForSoOftenAndGivenUp() {
    send(producer, topic, "n", "UNKNOW");
    producer.awaitCount(line -> line.startsWith("CHECK n "), CHECKS, PATIENCE);
    Awaitility.await("it is given up")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(
            () ->
                tell(producer, "raw TRANS_CHECK_MAX_TIME_TOPIC " + BROKER, "MSG").stream()
                    .anyMatch(line -> line.startsWith("n ")));
    assertThat(checks(producer, "n").stream().map(words -> words[1]).toList())
        .containsExactly("1", "2", "3");
    assertThat(visible()).isEmpty();
  }

  @Test
  void anotherProducerOfTheGroupIsAskedWhenTheSenderHasDied() {
    tell(producer, "warm " + topic, "");
    tell(producer, "verdict d COMMIT_MESSAGE", "");
    try (ChildProcess sender = producer(client)) {
      send(sender, topic, "d", "UNKNOW");
      sender.kill();
    }
    awaitCheck(producer, "d");
    awaitVisible("warm", "d");
  }

  @Test
  void openTransactionsOutliveTheDeathOfTheBroker() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      send(producer, topic, "before" + i, "COMMIT_MESSAGE");
      all.add("before" + i);
    }
    tell(producer, "verdict k COMMIT_MESSAGE", "");
    send(producer, topic, "r", "ROLLBACK_MESSAGE");
    send(producer, topic, "k", "UNKNOW");
    awaitVisible(all.toArray(String[]::new));
    cluster.broker().kill();
    cluster.broker().start();
    awaitCheck(producer, "k");
    all.add("k");
    awaitVisible(all.toArray(String[]::new));
  }

  @Test
  @DisabledIfSystemProperty(
      named = "compat.target",
      matches = "apache.*",
      disabledReason = "the original commits again whatever the half message's transaction came to")
  void aSecondDecisionChangesNothing() {
    send(producer, topic, "c", "COMMIT_MESSAGE");
    send(producer, topic, "r", "ROLLBACK_MESSAGE");
    tell(producer, "end c COMMIT_MESSAGE", "");
    tell(producer, "end c ROLLBACK_MESSAGE", "");
    tell(producer, "end r COMMIT_MESSAGE", "");
    send(producer, topic, "last", "COMMIT_MESSAGE");
    awaitVisible("c", "last");
  }
}
