package io.apogeemq.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Selection by SQL92 with the official consumers. */
@ExtendWith(OutputOnFailure.class)
class SqlFilterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final int SENT = 120;

  private static Cluster cluster;
  private static ChildProcess clients;
  private static String topic;

  @BeforeAll
  static void messagesToSelectFrom() {
    // Off by default in the original, on here.
    cluster =
        Vendor.underTest() == Vendor.APOGEE
            ? Cluster.shared(Shape.TWO_PROCESSES)
            : Cluster.start(Shape.TWO_PROCESSES, Map.of("enablePropertyFilter", "true"));
    topic = "Select" + System.nanoTime();
    clients = Program.start(Official.V4_9_8, cluster.namesrvAddr(), "probe.Select");
    send(topic, 0, SENT);
  }

  @AfterAll
  static void end() {
    if (clients != null) {
      clients.close();
    }
    if (cluster != null && Vendor.underTest() != Vendor.APOGEE) {
      cluster.close();
    }
  }

  @Test
  void aPushConsumerGetsWhatItsExpressionWantsOldAndNew() {
    push("G-old", "n > 100 AND kind <> 'k1'");
    awaitGot("G-old", SENT, i -> i > 100 && i % 3 != 1);

    // A message that comes while the pull is held wakes it, one that isn't wanted does not end it.
    send(topic + "-live", 0, 1);
    pushOn("G-live", topic + "-live", "city IN ('Berlin') OR n BETWEEN 31 AND 33");
    send(topic + "-live", 1, 40);
    awaitGot("G-live", 40, i -> i % 4 == 2 || i >= 31 && i <= 33);
  }

  @Test
  void missingPropertiesAreNeitherEqualNorUnequal() {
    push("G-null", "city <> 'Berlin' AND n < 40");
    awaitGot("G-null", SENT, i -> i % 4 == 0 && i < 40);
    push("G-is-null", "city IS NULL AND TAGS = 'Tag1' AND n < 40");
    awaitGot("G-is-null", SENT, i -> i % 2 == 1 && i < 40);
    push("G-chinese", "city = '\u5317\u4eac' AND n < 20");
    awaitGot("G-chinese", SENT, i -> i % 4 == 0 && i < 20);
  }

  @Test
  void aWrongExpressionEndsTheStartOfItsConsumer() {
    clients.say("push G-bad-" + topic + " " + topic + " " + encoded("n > AND"));
    String refused = clients.awaitLine(line -> line.startsWith("REFUSED G-bad-" + topic), PATIENCE);
    assertThat(refused).contains("CODE: 23", "Encountered", "column 5");
  }

  @Test
  void aPullThatFindsNothingComesForward() {
    int before = clients.lines().size();
    clients.say("pull " + topic + " " + encoded("n < 0") + " 32");
    clients.awaitLine("DONE"::equals, before, PATIENCE);
    assertThat(clients.lines().subList(before, clients.lines().size()))
        .noneMatch(line -> line.startsWith("PULLED"))
        .anyMatch(line -> line.startsWith("STATUS NO_MATCHED_MSG"));
  }

  @Test
  void aPullConsumerGetsWhatItsExpressionWants() {
    int before = clients.lines().size();
    clients.say("pull " + topic + " " + encoded("n >= 10 AND n < 20") + " 4");
    clients.awaitLine("DONE"::equals, before, PATIENCE);
    assertThat(
            clients.lines().subList(before, clients.lines().size()).stream()
                .filter(line -> line.startsWith("PULLED ")))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(10, 20).mapToObj(i -> "PULLED " + i).toList());
  }

  @Test
  void whereItIsSwitchedOffAnSqlConsumerIsTold() {
    try (Cluster without =
            Cluster.start(Shape.TWO_PROCESSES, Map.of("enablePropertyFilter", "false"));
        ChildProcess refused =
            Program.start(Official.V4_9_8, without.namesrvAddr(), "probe.Select")) {
      refused.say("send Off 0 4");
      refused.awaitLine("DONE"::equals, PATIENCE);
      refused.say("push G-off Off " + encoded("n > 1"));
      assertThat(refused.awaitLine(line -> line.startsWith("REFUSED G-off"), PATIENCE))
          .contains("CODE: 1", "The broker does not support consumer to filter message by SQL92");
    }
  }

  private static void send(String to, int from, int end) {
    int before = clients.lines().size();
    clients.say("send " + to + " " + from + " " + end);
    clients.awaitLine("DONE"::equals, before, PATIENCE);
  }

  private static void push(String group, String expression) {
    pushOn(group, topic, expression);
  }

  private static void pushOn(String group, String from, String expression) {
    String own = group + "-" + topic;
    clients.say("push " + own + " " + from + " " + encoded(expression));
    clients.awaitLine(("STARTED " + own)::equals, PATIENCE);
  }

  /** Waits for exactly these messages. */
  private static void awaitGot(String group, int sent, IntPredicate wanted) {
    String own = "GOT " + group + "-" + topic + " ";
    List<String> expected =
        IntStream.range(0, sent).filter(wanted).mapToObj(Integer::toString).toList();
    clients.awaitCount(line -> line.startsWith(own), expected.size(), PATIENCE);
    assertThat(
            clients.lines().stream()
                .filter(line -> line.startsWith(own))
                .map(line -> line.substring(own.length())))
        .containsExactlyInAnyOrderElementsOf(expected);
    clients.say("stop " + group + "-" + topic);
    clients.awaitLine(("STOPPED " + group + "-" + topic)::equals, PATIENCE);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
